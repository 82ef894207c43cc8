import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { evolve } from '../../../src/domain/request/evolve-request.ts';
import type { ThrottleRequest } from '../../../src/domain/request/throttle-request.ts';
import { NotRecorded } from '../../../src/workflow/faults.ts';
import type { Change } from '../../../src/workflow/ports/commit.ts';
import { at, LEAD, OPERATOR } from '../../domain/given.ts';
import {
  arnOf,
  asked,
  asking,
  following,
  type OpenedLedger,
  openLedger,
  policyLoaded,
  snapshot,
  verifiedLog,
} from '../given-ledger.ts';

let opened: OpenedLedger;
let ledger: OpenedLedger['ledger'];

beforeEach(async () => {
  opened = await openLedger();
  ledger = opened.ledger;
});
afterEach(() => opened.close());

describe('one commit', () => {
  it('stores state, record, index, work, timer and answer together', async () => {
    const due = at(1800);
    const committed = await ledger.commit(
      asking(1, { effects: ['show', 'apply'], timers: [{ kind: 'expire', at: due }] }),
    );
    if (committed.kind !== 'committed') throw new Error(committed.kind);
    const { redis, keys } = opened;
    const [record] = await verifiedLog(opened);
    expect(record).toMatchObject({ seq: 1, event: 'requested', request: 'r-0000000001', op: 'ask:r-0000000001' });
    expect(await ledger.load('r-0000000001')).toEqual({ request: committed.state, record: committed.records[0] });
    expect(await ledger.openRequestOf(arnOf(1))).toBe('r-0000000001');
    const work = async (key: string) =>
      (await redis.xrange(key, '-', '+')).map(([, fields]) => JSON.parse(fields[1] ?? ''));
    expect(await work(keys.slackOutbox)).toEqual([{ kind: 'show', request: 'r-0000000001' }]);
    expect(await work(keys.awsOutbox)).toEqual([{ kind: 'apply', request: 'r-0000000001' }]);
    expect(await redis.zrange(keys.timers, '0', '-1', 'WITHSCORES')).toEqual([
      '{"kind":"expire","request":"r-0000000001"}',
      String(due.getTime()),
    ]);
    const head = await ledger.head();
    expect(head).toMatchObject({ seq: 1, hash: committed.records[0]?.hash });
  });

  it('of several events gives each its place', async () => {
    const { op, events, prior } = asking(1);
    const two = { op, prior, events: [...policyLoaded('x').events, ...events] };
    const committed = await ledger.commit(two);
    expect(committed).toMatchObject({ kind: 'committed', records: [{ seq: 1 }, { seq: 2 }], state: { version: 1 } });
    expect(await verifiedLog(opened)).toHaveLength(2);
  });

  it.each([
    'head',
    'audit',
    'request',
    'openExecution',
    'open',
    'awsOutbox',
    'slackOutbox',
    'timers',
    'indexRequest',
    'indexExecution',
    'indexUser',
    'operation',
  ] as const)('writes nothing at all where the key %s is of another kind', async (which) => {
    const { redis, keys } = opened;
    await asked(ledger, 1, { effects: ['show'], timers: [{ kind: 'expire', at: at(9) }] });
    const broken = {
      head: keys.head,
      audit: keys.audit,
      request: keys.request('r-0000000002'),
      openExecution: keys.openExecution(arnOf(2)),
      open: keys.open,
      awsOutbox: keys.awsOutbox,
      slackOutbox: keys.slackOutbox,
      timers: keys.timers,
      indexRequest: keys.indexRequest('r-0000000002'),
      indexExecution: keys.indexExecution(arnOf(2)),
      indexUser: keys.indexUser(OPERATOR.team, OPERATOR.user),
      operation: keys.operation('ask:r-0000000002'),
    }[which];
    await redis.del(broken);
    await redis.lpush(broken, 'a list');
    const before = await snapshot(opened);
    const change = asking(2, { effects: ['show'], timers: [{ kind: 'expire', at: at(9) }] });
    await expect(ledger.commit(change)).rejects.toThrow(NotRecorded);
    expect(await snapshot(opened)).toEqual(before);
  });

  it('clears the timers of a request that has ended, and frees its execution', async () => {
    const request = await asked(ledger, 1, { timers: [{ kind: 'expire', at: at(9) }] });
    await asked(ledger, 2, { timers: [{ kind: 'expire', at: at(9) }] });
    await ledger.commit(following(request, 'cancelled'));
    expect(await opened.redis.zrange(opened.keys.timers, '0', '-1')).toEqual([
      '{"kind":"expire","request":"r-0000000002"}',
    ]);
    expect(await ledger.openRequestOf(arnOf(1))).toBeNull();
    expect((await ledger.openRequests()).map((stored) => stored.request.id)).toEqual(['r-0000000002']);
  });

  it('moves a timer that is set again', async () => {
    const request = await asked(ledger, 1, { timers: [{ kind: 'expire', at: at(9) }] });
    const again: Change = { op: 'again', prior: request, events: [], timers: [{ kind: 'expire', at: at(99) }] };
    await ledger.commit(again);
    expect(await opened.redis.zrange(opened.keys.timers, '0', '-1', 'WITHSCORES')).toEqual([
      '{"kind":"expire","request":"r-0000000001"}',
      String(at(99).getTime()),
    ]);
  });
});

describe('what a commit is refused for', () => {
  it('the operation is done already: the same answer, nothing written', async () => {
    const first = await ledger.commit(asking(1));
    const before = await snapshot(opened);
    const again = await ledger.commit(asking(1));
    if (first.kind !== 'committed') throw new Error(first.kind);
    expect(again).toEqual({ kind: 'repeated', request: 'r-0000000001', event: 'requested', records: first.records });
    expect(await ledger.done('ask:r-0000000001')).toEqual(again);
    expect(await ledger.done('another')).toBeNull();
    expect(await snapshot(opened)).toEqual(before);
  });

  it('the request has moved meanwhile', async () => {
    const request = await asked(ledger, 1);
    expect(await ledger.commit(following(request, 'cancelled'))).toMatchObject({ kind: 'committed' });
    const before = await snapshot(opened);
    expect(await ledger.commit(following(request, 'denied'))).toEqual({ kind: 'moved' });
    expect(await ledger.commit(asking(1, { op: 'ask anew' }))).toEqual({ kind: 'moved' });
    expect(await snapshot(opened)).toEqual(before);
  });

  it('another request is open for the execution, until that one ends', async () => {
    const first = await asked(ledger, 1);
    const [event] = asking(1).events;
    const second: Change = {
      op: 'second',
      prior: null,
      events: [{ ...event, request: 'r-second' } as Change['events'][0]],
    };
    expect(await ledger.commit(second)).toEqual({ kind: 'already-open', request: first.id });
    await ledger.commit(following(first, 'denied'));
    expect(await ledger.commit(second)).toMatchObject({ kind: 'committed', state: { id: 'r-second' } });
    expect(await ledger.openRequestOf(arnOf(1))).toBe('r-second');
  });
});

describe('a record that changes nothing', () => {
  it('leaves the state as it is, whatever its version is by now', async () => {
    const request = await asked(ledger, 1);
    const refusal = following(request, 'decision.refused');
    const [event] = refusal.events;
    const stored = await ledger.load(request.id);
    const said = { ...refusal, events: [{ ...event, version: 1 } as Change['events'][0]], effects: ['show' as const] };
    expect(await ledger.commit(said)).toMatchObject({ kind: 'committed', state: request });
    expect(await ledger.load(request.id)).toEqual(stored);
    expect(await opened.redis.xlen(opened.keys.slackOutbox)).toBe(1);
    expect(await verifiedLog(opened)).toHaveLength(2);
  });
});

describe('how long keys live', () => {
  it('operations a day, ended requests 90 days after their last record, the log for ever', async () => {
    const { redis, keys } = opened;
    const request = await asked(ledger, 1);
    expect(await redis.ttl(keys.operation('ask:r-0000000001'))).toBe(86_400);
    expect(await redis.ttl(keys.request(request.id))).toBe(-1);
    const ended = await ledger.commit(following(request, 'cancelled'));
    expect(await redis.ttl(keys.request(request.id))).toBe(90 * 86_400);
    if (ended.kind !== 'committed' || !ended.state) throw new Error(ended.kind);
    await redis.expire(keys.request(request.id), 100);
    await ledger.commit({ ...following(ended.state, 'decision.refused'), effects: ['show'] });
    expect(await redis.ttl(keys.request(request.id))).toBe(90 * 86_400);
    for (const key of [keys.head, keys.audit, keys.indexRequest(request.id), keys.indexExecution(arnOf(1))]) {
      expect(await redis.ttl(key)).toBe(-1);
    }
  });
});

describe('look-ups', () => {
  it('are newest first, by request, execution, person or all', async () => {
    const one = await asked(ledger, 1);
    await asked(ledger, 2);
    await ledger.commit(following(one, 'denied'));
    await ledger.commit(policyLoaded('p'));
    const seqs = async (...by: Parameters<typeof ledger.lookUp>) => (await ledger.lookUp(...by)).map(({ seq }) => seq);
    expect(await seqs({ kind: 'all' }, 10)).toEqual([4, 3, 2, 1]);
    expect(await seqs({ kind: 'all' }, 2)).toEqual([4, 3]);
    expect(await seqs({ kind: 'request', id: one.id }, 10)).toEqual([3, 1]);
    expect(await seqs({ kind: 'execution', arn: arnOf(2) }, 10)).toEqual([2]);
    expect(await seqs({ kind: 'user', team: OPERATOR.team, user: OPERATOR.user }, 1)).toEqual([2]);
    expect(await seqs({ kind: 'user', team: LEAD.team, user: LEAD.user }, 10)).toEqual([3]);
    const [line] = await ledger.lookUp({ kind: 'request', id: one.id }, 1);
    expect(line).toMatchObject({ hash: expect.stringMatching(/^[0-9a-f]{64}$/), record: { event: 'denied', seq: 3 } });
  });

  it('of open requests are oldest first', async () => {
    let now = 0;
    const timed = await openLedger({ clock: { now: () => at(now++) } });
    for (const number of [3, 1, 2]) await asked(timed.ledger, number);
    expect((await timed.ledger.openRequests()).map(({ request }) => request.id)).toEqual([
      'r-0000000003',
      'r-0000000001',
      'r-0000000002',
    ]);
    timed.close();
  });

  it('find nothing where nothing is', async () => {
    expect(await ledger.load('r-nothing')).toBeNull();
    expect(await ledger.head()).toBeNull();
    expect(await ledger.lookUp({ kind: 'all' }, 5)).toEqual([]);
    expect(await ledger.openRequests()).toEqual([]);
  });
});

describe('the stored request', () => {
  it('is the fold of its records', async () => {
    const requests = await Promise.all([1, 2, 3].map((number) => asked(ledger, number)));
    await Promise.all(requests.slice(1).map((request) => ledger.commit(following(request, 'denied'))));
    for (const { id } of requests) {
      const lines = await ledger.lookUp({ kind: 'request', id }, 100);
      const folded = lines
        .reverse()
        .reduce<ThrottleRequest | null>((state, { record }) => (record ? evolve(state, record) : state), null);
      expect((await ledger.load(id))?.request).toEqual(folded);
    }
  });
});
