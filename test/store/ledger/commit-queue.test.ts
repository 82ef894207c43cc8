import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startLocalRedis } from '../../../sandbox/redis.ts';
import { stateEvent } from '../../../src/domain/request/request-event.ts';
import { NotRecorded } from '../../../src/workflow/faults.ts';
import { asked, asking, following, type OpenedLedger, openLedger, snapshot, verifiedLog } from '../given-ledger.ts';

let opened: OpenedLedger;
let ledger: OpenedLedger['ledger'];

beforeEach(async () => {
  opened = await openLedger();
  ledger = opened.ledger;
});
afterEach(() => opened.close());

const numbers = (count: number, from = 1) => Array.from({ length: count }, (_, place) => from + place);

/** Of one ledger's commits, all begun at once: `committed`, `moved` … or the fault. */
function outcomes(commits: readonly Promise<{ kind: string }>[]): Promise<unknown[]> {
  return Promise.all(
    commits.map((commit) =>
      commit.then(
        ({ kind }) => kind,
        (fault: unknown) => fault,
      ),
    ),
  );
}

describe('commits that wait at the same time', () => {
  it('go to Redis together', async () => {
    const redis = await startLocalRedis();
    const alone = await openLedger({ url: redis.url });
    await asked(alone.ledger, 1);
    const runs = async () =>
      Number(/cmdstat_evalsha:calls=(\d+)/.exec(await alone.redis.info('commandstats'))?.[1] ?? 0);
    const before = await runs();
    const all = await outcomes(numbers(129, 2).map((number) => alone.ledger.commit(asking(number))));
    expect(new Set(all)).toEqual(new Set(['committed']));
    // The first by itself, and the rest of them 64 at once.
    expect((await runs()) - before).toBeLessThanOrEqual(4);
    expect((await verifiedLog(alone)).map(({ seq }) => seq)).toEqual(numbers(130));
    alone.close();
    await redis.stop();
  });

  it('are made in their order, and each is told its own records', async () => {
    const commits = await Promise.all(numbers(5).map((number) => ledger.commit(asking(number))));
    expect(commits.map((one) => one.kind === 'committed' && one.records[0]?.seq)).toEqual(numbers(5));
    expect((await verifiedLog(opened)).map(({ request }) => request)).toEqual(
      numbers(5).map((number) => `r-000000000${number}`),
    );
  });

  it('that can’t be made leave the others as they are', async () => {
    const first = await asked(ledger, 1);
    await ledger.commit(following(first, 'cancelled'));
    // There is no consumer group either, so that nobody can have a claim.
    await opened.redis.lpush(opened.keys.request('r-0000000004'), 'a list');
    const { execution } = first;
    const [event] = asking(7).events;
    const sameExecution = { ...asking(7), op: 'other', events: [{ ...event, execution, request: 'r-other' }] };
    const all = await outcomes([
      ledger.commit(asking(2)),
      ledger.commit(following(first, 'denied')),
      ledger.commit(asking(2)),
      ledger.commit(asking(4)),
      ledger.commit({
        ...asking(5),
        claim: { stream: 'aws' as const, entry: '1-1', consumer: 'nobody', deliveries: 1 },
      }),
      ledger.commit({ ...asking(1), op: 'ask anew' }),
      ledger.commit(sameExecution as ReturnType<typeof asking>),
      ledger.commit({ ...sameExecution, op: 'another', prior: null } as ReturnType<typeof asking>),
      ledger.commit(asking(8)),
    ]);
    expect(all).toEqual([
      'committed',
      'moved',
      'repeated',
      expect.any(NotRecorded),
      expect.any(NotRecorded),
      'moved',
      'committed',
      'moved',
      'committed',
    ]);
    expect((await verifiedLog(opened)).map(({ request }) => request)).toEqual([
      ...['r-0000000001', 'r-0000000001', 'r-0000000002', 'r-other', 'r-0000000008'],
    ]);
  });

  it('where one does not fit its request, that one is refused alone', async () => {
    const first = await asked(ledger, 1);
    const applied = stateEvent(first, 'applied', null, 'digest', { rate: first.to, status: 'QUEUED' });
    const misfit = { op: 'misfit', prior: first, events: [applied] };
    const all = await outcomes([ledger.commit(asking(2)), ledger.commit(misfit), ledger.commit(asking(3))]);
    expect(all).toEqual(['committed', expect.any(Error), 'committed']);
    expect(await verifiedLog(opened)).toHaveLength(3);
  });
});

describe('several replicas', () => {
  it('that write at the same time give none of their commits up', async () => {
    const others = await Promise.all([1, 2].map(() => openLedger({ prefix: prefixOf(opened) })));
    const all = await outcomes(
      [opened, ...others].flatMap((one, place) =>
        numbers(200, 1 + place * 1000).map((number) => one.ledger.commit(asking(number))),
      ),
    );
    expect(new Set(all)).toEqual(new Set(['committed']));
    expect(await verifiedLog(opened)).toHaveLength(600);
    expect(await opened.redis.exists(opened.keys.turn)).toBe(0);
    for (const one of others) one.close();
  });

  it('wait for the turn of one of them, and no longer than it lasts', async () => {
    await asked(ledger, 1);
    await opened.redis.set(opened.keys.turn, 'another', 'PX', 400);
    const before = await snapshot(opened);
    const waiting = ledger.commit(asking(2));
    expect(await Promise.race([waiting, sleep(150, 'waits')])).toBe('waits');
    expect(Object.keys(await snapshot(opened))).toEqual(Object.keys(before));
    expect(await waiting).toMatchObject({ kind: 'committed' });
  });

  it('end their turn by writing, and take nobody else’s', async () => {
    await asked(ledger, 1);
    const other = await openLedger({ prefix: prefixOf(opened) });
    await asked(other.ledger, 2);
    await opened.redis.set(opened.keys.turn, 'another', 'PX', 500);
    const waiting = ledger.commit(asking(3));
    expect(await opened.redis.get(opened.keys.turn)).toBe('another');
    await opened.redis.del(opened.keys.turn);
    expect(await waiting).toMatchObject({ kind: 'committed' });
    other.close();
  });
});

function prefixOf({ keys }: OpenedLedger): string {
  return /^\{(.*?)\}/.exec(keys.head)?.[1] ?? '';
}
