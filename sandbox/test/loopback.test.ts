import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { listeningOf } from '../../test/listening.ts';
import { POLICY } from '../demo/scene.ts';
import { startWorld } from '../local-world.ts';
import { startPage } from '../page/start-page.ts';
import { startLocalRedis } from '../redis.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function startAll() {
  const redis = await startLocalRedis();
  closers.push(() => redis.close());
  const world = await startWorld({ redisUrl: redis.url, policy: POLICY });
  closers.push(() => world.stop());
  const bot = await world.startBot();
  const page = await startPage({ world, redis });
  closers.push(() => page.stop());
  return { redis, world, bot, page };
}

describe('a world on this machine', () => {
  it('listens on loopback alone: the bot, its health checks, Slack, AWS, the page and Redis', async () => {
    const before = new Set(listeningOf(process.pid));
    const { redis, world, bot, page } = await startAll();
    const listening = listeningOf(process.pid).filter((address) => !before.has(address));
    const urls = [world.slack.apiUrl, world.aws.url, page.url].map((url) => Number(new URL(url).port));
    const ports = listening.map((address) => Number(address.split(':').at(-1)));
    expect(ports).toEqual(expect.arrayContaining([bot.port, bot.opsPort, redis.port, ...urls]));
    expect(listening.filter((address) => !/^(?:127\.\d+\.\d+\.\d+|\[::1\]):\d+$/.test(address))).toEqual([]);
  });

  it('has secrets of its own', async () => {
    const names = ['SLACK_BOT_TOKEN', 'SLACK_SIGNING_SECRET', 'AUDIT_KEYS'] as const;
    const [one, other] = [(await startAll()).world.env, (await startAll()).world.env];
    for (const name of names) {
      expect(one[name], name).toMatch(/[0-9a-f]{32}$/);
      expect(one[name], name).not.toBe(other[name]);
    }
    expect(process.env.AWS_SECRET_ACCESS_KEY).toMatch(/^[0-9a-f]{40}$/);
  });

  it('leaves no folder behind, once it is stopped', async () => {
    const { world, redis } = await startAll();
    const folder = dirname(world.policyFile);
    const { dir } = redis;
    expect([existsSync(folder), existsSync(dir)]).toEqual([true, true]);
    for (const close of closers.splice(0).reverse()) await close();
    expect([existsSync(folder), existsSync(dir)]).toEqual([false, false]);
  });

  it('leaves none behind where it could not be started', async () => {
    const { redis } = await startAll();
    const ours = () =>
      readdirSync(tmpdir()).filter((name) => name.startsWith(`datasync-throttle-world-${process.pid}-`));
    const before = ours();
    const taken = startWorld({ redisUrl: redis.url, policy: POLICY, slack: { port: redis.port } });
    await expect(taken).rejects.toMatchObject({ code: 'EADDRINUSE' });
    expect(ours()).toEqual(before);
  });
});
