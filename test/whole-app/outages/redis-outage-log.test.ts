import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { type LocalRedis, startLocalRedis } from '../../../sandbox/redis.ts';
import { visibleText } from '../../../sandbox/slack/block-walk.ts';
import { openRedis } from '../../store/given-ledger.ts';
import { until } from '../../store/redis-servers.ts';
import { COMMAND, LEAD, OPERATOR, startTestWorld, type TestWorld } from '../world.ts';

interface Line {
  level: string;
  msg: string;
  why?: string;
  faults?: Record<string, number>;
}

let redis: LocalRedis;
let world: TestWorld;
afterEach(async () => {
  await world.stop();
  await redis.close();
});

async function start(): Promise<void> {
  redis = await startLocalRedis();
  world = await startTestWorld({ redisUrl: redis.url, env: { LOG_LEVEL: 'info' } });
}

/** Each change of what `/readyz` says is a line of its own: see `readiness-report.test.ts`. */
const READINESS = ['ready', 'not ready'];

/** Warnings and worse since a place in the log. */
function warned(from: number): { lines: Line[]; bytes: number } {
  const texts = world.logged.slice(from);
  const lines = texts.map((text) => ({ text, line: JSON.parse(text) as Line }));
  const shown = lines.filter(({ line }) => line.level !== 'info' && !READINESS.includes(line.msg ?? ''));
  return { lines: shown.map(({ line }) => line), bytes: shown.reduce((sum, { text }) => sum + text.length, 0) };
}

const said = (from: number, msg: string) => until(async () => warned(from).lines.some((line) => line.msg === msg));

describe('the log while Redis is away', () => {
  it.each([
    ['stopped', () => redis.stop(), () => redis.start(), /ECONN|EPIPE|closed|writeable/],
    ['silent', async () => redis.pause(), async () => redis.resume(), /timed out|timeout/i],
  ] as const)('%s: says when it goes and when it is back, and counts what failed', async (_, go, back, why) => {
    await start();
    const from = world.logged.length;
    await go();
    await said(from, 'Redis lost: nothing is recorded, set or reverted until it is back');
    await world.slack.as(OPERATOR).command('C0OPS', COMMAND, 'requests');
    await fetch(`http://127.0.0.1:${world.bots[0]?.opsPort}/readyz`);
    await sleep(6000);
    expect(warned(from).lines).toHaveLength(1);
    await back();
    await said(from, 'Redis is back');
    const { lines, bytes } = warned(from);
    expect(lines.map(({ msg }) => msg)).toEqual([
      'Redis lost: nothing is recorded, set or reverted until it is back',
      'Redis is back',
    ]);
    expect(lines[0]?.why).toMatch(why);
    expect(Object.values(lines[1]?.faults ?? {}).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(5);
    expect(bytes).toBeLessThan(1500);

    const card = await world.ask(world.arn);
    await world.approve(LEAD, card);
    expect(visibleText(await world.result(card))).toContain('50 MiB/s');
  });

  it('that refuses writes is told the same way', async () => {
    await start();
    const from = world.logged.length;
    const admin = await openRedis('commands', redis.url);
    await admin.config('SET', 'min-replicas-to-write', '1');
    await said(from, 'Redis lost: nothing is recorded, set or reverted until it is back');
    await sleep(4000);
    expect(warned(from).lines).toMatchObject([{ why: expect.stringContaining('NOREPLICAS') }]);
    await admin.config('SET', 'min-replicas-to-write', '0');
    await said(from, 'Redis is back');
    expect(warned(from).lines).toHaveLength(2);
    admin.disconnect();
  });

  it('is whole at debug', async () => {
    redis = await startLocalRedis();
    world = await startTestWorld({ redisUrl: redis.url, env: { LOG_LEVEL: 'debug' } });
    const from = world.logged.length;
    await redis.stop();
    await said(from, 'worker step failed');
    await redis.start();
  });
});
