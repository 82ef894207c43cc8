import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startLocalRedis } from '../../../sandbox/redis.ts';
import { stateEvent } from '../../../src/domain/request/request-event.ts';
import { untouchedRun } from '../../../src/domain/run/run.ts';
import { createRedisOutcome } from '../../../src/store/connection/redis-outcome.ts';
import { createRunLoader } from '../../../src/store/ledger/load-run.ts';
import { RequestUnreadable, RunUnreadable } from '../../../src/workflow/faults.ts';
import { MIB } from '../../domain/given.ts';
import { arnOf, type OpenedLedger, openLedger, snapshot, verifiedLog } from '../given-ledger.ts';
import { changedOutside, endOf, givenRuns } from '../given-run.ts';

let opened: OpenedLedger;
let runs: ReturnType<typeof givenRuns>;

beforeEach(async () => {
  opened = await openLedger();
  runs = givenRuns(opened);
});
afterEach(() => opened.close());

const ARN = arnOf(1);
const load = () => opened.ledger.run(ARN);
const stored = () => opened.redis.hgetall(opened.keys.run(ARN));

/** What older versions leave: they write the records, and know of no run. */
async function asWrittenByAnOlderVersion(write: () => Promise<unknown>): Promise<void> {
  const key = opened.keys.run(ARN);
  const before = await opened.redis.dumpBuffer(key);
  await write();
  await opened.redis.del(key);
  if (before) await opened.redis.restore(key, 0, before);
}

/** Puts other bytes in the place of a record. */
async function alter(seq: number, from: string, to: string): Promise<void> {
  const entries = await opened.redis.xrangeBuffer(opened.keys.audit, '-', '+');
  await opened.redis.del(opened.keys.audit);
  for (const [id, fields] of entries) {
    const altered = fields.map((part, place) =>
      place === 1 && id.toString() === `${seq}-0` ? Buffer.from(part.toString().replace(from, to)) : part,
    );
    await opened.redis.xadd(opened.keys.audit, id.toString(), ...altered);
  }
}

describe('a run', () => {
  it('is written with each commit that concerns it, and with no other', async () => {
    const request = await runs.approved(1);
    expect(await stored()).toEqual({});
    expect(await load()).toEqual({
      execution: ARN,
      run: null,
      storedVersion: null,
      lastSeq: expect.any(Number),
      inForce: null,
    });
    const { started, done } = endOf(await runs.granted(2));
    expect(started.event).toBe('revert.started');
    expect(done.event).toBe('reverted');
    const applied = stateEvent(request, 'apply.started', null, 'd', { attempt: 1, role: null });
    await runs.advanced(request, [applied]);
    const head = await opened.ledger.head();
    expect(await stored()).toMatchObject({ version: '1', seq: String(head?.seq), schema: '1' });
    expect(JSON.parse((await stored()).state ?? '')).toEqual((await load()).run);
    expect(await opened.redis.ttl(opened.keys.run(ARN))).toBeGreaterThan(89 * 86_400);
  });

  it('is as the commit answered it', async () => {
    const request = await runs.granted(1);
    const committed = await runs.commit(request, [endOf(request).started]);
    if (committed.kind !== 'committed') throw new Error(committed.kind);
    expect(committed.run).toEqual(await load());
    expect(committed.run).toMatchObject({ storedVersion: 4, run: { change: { cause: 'end', request: request.id } } });
  });

  it('is moved by the first of two commits that are based on it', async () => {
    const request = await runs.granted(1);
    const run = await load();
    const other = await runs.approved(1, { nth: 1, from: 50, to: 20 });
    const begun = stateEvent(other, 'apply.started', null, 'd', { attempt: 1, role: null });
    const both = [runs.commit(request, [endOf(request).started], { run }), runs.commit(other, [begun], { run })];
    expect((await Promise.all(both)).map(({ kind }) => kind)).toEqual(['committed', 'moved']);
    expect((await load()).run?.change).toMatchObject({ cause: 'end', request: request.id });
    await verifiedLog(opened);
  });

  it('is folded anew from the log where nothing is stored', async () => {
    await runs.granted(1);
    await runs.granted(1, { nth: 1, from: 50, to: 20 });
    const before = await load();
    await opened.redis.del(opened.keys.run(ARN));
    expect(await load()).toEqual({ ...before, storedVersion: null });
    const { run } = before;
    expect(run?.baseline).toBe(100 * MIB);
    expect(run?.grants.map(({ rate }) => rate)).toEqual([50 * MIB, 20 * MIB]);
    // A commit that rests on it stores it again.
    const request = await runs.applied(1, { nth: 2, from: 20, to: 10, seconds: null });
    expect(await load()).toMatchObject({ storedVersion: 8, inForce: { request: request.id } });
  });

  it('takes in the records that an older version has written since', async () => {
    const first = await runs.granted(1);
    await asWrittenByAnOlderVersion(() => runs.granted(1, { nth: 1, from: 50, to: 20 }));
    const { run, storedVersion } = await load();
    expect(storedVersion).toBe(3);
    expect(run).toMatchObject({ version: 6, inForce: { rate: 20 * MIB } });
    expect(run?.grants.map(({ request }) => request)).toEqual([first.id, 'r-1000000001']);
    expect(await runs.commit(first, [changedOutside(first)])).toMatchObject({ kind: 'committed' });
    expect(await load()).toMatchObject({ storedVersion: 7, run: { version: 7, grants: [] } });
  });

  it('is whole where more records come in while they are read', async () => {
    const first = await runs.granted(1);
    await opened.redis.del(opened.keys.run(ARN));
    const { redis, keys, ledger } = opened;
    let reads = 0;
    const loadWhileWritten = createRunLoader(redis, keys, createRedisOutcome(redis), async (by, limit) => {
      if (reads++ === 0) await asWrittenByAnOlderVersion(() => runs.granted(1, { nth: 1, from: 50, to: 20 }));
      return ledger.lookUp(by, limit);
    });
    const { run } = await loadWhileWritten(ARN);
    expect(run).toEqual((await load()).run);
    expect(run?.grants.map(({ request }) => request)).toEqual([first.id, 'r-1000000001']);
  });

  it.each([
    ['missing', () => opened.redis.xdel(opened.keys.audit, '3-0')],
    ['altered', () => alter(3, '"apply.started"', '"apply.unknown"')],
  ])('is unreadable where a record is %s, and nothing is decided by it', async (why, harm) => {
    const request = await runs.granted(1);
    const run = await load();
    // Of what is stored no record is needed.
    await harm();
    expect(await load()).toEqual(run);
    await opened.redis.del(opened.keys.run(ARN));
    await expect(load()).rejects.toThrow(RunUnreadable);
    await expect(load()).rejects.toThrow(`record 3 is ${why}`);
    const before = await snapshot(opened);
    await expect(runs.commit(request, [changedOutside(request)])).rejects.toThrow(RunUnreadable);
    expect(await snapshot(opened)).toEqual(before);
  });

  it('is unreadable where it is stored by a newer version, or is no run, and is left alone', async () => {
    const request = await runs.granted(1);
    for (const [field, value] of [
      ['schema', '2'],
      ['state', JSON.stringify({ ...untouchedRun(ARN), grants: 'none' })],
      ['state', 'no JSON'],
    ] as const) {
      const was = await stored();
      await opened.redis.hset(opened.keys.run(ARN), field, value);
      const before = await snapshot(opened);
      await expect(load()).rejects.toThrow(RunUnreadable);
      await expect(runs.commit(request, [changedOutside(request)])).rejects.toThrow(RunUnreadable);
      expect(await snapshot(opened)).toEqual(before);
      await opened.redis.hset(opened.keys.run(ARN), field, was[field] ?? '');
    }
    expect((await load()).run?.grants).toHaveLength(1);
  });
});

describe('a request that a newer version stored', () => {
  it('is unreadable, and left alone', async () => {
    const request = await runs.approved(1);
    await opened.redis.hset(opened.keys.request(request.id), 'schema', '2');
    const before = await snapshot(opened);
    await expect(opened.ledger.load(request.id)).rejects.toThrow(RequestUnreadable);
    expect(await opened.ledger.openRequests()).toEqual([]);
    expect(opened.ledger.unreadable()).toEqual([request.id]);
    expect(await snapshot(opened)).toEqual(before);
    await opened.redis.hset(opened.keys.request(request.id), 'schema', '1');
    expect((await opened.ledger.load(request.id))?.request).toEqual(request);
  });

  it('stored before there was a schema, is read', async () => {
    const request = await runs.approved(1);
    await opened.redis.hdel(opened.keys.request(request.id), 'schema');
    expect((await opened.ledger.load(request.id))?.request).toEqual(request);
  });
});

describe('a run that is proven', () => {
  /** How often Redis was asked for each of these meanwhile. It counts for all its clients, so there must be no other. */
  async function countOf(
    { redis }: OpenedLedger,
    commands: readonly string[],
    work: () => Promise<unknown>,
  ): Promise<number[]> {
    await redis.config('RESETSTAT');
    await work();
    const stats = await redis.info('commandstats');
    return commands.map((command) => Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(stats)?.[1] ?? 0));
  }
  const READS = ['exec', 'zcount', 'zrevrangebyscore'];

  it.each<[string, (all: typeof runs) => Promise<unknown>]>([
    ['no limit was set yet', (all) => all.approved(1)],
    [
      'a limit was set, and another one is requested',
      (all) => all.granted(1).then(() => all.approved(1, { nth: 1, from: 50, to: 20 })),
    ],
  ])('is read with the end of the log in one transaction where %s', async (_, prepare) => {
    const server = await startLocalRedis();
    const alone = await openLedger({ url: server.url });
    try {
      await prepare(givenRuns(alone));
      expect(await countOf(alone, READS, () => alone.ledger.proveRun(ARN))).toEqual([1, 0, 0]);
      const { run } = await alone.ledger.run(ARN);
      expect(await alone.ledger.proveRun(ARN)).toMatchObject({ kind: 'proven', stored: { run } });
    } finally {
      alone.close();
      await server.close();
    }
  });

  it('has the records that an older version has written since', async () => {
    await runs.granted(1);
    await asWrittenByAnOlderVersion(() => runs.granted(1, { nth: 1, from: 50, to: 20 }));
    const stored = await load();
    expect(stored.run).toMatchObject({ version: 6, inForce: { rate: 20 * MIB } });
    expect(await opened.ledger.proveRun(ARN)).toEqual({ kind: 'proven', stored });
  });

  it('is folded anew from the log where nothing is stored', async () => {
    await runs.granted(1);
    const { run } = await load();
    await opened.redis.del(opened.keys.run(ARN));
    const lost = { kind: 'proven', stored: { run, storedVersion: null } };
    expect(await opened.ledger.proveRun(ARN)).toMatchObject(lost);
    await runs.approved(1, { nth: 1, from: 50, to: 20 });
    expect(await opened.ledger.proveRun(ARN)).toMatchObject(lost);
  });

  it('has what was set before the requests that are open now', async () => {
    const first = await runs.granted(1);
    const { started, done } = endOf(first);
    await runs.advanced(await runs.advanced(first, [started]), [done]);
    await opened.redis.del(opened.keys.run(ARN));
    await runs.approved(1, { nth: 1, from: 100, to: 20 });
    const { run } = await load();
    expect(run).toMatchObject({ baseline: 100 * MIB });
    expect(await opened.ledger.proveRun(ARN)).toMatchObject({ kind: 'proven', stored: { run } });
  });
});
