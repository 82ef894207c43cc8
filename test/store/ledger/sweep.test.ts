import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sweepIndexes, trimStep } from '../../../src/audit/log/audit-archive.ts';
import { plainEvent } from '../../../src/domain/audit/audit-record.ts';
import type { Connection } from '../../../src/store/connection/connection.ts';
import { createSweep } from '../../../src/store/ledger/sweep.ts';
import { createOutbox } from '../../../src/store/work/outbox.ts';
import type { Outbox } from '../../../src/workflow/ports/outbox.ts';
import { T0 } from '../../domain/given.ts';
import { AUDIT_KEYS, arnOf, asked, asking, type OpenedLedger, openLedger, openRedis } from '../given-ledger.ts';

const DONE = { kind: 'done' } as const;

let opened: OpenedLedger;
let connections: Connection[];

beforeEach(async () => {
  opened = await openLedger();
  connections = [];
});
afterEach(() => {
  for (const connection of connections) connection.disconnect();
  opened.close();
});

const sweep = (goneMs?: number) =>
  createSweep({
    redis: opened.redis,
    keys: opened.keys,
    clock: { now: () => new Date() },
    sweepIndexes: (stopped) => sweepIndexes(opened.redis, opened.keys, AUDIT_KEYS, stopped),
    ...(goneMs === undefined ? {} : { goneMs }),
  }).round();

async function worker(consumer: string): Promise<Outbox> {
  const blocking = await openRedis('blocking');
  connections.push(blocking);
  const { redis, keys } = opened;
  const outbox = createOutbox({
    stream: 'aws',
    redis,
    blocking,
    keys,
    clock: { now: () => T0 },
    consumer,
    abandonedMs: 0,
  });
  await outbox.ready(new AbortController().signal);
  return outbox;
}

/** The names of the workers in the group. */
async function workers(): Promise<string[]> {
  const told = (await opened.redis.xinfo('CONSUMERS', opened.keys.awsOutbox, 'workers')) as string[][];
  return told.map((one) => String(one[one.indexOf('name') + 1])).sort();
}

describe('workers of bots that are gone', () => {
  it('leave the group, and those that said something lately stay', async () => {
    await asked(opened.ledger, 1, { effects: ['revert', 'apply'] });
    for (const outbox of [await worker('a'), await worker('b')]) {
      for (const work of await outbox.take(1)) await outbox.settle(work, DONE);
    }
    expect(await workers()).toEqual(['a', 'b']);
    await sweep();
    expect(await workers()).toEqual(['a', 'b']);
    await sweep(0);
    expect(await workers()).toEqual([]);
  });

  it('take no work with them: what they had in hand is taken over first', async () => {
    await asked(opened.ledger, 1, { effects: ['revert', 'apply'] });
    const gone = await worker('gone');
    expect(await gone.take(2)).toHaveLength(2);
    await sweep(0);
    expect(await workers()).toEqual(['gone']);
    const young = await worker('young');
    const taken = await young.takeAbandoned(8);
    expect(taken.map(({ effect }) => effect.kind)).toEqual(['revert', 'apply']);
    await Promise.all([sweep(0), sweep(0), sweep(0)]);
    expect(await workers()).toEqual(['young']);
    for (const work of taken) expect(await young.settle(work, DONE)).toEqual(DONE);
  });

  it('may come back: one that only stood still gets work as before', async () => {
    const outbox = await worker('slow');
    await asked(opened.ledger, 1, { effects: ['revert'] });
    for (const work of await outbox.take(1)) await outbox.settle(work, DONE);
    expect(await workers()).toEqual(['slow']);
    const taking = outbox.take(8);
    await sweep(0);
    await asked(opened.ledger, 2, { effects: ['revert'] });
    const [work] = await taking;
    if (!work) throw new Error('nothing came');
    expect(work.claim).toMatchObject({ consumer: 'slow', deliveries: 1 });
    expect(await outbox.settle(work, DONE)).toEqual(DONE);
    expect(await opened.redis.xlen(opened.keys.awsOutbox)).toBe(0);
  });

  it('are none before the first', async () => {
    await sweep(0);
    expect(await opened.redis.exists(opened.keys.awsOutbox)).toBe(0);
  });
});

describe('executions', () => {
  it.each([
    ['3', 'as older versions write it'],
    ['r12', 'with the version of the run'],
  ])(
    'are forgotten with the request that is no longer kept, beside however many that are: r-…:%s, %s',
    async (version) => {
      const { redis, keys } = opened;
      const kept = await asked(opened.ledger, 1);
      for (let number = 1; number <= 500; number++) {
        await redis.hset(
          keys.inForce,
          arnOf(number),
          number === 1 ? `${kept.id}:${version}` : `r-gone${number}:${version}`,
        );
        await redis.hset(keys.changing, arnOf(number), number === 1 ? kept.id : `r-gone${number}`);
      }
      await sweep();
      expect(await redis.hgetall(keys.inForce)).toEqual({ [arnOf(1)]: `${kept.id}:${version}` });
      expect(await redis.hgetall(keys.changing)).toEqual({ [arnOf(1)]: kept.id });
    },
  );
});

describe('the look-up indexes', () => {
  /** As `audit archive` leaves it: up to this place the log was archived. */
  async function archived(seq: number): Promise<void> {
    const { redis, keys, ledger } = opened;
    const [[, fields] = ['', []]] = await redis.xrangeBuffer(keys.audit, `${seq}-0`, `${seq}-0`);
    const hash = (fields[3] as Buffer).toString('hex');
    const { log } = (await ledger.head()) ?? { log: '' };
    const detail = { by: 'test', log, first: 1, last: seq, hash, count: seq, at: T0.toISOString() };
    const done = await ledger.commit({
      op: `archive:${seq}`,
      prior: null,
      events: [plainEvent('audit.archived', { detail })],
    });
    expect(done.kind).toBe('committed');
  }

  async function below(seq: number): Promise<string[]> {
    const names = await opened.redis.keys(opened.keys.everyIndex);
    const counts = await Promise.all(names.map((name) => opened.redis.zcount(name, '-inf', String(seq))));
    return names.filter((_, place) => (counts[place] ?? 0) > 0);
  }

  it('name no archived record once the archived records are deleted from the log', async () => {
    const { redis, keys } = opened;
    for (let number = 1; number <= 20; number++) await asked(opened.ledger, number);
    const idOf = (number: number) => asking(number).events[0]?.request ?? '';
    // What the records don't lead to.
    await redis.zadd(keys.indexRequest('r-none'), 3, '3');
    await archived(10);
    await sweep();
    expect((await below(10)).length).toBeGreaterThan(10);
    while (await trimStep(redis, keys, AUDIT_KEYS));
    expect(await below(10)).toEqual([keys.indexRequest('r-none')]);
    await redis.set(keys.indexRequest('r-odd'), 'no index');
    await sweep();
    await redis.del(keys.indexRequest('r-odd'));
    expect(await below(10)).toEqual([]);
    expect(await redis.zrange(keys.indexRequest(idOf(11)), '0', '-1')).toEqual(['11']);

    // Once an archive, and again after the next.
    await redis.zadd(keys.indexRequest('r-none'), 3, '3');
    await sweep();
    expect(await below(10)).toEqual([keys.indexRequest('r-none')]);
    await archived(15);
    while (await trimStep(redis, keys, AUDIT_KEYS));
    await sweep();
    expect(await below(15)).toEqual([]);
  });

  it('are left alone where no record says that the log was archived', async () => {
    const { redis, keys } = opened;
    await asked(opened.ledger, 1);
    await redis.hset(keys.archivedUpTo, { log: 'l', seq: '1', hash: 'ab'.repeat(32), by: '1', at: T0.toISOString() });
    await redis.xtrim(keys.audit, 'MAXLEN', 0);
    await sweep();
    expect((await below(1)).length).toBeGreaterThan(0);
  });
});
