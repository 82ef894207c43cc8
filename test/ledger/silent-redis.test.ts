import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { readRedisTarget } from '../../src/config-redis.ts';
import { type Connection, connect, openConnection } from '../../src/ledger/connection.ts';
import { createKeys, type Keys } from '../../src/ledger/keys.ts';
import { createOutbox } from '../../src/ledger/outbox.ts';
import { startLocalRedis } from '../../src/sandbox/redis.ts';
import type { Outbox, Work } from '../../src/workflow/ports.ts';
import { at } from '../domain/given.ts';
import { freshPrefix, openRedis } from './given-ledger.ts';
import { startLossyProxy } from './lossy-proxy.ts';
import { startCluster, startSentinelGroup, until } from './redis-servers.ts';

const toEnd: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of toEnd.splice(0).reverse()) await end();
});

interface Worker {
  outbox: Outbox;
  redis: Connection;
  keys: Keys;
  /** What it took, in order. */
  taken: string[];
}

/** A worker that takes work and settles it, as the loop does: a fault makes it rest, not end. */
async function worker(url: string, prefix = freshPrefix()): Promise<Worker> {
  const target = readRedisTarget(url);
  if (!target.ok) throw new Error(target.problem);
  const [redis, blocking] = [openConnection(target.value, 'commands'), openConnection(target.value, 'blocking')];
  for (const connection of [redis, blocking]) {
    connection.on('error', () => {});
    await connect(connection, 20_000);
  }
  const keys = createKeys(prefix);
  const outbox = createOutbox({ redis, blocking, keys, clock: { now: () => at(0) }, consumer: 'w' });
  const stopping = new AbortController();
  await outbox.ready(stopping.signal);
  const taken: string[] = [];
  const loop = async () => {
    while (!stopping.signal.aborted) {
      try {
        for (const work of await outbox.take(8)) {
          taken.push(work.effect.request);
          await settled(outbox, work);
        }
      } catch {
        await sleep(100);
        await outbox.ready(stopping.signal);
      }
    }
  };
  void loop();
  toEnd.push(() => {
    stopping.abort();
    redis.disconnect();
    blocking.disconnect();
  });
  return { outbox, redis, keys, taken };
}

async function settled(outbox: Outbox, work: Work): Promise<void> {
  await until(async () => {
    await outbox.settle(work, null);
    return true;
  });
}

/** Leaves work, as a commit does, however often that must be tried. */
async function leave({ redis, keys }: Pick<Worker, 'redis' | 'keys'>, request: string): Promise<void> {
  const effect = JSON.stringify({ kind: 'show', request });
  await until(async () => (await redis.xadd(keys.outbox, '*', 'e', effect)) !== null);
}

/** @returns how long it took, in ms */
async function gets({ taken }: Worker, request: string, withinMs: number): Promise<number> {
  const began = performance.now();
  await until(async () => taken.includes(request), withinMs);
  return performance.now() - began;
}

describe('a worker whose Redis goes silent', () => {
  it('leaves a socket that swallows, and takes work over another one', async () => {
    const proxy = await startLossyProxy(inject('redisUrl'));
    toEnd.push(proxy.close);
    const one = await worker(proxy.url);
    await leave(one, 'before');
    await gets(one, 'before', 30_000);
    proxy.forget();
    const direct = await openRedis();
    toEnd.push(() => direct.disconnect());
    // It is given to the read that waits, whose answer never comes.
    await leave({ ...one, redis: direct }, 'given away');
    await leave(one, 'after');
    await gets(one, 'after', 30_000);
    await gets(one, 'given away', 10_000);
    expect(one.taken).toEqual(['before', 'given away', 'after']);
    expect(await direct.xlen(one.keys.outbox)).toBe(0);
  });

  it('goes on soon after a single Redis does', async () => {
    const redis = await startLocalRedis();
    toEnd.push(redis.close);
    const one = await worker(redis.url);
    await leave(one, 'before');
    await gets(one, 'before', 30_000);
    redis.pause();
    // Longer than two blocking reads with what they are given on top.
    await sleep(9000);
    redis.resume();
    await leave(one, 'after');
    expect(await gets(one, 'after', 30_000)).toBeLessThan(10_000);
  });

  it('goes to the primary that Sentinel names instead', async () => {
    const group = await startSentinelGroup();
    toEnd.push(group.close);
    const one = await worker(group.url);
    await leave(one, 'before');
    await gets(one, 'before', 30_000);
    group.primary.pause();
    await until(async () => (await group.replica.admin.info('replication')).includes('role:master'));
    await leave(one, 'after');
    await gets(one, 'after', 30_000);
    expect(await group.replica.admin.exists(one.keys.outbox)).toBe(1);
  });

  it('goes to the node of a Cluster that took its slot over', async () => {
    const cluster = await startCluster();
    toEnd.push(cluster.close);
    const one = await worker(cluster.url, await cluster.prefix());
    await leave(one, 'before');
    await gets(one, 'before', 30_000);
    cluster.first.pause();
    await until(async () => (await cluster.replica.admin.info('replication')).includes('role:master'));
    await leave(one, 'after');
    await gets(one, 'after', 30_000);
  });

  it('goes on in a Cluster when the node of its slot does', async () => {
    const cluster = await startCluster();
    toEnd.push(cluster.close);
    const one = await worker(cluster.url, await cluster.prefix());
    await leave(one, 'before');
    await gets(one, 'before', 30_000);
    await cluster.replica.close();
    cluster.first.pause();
    await sleep(9000);
    cluster.first.resume();
    await leave(one, 'after');
    await gets(one, 'after', 30_000);
  });
});
