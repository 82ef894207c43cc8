import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stateEvent } from '../../../src/domain/request/request-event.ts';
import { T0 } from '../../domain/given.ts';
import { arnOf, asked, asking, type OpenedLedger, openLedger, snapshot, verifiedLog } from '../given-ledger.ts';
import { changedOutside, endOf, givenRuns } from '../given-run.ts';

let opened: OpenedLedger;
let runs: ReturnType<typeof givenRuns>;

beforeEach(async () => {
  opened = await openLedger();
  runs = givenRuns(opened);
});
afterEach(async () => {
  await verifiedLog(opened);
  opened.close();
});

const changing = (number: number) => opened.redis.hget(opened.keys.changing, arnOf(number));

describe('the limit in force', () => {
  it('is known by its execution until the execution is released', async () => {
    const request = await runs.granted(1);
    const inForce = await opened.ledger.inForceOf(arnOf(1));
    // Bots of the version before read the request in front of the last colon.
    expect(inForce).toEqual({ request: request.id, version: `${request.id}:r3` });
    expect((await opened.ledger.limitsInForce()).map((stored) => stored.request.id)).toEqual([request.id]);
    expect(await opened.ledger.inForceOf(arnOf(2))).toBeNull();
    await opened.ledger.releaseExecution(arnOf(1), 'another');
    expect(await opened.ledger.inForceOf(arnOf(1))).toEqual(inForce);
    await opened.ledger.releaseExecution(arnOf(1), inForce?.version ?? '');
    expect(await opened.ledger.inForceOf(arnOf(1))).toBeNull();
  });

  it('lets another request be made for the execution', async () => {
    await runs.granted(1);
    const change = asking(1);
    const [event] = change.events;
    if (!event) throw new Error('nothing asked');
    const second = { ...change, op: 'second', events: [{ ...event, request: 'r-second0000' }] };
    expect(await opened.ledger.commit(second)).toMatchObject({ kind: 'committed' });
  });

  it('is that of the newest grant, and of the one before when that has ended', async () => {
    const first = await runs.granted(1);
    const second = await runs.granted(1, { nth: 1, from: 50, to: 20, seconds: 600 });
    expect((await opened.ledger.inForceOf(arnOf(1)))?.request).toBe(second.id);
    const { started, done } = endOf(second, first.id, first.to);
    await runs.advanced(await runs.advanced(second, [started]), [done]);
    const { run, inForce } = await opened.ledger.run(arnOf(1));
    expect(inForce?.request).toBe(first.id);
    expect(run?.inForce).toMatchObject({ rate: first.to, request: first.id });
    expect(run?.grants.map(({ request }) => request)).toEqual([first.id]);
  });

  it('keeps the request that changed it last where the limit from before applies again', async () => {
    const request = await runs.granted(1);
    const { started, done } = endOf(request);
    await runs.advanced(await runs.advanced(request, [started]), [done]);
    const { run, inForce } = await opened.ledger.run(arnOf(1));
    expect(run?.inForce).toMatchObject({ rate: request.from, request: null });
    expect(inForce?.request).toBe(request.id);
  });

  it('writes nothing where a decision expected another limit in force', async () => {
    const request = await runs.granted(1);
    const run = await opened.ledger.run(arnOf(1));
    const before = await snapshot(opened);
    // An older version names the version of the request.
    for (const inForce of [null, { request: request.id, version: `${request.id}:5` }]) {
      const moved = await runs.commit(request, [changedOutside(request)], { run: { ...run, inForce } });
      expect(moved).toEqual({ kind: 'moved' });
    }
    expect(await snapshot(opened)).toEqual(before);
    expect(await runs.commit(request, [changedOutside(request)], { run })).toMatchObject({ kind: 'committed' });
  });

  it('writes nothing where an older version has set another limit meanwhile', async () => {
    const request = await runs.granted(1);
    const run = await opened.ledger.run(arnOf(1));
    await opened.redis.hset(opened.keys.inForce, arnOf(1), 'r-other00000:5');
    const before = await snapshot(opened);
    expect(await runs.commit(request, [changedOutside(request)], { run })).toEqual({ kind: 'moved' });
    expect(await snapshot(opened)).toEqual(before);
  });

  it('has one change under way at a time, also beside an older version', async () => {
    const request = await runs.granted(1);
    await opened.redis.hset(opened.keys.changing, arnOf(1), 'r-other00000');
    const { started, done } = endOf(request);
    expect(await runs.commit(request, [started])).toEqual({ kind: 'moved' });
    await opened.redis.hdel(opened.keys.changing, arnOf(1));
    const reverting = await runs.advanced(request, [started]);
    expect(await changing(1)).toBe(request.id);
    await runs.advanced(reverting, [done]);
    expect(await changing(1)).toBeNull();
    expect((await opened.ledger.inForceOf(arnOf(1)))?.version).toBe(`${request.id}:r5`);
  });

  it('frees the execution for another change where this one fails', async () => {
    const request = await runs.applying(1);
    expect(await changing(1)).toBe(request.id);
    await runs.advanced(request, [stateEvent(request, 'apply.failed', null, 'd', { why: 'ended', rate: null })]);
    expect(await changing(1)).toBeNull();
    expect(await opened.ledger.inForceOf(arnOf(1))).toBeNull();
  });
});

describe('several requests that change in one write', () => {
  const timers = () => opened.redis.zrange(opened.keys.timers, '0', '-1');
  const due = [
    { kind: 'revert' as const, at: T0 },
    { kind: 'tell' as const, at: T0 },
  ];

  async function two() {
    const first = await runs.granted(1, {}, { timers: due });
    const second = await runs.granted(1, { nth: 1, from: 50, to: 20 }, { timers: due });
    return { first, second };
  }

  it('all change, and no timer of any of them is left', async () => {
    const { first, second } = await two();
    expect((await timers()).length).toBe(4);
    const along = [{ prior: first, events: [changedOutside(first)] }];
    const others = [{ kind: 'show' as const, request: first.id }];
    const committed = await runs.commit(second, [changedOutside(second)], { along, others, effects: ['show'] });
    expect(committed).toMatchObject({ kind: 'committed', state: { id: second.id } });
    for (const { id, version } of [first, second]) {
      const stored = await opened.ledger.load(id);
      expect(stored?.request).toMatchObject({ version: version + 1, hold: { end: { why: 'changed' } } });
      const [newest] = await opened.ledger.lookUp({ kind: 'request', id }, 1);
      expect(stored?.record.seq).toBe(newest?.seq);
    }
    expect(await timers()).toEqual([]);
    expect((await opened.ledger.run(arnOf(1))).run?.grants).toEqual([]);
  });

  it.each(['first', 'second'] as const)('all stay as they are where one has changed since: the %s', async (which) => {
    const all = await two();
    const { first, second } = all;
    const run = await opened.ledger.run(arnOf(1));
    const prior = all[which];
    const detail = { rate: 7, expected: prior.to, status: 'TRANSFERRING' };
    // Only the request: the run is expected as it was.
    await runs.advanced(prior, [stateEvent(prior, 'decision.refused', null, 'd', { why: 'x' })]);
    await opened.redis.hset(opened.keys.request(prior.id), 'version', String(prior.version + 1));
    const before = await snapshot(opened);
    const drift = stateEvent(second, 'drift.detected', null, 'd', detail);
    const along = [{ prior: first, events: [changedOutside(first)] }];
    expect(await runs.commit(second, [drift], { along, run })).toEqual({ kind: 'moved' });
    expect(await snapshot(opened)).toEqual(before);
  });

  it('are not begun by a request that is not stored', async () => {
    const { first } = await two();
    const stranger = await asked(opened.ledger, 2);
    await opened.redis.del(opened.keys.request(first.id));
    const along = [{ prior: first, events: [changedOutside(first)] }];
    const head = await opened.ledger.head();
    const cancelled = stateEvent(stranger, 'cancelled', stranger.requester, 'd', null);
    const run = await opened.ledger.run(arnOf(1));
    expect(await runs.commit(stranger, [cancelled], { along, run })).toEqual({ kind: 'moved' });
    expect(await opened.ledger.head()).toEqual(head);
  });
});
