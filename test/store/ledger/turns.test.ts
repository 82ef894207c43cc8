import { setImmediate as nextTick } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createLogContinuity } from '../../../src/audit/continuity/log-continuity.ts';
import { loadScript } from '../../../src/store/connection/script.ts';
import { createCommitQueue } from '../../../src/store/ledger/commit-queue.ts';
import { createLogHead } from '../../../src/store/ledger/log-head.ts';
import { T0 } from '../../domain/given.ts';
import { AUDIT_KEYS, asking, type OpenedLedger, openLedger, policyLoaded, verifiedLog } from '../given-ledger.ts';

let opened: OpenedLedger;

beforeEach(async () => {
  opened = await openLedger();
});
afterEach(() => opened.close());

interface Writer {
  commit: ReturnType<typeof createCommitQueue>['commit'];
  /** Of each call of the script, how many commits it had. */
  sent: number[];
  /** Until it has called the script so often, and was answered. */
  called(times: number): Promise<void>;
}

function writerOf(writer: string): Writer {
  const { redis, keys } = opened;
  const [signer] = AUDIT_KEYS;
  if (!signer) throw new Error('no key');
  const runCommit = loadScript(redis, 'commit');
  const sent: number[] = [];
  let answered = 0;
  const { commit } = createCommitQueue({
    keys,
    signer,
    clock: { now: () => T0 },
    writer,
    head: createLogHead(createLogContinuity({ redis, keys, auditKeys: AUDIT_KEYS }), () => 'log-1'),
    run: async (names, values) => {
      sent.push((JSON.parse(String(values[0])) as { commits: unknown[] }).commits.length);
      const answer = await runCommit(names, values);
      answered += 1;
      return answer;
    },
  });
  return {
    commit,
    sent,
    called: async (times) => {
      while (answered < times) await nextTick();
    },
  };
}

const recordedOps = async () => (await verifiedLog(opened)).map(({ op }) => op);
const turns = () => opened.redis.mget(opened.keys.turn, opened.keys.nextTurns);

it('Who lost the race has the turn, those who lost to it too have it next, and it is handed on in their order', async () => {
  const [first, second, third] = ['first', 'second', 'third'].map(writerOf) as [Writer, Writer, Writer];
  for (const [place, one] of [first, second, third].entries()) await one.commit(policyLoaded(`known ${place}`));
  await opened.ledger.commit(policyLoaded('moves the head'));
  // Somebody has the turn, so that both have to wait.
  await opened.redis.set(opened.keys.turn, 'first', 'PX', 500);
  const waiting = [second.commit(policyLoaded('of second'))];
  await second.called(3);
  waiting.push(third.commit(policyLoaded('of third')));
  await third.called(3);
  expect(await turns()).toEqual(['first', 'second third']);
  await Promise.all([first.commit(policyLoaded('of first')), ...waiting]);
  expect((await recordedOps()).slice(4)).toEqual(['of first', 'of second', 'of third']);
  expect(await turns()).toEqual([null, null]);
});

it('Who waits for its turn asks without its commits, and makes them once', async () => {
  const one = writerOf('one');
  await one.commit(policyLoaded('known'));
  await opened.redis.set(opened.keys.turn, 'another', 'PX', 400);
  const waiting = Promise.all([1, 2, 3].map((number) => one.commit(asking(number))));
  await one.called(5);
  await opened.redis.del(opened.keys.turn);
  expect((await waiting).map(({ kind }) => kind)).toEqual(Array(3).fill('committed'));
  expect(one.sent.filter((count) => count > 0)).toEqual([1, 3, 3]);
});

it('Who is told to wait and lost no race is not next, so that there are times without a turn', async () => {
  const one = writerOf('one');
  await one.commit(policyLoaded('known'));
  await opened.redis.set(opened.keys.turn, 'another', 'PX', 400);
  const waiting = one.commit(asking(1));
  await one.called(4);
  expect(await turns()).toEqual(['another', null]);
  await waiting;
});

it('A turn ends though nothing of the batch is made', async () => {
  const [one, other] = ['one', 'other'].map(writerOf) as [Writer, Writer];
  await one.commit(asking(1));
  await other.commit(asking(2));
  // Its first record of another state: whoever writes it finds the version that it expects no more.
  expect(await one.commit({ ...asking(2), op: 'again' })).toEqual({ kind: 'moved' });
  expect(await turns()).toEqual([null, null]);
  expect(await other.commit(asking(3))).toMatchObject({ kind: 'committed' });
});

it('A writer that is gone keeps the others waiting no longer than its turn', async () => {
  const [one, other] = ['one', 'other'].map(writerOf) as [Writer, Writer];
  await one.commit(policyLoaded('known'));
  await opened.redis.set(opened.keys.turn, 'one', 'PX', 500);
  await opened.redis.set(opened.keys.nextTurns, 'gone', 'PX', 500);
  await one.commit(policyLoaded('ends its turn'));
  expect(await turns()).toEqual(['gone', null]);
  expect(await opened.redis.pttl(opened.keys.turn)).toBeLessThanOrEqual(500);
  expect(await other.commit(asking(1))).toMatchObject({ kind: 'committed' });
});

it.each([
  ['never expires', () => opened.redis.set(opened.keys.nextTurns, 'gone')],
  ['lasts longer than any turn', () => opened.redis.set(opened.keys.nextTurns, 'gone', 'PX', 3_600_000)],
  ['is of another type', () => opened.redis.lpush(opened.keys.nextTurns, 'gone')],
])('Nobody is next by a key that %s', async (_, damage) => {
  await damage();
  const one = writerOf('one');
  await opened.redis.set(opened.keys.turn, 'one', 'PX', 500);
  expect(await one.commit(asking(1))).toMatchObject({ kind: 'committed' });
  expect(await opened.redis.exists(opened.keys.turn)).toBe(0);
});
