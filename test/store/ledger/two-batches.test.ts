import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogContinuity } from '../../../src/audit/continuity/log-continuity.ts';
import { loadScript } from '../../../src/store/connection/script.ts';
import { createCommitQueue } from '../../../src/store/ledger/commit-queue.ts';
import { createLogHead } from '../../../src/store/ledger/log-head.ts';
import { GROUP } from '../../../src/store/work/work-keys.ts';
import { ClaimLost, NotRecorded, OutcomeUnknown } from '../../../src/workflow/faults.ts';
import type { Change } from '../../../src/workflow/ports/commit.ts';
import { T0 } from '../../domain/given.ts';
import {
  AUDIT_KEYS,
  arnOf,
  asking,
  type OpenedLedger,
  openLedger,
  policyLoaded,
  verifiedLog,
} from '../given-ledger.ts';

type Sent = { commits: unknown[]; takesTurn: boolean };
/** Hands a batch to Redis, or not, and gives its answer. */
type Way = (nth: number, sent: Sent, hand: () => Promise<unknown>) => Promise<unknown>;

let opened: OpenedLedger;
let other: OpenedLedger;

beforeEach(async () => {
  opened = await openLedger();
  other = await openLedger({ prefix: /^\{(.*?)\}/.exec(opened.keys.head)?.[1] ?? '' });
});
afterEach(() => {
  opened.close();
  other.close();
});

/** A queue whose batches go one after the other, as over one connection, each by this way. */
function queueBy(way: Way, onSent: () => void = () => undefined) {
  const { redis, keys } = opened;
  const [signer] = AUDIT_KEYS;
  if (!signer) throw new Error('no key');
  const runCommit = loadScript(redis, 'commit');
  let before: Promise<unknown> = Promise.resolve();
  let nth = 0;
  return createCommitQueue({
    keys,
    signer,
    clock: { now: () => T0 },
    writer: randomUUID(),
    head: createLogHead(createLogContinuity({ redis, keys, auditKeys: AUDIT_KEYS }), randomUUID),
    run: (names, values) => {
      const sent = JSON.parse(String(values[0])) as Sent;
      const number = nth++;
      onSent();
      const answer = before.then(() => way(number, sent, () => runCommit(names, values)));
      before = answer.catch(() => undefined);
      return answer;
    },
  });
}

const changes = (count: number) => Array.from({ length: count }, (_, place) => asking(place + 1));
const opsOf = (all: readonly Change[]) => all.map(({ op }) => op);
const recordedOps = async () => (await verifiedLog(opened)).map(({ op }) => op);
const commitAll = async (commit: (change: Change) => Promise<{ kind: string }>, all: readonly Change[]) => {
  const settled = await Promise.allSettled(all.map(commit));
  return settled.map((one) => (one.status === 'fulfilled' ? one.value.kind : one.reason));
};

describe('a second batch', () => {
  it('is sent before the first is answered, and a third is not', async () => {
    const unanswered: number[] = [];
    let count = 0;
    const { commit } = queueBy(
      async (_, __, hand) => {
        const answer = await hand();
        count -= 1;
        return answer;
      },
      () => unanswered.push(++count),
    );
    expect(await commitAll(commit, changes(200))).toEqual(Array(200).fill('committed'));
    expect(Math.max(...unanswered)).toBe(2);
    expect(await recordedOps()).toEqual(opsOf(changes(200)));
  });

  it('that another bot comes before is made anew, and so are those that wait, in their order', async () => {
    const { commit } = queueBy(async (nth, _, hand) => {
      if (nth === 1) await other.ledger.commit(policyLoaded('other'));
      return hand();
    });
    expect(await commitAll(commit, changes(60))).toEqual(Array(60).fill('committed'));
    const ops = await recordedOps();
    expect(ops.filter((op) => op !== 'other')).toEqual(opsOf(changes(60)));
    expect(ops.indexOf('other')).toBe(30);
  });

  it('whose base another bot kept from being made counts as no race that was lost, and takes no turn', async () => {
    const batches: Sent[] = [];
    const { commit } = queueBy(async (nth, sent, hand) => {
      batches.push(sent);
      if (nth === 0) await other.ledger.commit(policyLoaded('other'));
      return hand();
    });
    expect(await commitAll(commit, changes(60))).toEqual(Array(60).fill('committed'));
    // Both lose, then it asks for the head without commits, and sends all of them at once.
    expect(batches.map(({ commits, takesTurn }) => [commits.length, takesTurn])).toEqual([
      [30, true],
      [30, false],
      [0, false],
      [60, true],
    ]);
    expect((await recordedOps()).slice(1)).toEqual(opsOf(changes(60)));
  });

  it('behind one in which a claim was lost is made anew', async () => {
    await opened.redis.xgroup('CREATE', opened.keys.awsOutbox, GROUP, '$', 'MKSTREAM');
    const all = changes(60);
    const claim = { stream: 'aws' as const, entry: '1-1', consumer: 'nobody', deliveries: 1 };
    const { commit } = queueBy((_, __, hand) => hand());
    const told = await commitAll(commit, all.with(10, { ...asking(11), claim }));
    expect(told).toEqual(Array(60).fill('committed').with(10, expect.any(ClaimLost)));
    expect(await recordedOps()).toEqual(opsOf(all).toSpliced(10, 1));
  });

  it('with an operation that is in the first one too does it once', async () => {
    const all = changes(60);
    const { commit } = queueBy((_, __, hand) => hand());
    const told = await commitAll(commit, all.with(40, asking(5)));
    expect(told).toEqual(Array(60).fill('committed').with(40, 'repeated'));
    expect(await recordedOps()).toEqual(opsOf(all).toSpliced(40, 1));
  });

  it('is not sent behind a commit without a record, which leaves no trace in the head', async () => {
    const sent: number[] = [];
    let isFirstAnswered = false;
    const all: Change[] = [
      ...changes(30),
      ...Array.from({ length: 30 }, (_, nth) => ({ ...asking(nth + 31), events: [] })),
    ];
    const { commit } = queueBy(
      async (nth, _, hand) => {
        const answer = await hand();
        isFirstAnswered ||= nth === 0;
        return answer;
      },
      () => sent.push(isFirstAnswered ? 1 : 0),
    );
    await commitAll(commit, [...all.slice(30, 60), ...all.slice(0, 30)]);
    expect(sent.slice(0, 2)).toEqual([0, 1]);
    expect(await recordedOps()).toEqual(opsOf(all.slice(0, 30)));
  });
});

describe('work that wants to be alone', () => {
  it('waits for both batches, and lets none go before it is done', async () => {
    let unanswered = 0;
    const seen: unknown[] = [];
    const { commit, exclusively } = queueBy(
      async (_, __, hand) => {
        const answer = await hand();
        unanswered -= 1;
        return answer;
      },
      () => seen.push(++unanswered),
    );
    const committing = commitAll(commit, changes(100));
    await commit(asking(200));
    const alone = exclusively(async () => {
      seen.push('alone', unanswered);
      await opened.redis.ping();
      seen.push('done', unanswered);
      return 'its answer';
    });
    expect(await alone).toBe('its answer');
    const from = seen.indexOf('alone');
    expect(seen.slice(from, from + 4)).toEqual(['alone', 0, 'done', 0]);
    expect(await committing).toEqual(Array(100).fill('committed'));
  });
});

/** What befalls one batch. */
const fate = fc.constantFrom('made', 'made', 'made', 'raced', 'unanswered', 'lost', 'refused');
/** What one commit is like. */
const kind = fc.constantFrom('fine', 'fine', 'fine', 'fine', 'same', 'no claim', 'no record', 'moved');

it('Whatever befalls the batches: none is done twice, what was told is in the log, and the order is kept', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fate, { maxLength: 12 }), fc.array(kind, { minLength: 20, maxLength: 90 }), goes),
    { numRuns: 20 },
  );
}, 60_000);

async function goes(fates: readonly string[], kinds: readonly string[]): Promise<void> {
  opened.close();
  other.close();
  opened = await openLedger();
  other = await openLedger({ prefix: /^\{(.*?)\}/.exec(opened.keys.head)?.[1] ?? '' });
  await opened.redis.xgroup('CREATE', opened.keys.awsOutbox, GROUP, '$', 'MKSTREAM');
  const never = new Promise<never>(() => undefined);
  const { commit } = queueBy(async (nth, _, hand) => {
    switch (fates[nth]) {
      case 'raced':
        await other.ledger.commit(policyLoaded(`other ${nth}`));
        return hand();
      case 'unanswered':
        await hand();
        throw new OutcomeUnknown('a batch', never, null);
      case 'lost':
        throw new OutcomeUnknown('a batch', never, null);
      case 'refused':
        throw new NotRecorded('a batch');
      default:
        return hand();
    }
  });
  const all = kinds.map((one, nth) => changeOf(one, nth + 1));
  const told = await commitAll(commit, all);
  const ops = (await recordedOps()).filter((op) => !op.startsWith('other'));
  expect(new Set(ops).size).toBe(ops.length);
  const outcomes = new Map<string, unknown[]>();
  for (const [place, { op }] of all.entries()) outcomes.set(op, [...(outcomes.get(op) ?? []), told[place]]);
  for (const [op, of] of outcomes) {
    if (op.startsWith('no record')) expect(ops).not.toContain(op);
    else if (of.some((one) => one === 'committed' || one === 'repeated')) expect(ops).toContain(op);
    else if (!of.some((one) => one instanceof OutcomeUnknown)) expect(ops).not.toContain(op);
  }
  // Where the first of two with the same operation was not made, the second is made in its own place.
  const onceOnly = opsOf(all).filter((op) => outcomes.get(op)?.length === 1);
  expect(ops.filter((op) => onceOnly.includes(op))).toEqual(onceOnly.filter((op) => ops.includes(op)));
}

function changeOf(kind: string, number: number): Change {
  switch (kind) {
    case 'same':
      return asking(Math.max(1, number - 30));
    case 'no claim':
      return asking(number, { claim: { stream: 'aws' as const, entry: '1-1', consumer: 'nobody', deliveries: 1 } });
    case 'no record':
      return { op: `no record ${number}`, prior: null, events: [] };
    case 'moved':
      return asking(number, {
        run: { execution: arnOf(number), run: null, storedVersion: 7, lastSeq: 0, inForce: null },
      });
    default:
      return asking(number);
  }
}
