import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type LocalRedis, startLocalRedis } from '../../../sandbox/redis.ts';
import type { Connection } from '../../../src/store/connection/connection.ts';
import { createKeys, type Keys } from '../../../src/store/connection/keys.ts';
import { GROUP } from '../../../src/store/work/work-keys.ts';
import { createWriteProbe } from '../../../src/store/work/write-probe.ts';
import type { WriteProbe } from '../../../src/workflow/ports/write-probe.ts';
import { asking, freshPrefix, openLedger, openRedis } from '../given-ledger.ts';

const NOTHING = { untouched: null, timer: null };

let local: LocalRedis;
let redis: Connection;
let keys: Keys;
let probe: () => Promise<WriteProbe>;

beforeAll(async () => {
  local = await startLocalRedis();
  redis = await openRedis('commands', local.url);
});
afterAll(async () => {
  redis.disconnect();
  await local.close();
});
beforeEach(() => {
  keys = createKeys(freshPrefix());
  probe = createWriteProbe(redis, keys, { replica: 'bot-1', abandonedMs: 30_000 });
});

describe('the write probe', () => {
  it('writes a key of its own, which lives for a minute', async () => {
    const before = Date.now();
    const found = await probe();
    expect(found).toMatchObject({ kind: 'proven', streams: { aws: NOTHING, slack: NOTHING }, deadLetters: 0 });
    expect(found.kind === 'proven' && Math.abs(found.redisMs - before)).toBeLessThan(5000);
    expect(await redis.get(keys.writeProbe('bot-1'))).toBe('bot-1');
    expect(await redis.ttl(keys.writeProbe('bot-1'))).toBeGreaterThan(50);
  });

  it.each([
    ['memory is short', ['maxmemory', '1'], ['maxmemory', '0'], /^OOM/],
    ['too few replicas are there', ['min-replicas-to-write', '1'], ['min-replicas-to-write', '0'], /^NOREPLICAS/],
  ] as const)('is refused where a commit would be: %s', async (_, [name, value], [, usual], words) => {
    await redis.config('SET', name, value);
    await expect(probe()).rejects.toThrow(words);
    await redis.config('SET', name, usual);
    expect((await probe()).kind).toBe('proven');
  });

  it('is refused by a replica', async () => {
    const admin = await openRedis('commands', local.url);
    try {
      await admin.replicaof('127.0.0.1', '1');
      await expect(probe()).rejects.toThrow(/^READONLY/);
    } finally {
      await admin.replicaof('NO', 'ONE');
      admin.disconnect();
    }
    // It connects anew after that answer, by itself.
    await expect.poll(async () => (await probe().catch(() => null))?.kind).toBe('proven');
  });

  it.each([
    'head',
    'audit',
    'open',
    'awsOutbox',
    'slackOutbox',
    'timers',
    'inForce',
    'changing',
    'archivedUpTo',
  ] as const)('tells of a wrong type at %s, where a commit is refused too', async (name) => {
    const prefix = freshPrefix();
    const opened = await openLedger({ url: local.url, prefix });
    await opened.redis.set(opened.keys[name], 'in the way');
    expect(await createWriteProbe(opened.redis, opened.keys, { replica: 'bot-1' })()).toMatchObject({
      kind: 'wrong-type',
      key: opened.keys[name],
      found: 'string',
      needed: expect.stringMatching(/^(hash|stream|zset)$/),
    });
    await expect(opened.ledger.commit(asking(1))).rejects.toThrow();
    opened.close();
  });
});

describe('the oldest work', () => {
  const untouched = async () => {
    const found = await probe();
    return found.kind === 'proven' ? found.streams.aws.untouched : null;
  };

  it('is an entry that no worker was given, with a group or without', async () => {
    await redis.xadd(keys.awsOutbox, `${Date.now() - 90_000}-0`, 'e', '{"kind":"apply"}');
    await redis.xadd(keys.awsOutbox, `${Date.now() - 10_000}-0`, 'e', '{"kind":"show"}');
    expect(await untouched()).toMatchObject({ effect: '{"kind":"apply"}' });
    expect((await untouched())?.ms).toBeGreaterThanOrEqual(90_000);
    // A group that begins after it never gives it to anybody.
    await redis.xgroup('CREATE', keys.awsOutbox, GROUP, '$');
    expect((await untouched())?.ms).toBeGreaterThanOrEqual(90_000);
  });

  it('is none that a living worker has, however long ago it came', async () => {
    await redis.xadd(keys.awsOutbox, '1000-0', 'e', '{"kind":"apply"}');
    await redis.xgroup('CREATE', keys.awsOutbox, GROUP, '0');
    await redis.xreadgroup('GROUP', GROUP, 'bot-2', 'COUNT', 1, 'STREAMS', keys.awsOutbox, '>');
    expect(await untouched()).toBeNull();
  });

  it('is one whose claim is old, since it was touched last', async () => {
    await redis.xadd(keys.awsOutbox, '1000-0', 'e', '{"kind":"revert"}');
    await redis.xgroup('CREATE', keys.awsOutbox, GROUP, '0');
    await redis.xreadgroup('GROUP', GROUP, 'bot-2', 'COUNT', 1, 'STREAMS', keys.awsOutbox, '>');
    await redis.call('XCLAIM', keys.awsOutbox, GROUP, 'bot-2', 0, '1000-0', 'IDLE', 45_000, 'JUSTID');
    expect(await untouched()).toMatchObject({ effect: '{"kind":"revert"}' });
    const { ms } = (await untouched()) ?? { ms: 0 };
    expect(ms).toBeGreaterThanOrEqual(45_000);
    expect(ms).toBeLessThan(90_000);
  });

  it('is looked for among a hundred entries, however many there are', async () => {
    const entries = redis.pipeline();
    for (let number = 1; number <= 300; number++) entries.xadd(keys.awsOutbox, `${number}-0`, 'e', `{"n":${number}}`);
    await entries.exec();
    await redis.xgroup('CREATE', keys.awsOutbox, GROUP, '0');
    await redis.xreadgroup('GROUP', GROUP, 'bot-2', 'COUNT', 150, 'STREAMS', keys.awsOutbox, '>');
    // All that is seen is being worked on: of what follows nothing is known, and nothing is said.
    expect(await untouched()).toBeNull();
  });

  it('comes with the timer that is due first', async () => {
    await redis.zadd(keys.timers, 2000, '{"kind":"watch"}', 1500, '{"kind":"revert"}');
    const first = { effect: '{"kind":"revert"}', dueMs: 1500 };
    expect(await probe()).toMatchObject({ streams: { aws: { timer: first }, slack: { timer: null } } });
  });

  it('is told for each stream, and a timer of a kind that only a newer bot knows is none', async () => {
    await redis.xadd(keys.slackOutbox, `${Date.now() - 90_000}-0`, 'e', '{"kind":"show"}');
    await redis.zadd(keys.timers, 500, '{"kind":"of tomorrow"}', 600, 'null', 700, '{"kind":"tell"}');
    const found = await probe();
    expect(found).toMatchObject({
      streams: {
        aws: NOTHING,
        slack: { untouched: { effect: '{"kind":"show"}' }, timer: { effect: '{"kind":"tell"}', dueMs: 700 } },
      },
    });
  });

  it('comes with the number of dead letters', async () => {
    await redis.xadd(keys.deadLetters, '*', 'e', 'null', 'why', 'x');
    expect(await probe()).toMatchObject({ deadLetters: 1 });
  });
});
