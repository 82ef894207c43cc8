import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { startLocalRedis } from '../../../sandbox/redis.ts';
import { openRedis } from '../given-ledger.ts';
import { addWork, gets, startWorker } from '../given-worker.ts';
import { startLossyProxy } from '../lossy-proxy.ts';
import { startCluster, startSentinelGroup, until } from '../redis-servers.ts';

const toEnd: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of toEnd.splice(0).reverse()) await end();
});

async function worker(...args: Parameters<typeof startWorker>) {
  const started = await startWorker(...args);
  toEnd.push(started.stop);
  return started;
}

describe('a worker whose Redis goes silent', () => {
  it('leaves a socket that swallows, and takes work over another one', async () => {
    const proxy = await startLossyProxy(inject('redisUrl'));
    toEnd.push(proxy.close);
    const one = await worker(proxy.url);
    await addWork(one, 'before');
    await gets(one, 'before', 30_000);
    proxy.forget();
    const direct = await openRedis();
    toEnd.push(() => direct.disconnect());
    // It is given to the read that waits, whose answer never comes.
    await addWork({ ...one, redis: direct }, 'given away');
    await addWork(one, 'after');
    await gets(one, 'after', 30_000);
    await gets(one, 'given away', 10_000);
    expect(one.taken).toEqual(['before', 'given away', 'after']);
    expect(await direct.xlen(one.keys.awsOutbox)).toBe(0);
  });

  it('goes on soon after a single Redis does', async () => {
    const redis = await startLocalRedis();
    toEnd.push(redis.close);
    const one = await worker(redis.url);
    await addWork(one, 'before');
    await gets(one, 'before', 30_000);
    redis.pause();
    // Longer than two blocking reads with what they are given on top.
    await sleep(9000);
    redis.resume();
    await addWork(one, 'after');
    expect(await gets(one, 'after', 30_000)).toBeLessThan(10_000);
  });

  it('goes to the primary that Sentinel names instead', async () => {
    const group = await startSentinelGroup();
    toEnd.push(group.close);
    const one = await worker(group.url);
    await addWork(one, 'before');
    await gets(one, 'before', 30_000);
    group.primary.pause();
    await until(async () => (await group.replica.admin.info('replication')).includes('role:master'));
    await addWork(one, 'after');
    await gets(one, 'after', 30_000);
    expect(await group.replica.admin.exists(one.keys.awsOutbox)).toBe(1);
  });

  it('goes to the node of a Cluster that took its slot over', async () => {
    const cluster = await startCluster();
    toEnd.push(cluster.close);
    const one = await worker(cluster.url, cluster.prefix);
    await addWork(one, 'before');
    await gets(one, 'before', 30_000);
    cluster.first.pause();
    await until(async () => (await cluster.replica.admin.info('replication')).includes('role:master'));
    await addWork(one, 'after');
    await gets(one, 'after', 30_000);
  });

  it('goes on in a Cluster when the node of its slot does', async () => {
    const cluster = await startCluster();
    toEnd.push(cluster.close);
    const one = await worker(cluster.url, cluster.prefix);
    await addWork(one, 'before');
    await gets(one, 'before', 30_000);
    await cluster.replica.close();
    cluster.first.pause();
    await sleep(9000);
    cluster.first.resume();
    await addWork(one, 'after');
    await gets(one, 'after', 30_000);
  });
});
