import { afterEach, expect, it } from 'vitest';
import { describeRedisFault } from '../../../src/ops/describe-redis-fault.ts';
import { createKeys } from '../../../src/store/connection/keys.ts';
import { createWriteProbe } from '../../../src/store/work/write-probe.ts';
import { openRedis } from '../given-ledger.ts';
import { startCluster, until } from '../redis-servers.ts';

const toEnd: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of toEnd.splice(0).reverse()) await end();
});

it('the write probe fails where the node of the bot’s slot is away, though the other nodes answer', async () => {
  const cluster = await startCluster();
  toEnd.push(cluster.close);
  const redis = await openRedis('commands', cluster.url);
  toEnd.push(() => redis.disconnect());
  const probe = createWriteProbe(redis, createKeys(cluster.prefix), { replica: 'bot-1', abandonedMs: 30_000 });
  await until(async () => (await probe()).kind === 'proven');
  await cluster.replica.close();
  cluster.first.pause();
  const refused = await probe().catch((fault: unknown) => fault);
  expect(describeRedisFault(refused)).toMatch(/^nothing can be requested, decided, applied or reverted/);
  // For as long as it is away, and not longer.
  await expect(probe()).rejects.toThrow();
  cluster.first.resume();
  await until(async () => (await probe()).kind === 'proven');
});
