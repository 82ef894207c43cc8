import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type LocalRedis, startLocalRedis } from '../../../sandbox/redis.ts';
import { visibleText } from '../../../sandbox/slack/block-walk.ts';
import { acceptAuditLoss } from '../../../src/commands/audit/accept-audit-loss.ts';
import { verifyAudit } from '../../../src/commands/audit/verify-audit.ts';
import { newSigningKey, run } from '../../audit/log/log-fixture.ts';
import { asked, openLedger } from '../../store/given-ledger.ts';
import { COMMAND, expectGoodManners, LEAD, OPERATOR, readLog, startTestWorld, type TestWorld } from '../world.ts';

const ALARM_MS = 5000;

let local: LocalRedis;
let redis: Redis;
let world: TestWorld;
let folder: string;
let checkpointFile: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'datasync-throttle-audit-'));
  checkpointFile = join(folder, 'checkpoints.jsonl');
  local = await startLocalRedis();
  redis = new Redis(local.url, { replyMapping: 'legacy' });
  world = await startTestWorld({
    redisUrl: local.url,
    env: {
      AUDIT_CHANNEL: 'C0OPS',
      AUDIT_CHECKPOINT_FILE: checkpointFile,
      AUDIT_SIGNING_KEY: newSigningKey().base64,
    },
  });
});
afterEach(async () => {
  await world.stop();
  redis.disconnect();
  await local.close();
  await rm(folder, { recursive: true });
});

const key = (name: string) => `{${world.env.REDIS_KEY_PREFIX}}:audit:${name}`;
const command = (user: string, words: string) =>
  world.told(user, () => world.slack.as(user).command('C0OPS', COMMAND, words));
const told = (words: string) => world.slack.messages('C0OPS').filter((one) => visibleText(one).includes(words));
const alarm = () => world.slack.until(() => told('is not the one that was written before')[0]);
const resumed = () => world.slack.until(() => told('the bot writes again')[0]);
const readyz = async (bot = world.bots.length - 1) => {
  const answer = await fetch(`http://127.0.0.1:${world.bots[bot]?.opsPort}/readyz`);
  return { status: answer.status, body: await answer.text() };
};
const accept = () =>
  run(world.env, (terminal) => acceptAuditLoss({ reason: 'restored from the wrong copy' }, terminal));
const verify = () => run(world.env, (terminal) => verifyAudit({ checkpoints: checkpointFile }, terminal));

/** What any restore does: the keys of one moment in the place of those that are there. */
async function copyOf(from = redis): Promise<(to?: Redis) => Promise<void>> {
  const names = await from.keys('*');
  const dumps = await Promise.all(names.map((name) => from.dumpBuffer(name)));
  return async (to = redis) => {
    const pipeline = to.multi().flushall();
    for (const [place, name] of names.entries()) pipeline.restore(name, 0, dumps[place] ?? Buffer.of());
    await pipeline.exec();
  };
}

/** Another primary went on from a copy, with the same key. */
async function forkOf(copy: (to: Redis) => Promise<void>): Promise<() => Promise<void>> {
  const primary = await startLocalRedis();
  const connection = new Redis(primary.url, { replyMapping: 'legacy' });
  await copy(connection);
  const [kid = '', hex = ''] = (world.env.AUDIT_KEYS ?? '').split(':');
  const auditKeys = [{ kid, key: Buffer.from(hex, 'hex') }];
  const clock = { now: () => new Date() };
  const other = await openLedger({ url: primary.url, prefix: world.env.REDIS_KEY_PREFIX ?? '', auditKeys, clock });
  for (let number = 1; number <= 3; number++) await asked(other.ledger, number);
  other.close();
  const fork = await copyOf(connection);
  connection.disconnect();
  await primary.close();
  return fork;
}

/** People go on asking. Ends when told to. */
function traffic(): { stop(): Promise<void> } {
  let going = true;
  const running = (async () => {
    for (let turn = 0; going; turn++) {
      reach(turn % world.bots.length);
      await world.slack.as(OPERATOR).command('C0OPS', COMMAND, `${world.execution()} 50MiB/s`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  })();
  return {
    async stop() {
      going = false;
      await running;
    },
  };
}

/** People reach this bot from now on. */
function reach(bot: number): void {
  world.slack.connectBot({ requestUrl: `http://127.0.0.1:${world.bots[bot]?.port}/slack/events` });
}

/** Once by each bot that has seen more of the log than there is, and no other fatal line. */
function expectLossLogged(bots: number): void {
  const lines = world.logged.splice(0).map((line): { msg: string } => JSON.parse(line));
  expect(lines.map(({ msg }) => msg)).toEqual(
    Array(bots).fill('the log in Redis is not the one this bot wrote to: nothing more is written'),
  );
}

async function someRequests(count: number): Promise<void> {
  for (let number = 0; number < count; number++) await world.ask(world.execution());
}

/** Has a checkpoint made now, as if the last one were old. */
async function checkpointed(): Promise<void> {
  const last = (await readLog(world)).length;
  await redis.hset(key('checkpoint'), { seq: 0, at: 0 });
  await vi.waitFor(async () => expect(await readFile(checkpointFile, 'utf8')).toContain(`"seq":${last},`), {
    timeout: 40_000,
  });
}

describe('the log goes back under a running bot', () => {
  it.each(['emptied', 'an older copy', 'a fork'] as const)(
    '%s: nothing is written, the alarm comes, a person accepts it',
    async (what) => {
      await someRequests(2);
      const restore = await copyOf();
      await someRequests(2);
      await checkpointed();
      await world.slack.until(() =>
        world.slack.messages('C0OPS').find((one) => /"checkpoint".*"sig":"/.test(visibleText(one))),
      );
      const fork = what === 'a fork' ? await forkOf(restore) : null;
      const asking = traffic();
      if (what === 'emptied') await redis.flushall();
      else await (fork ?? restore)();
      const after = JSON.stringify(await readLog(world));
      const from = performance.now();
      await alarm();
      expect(performance.now() - from).toBeLessThan(ALARM_MS);
      await asking.stop();
      const told = await command(OPERATOR, `${world.execution()} 50MiB/s`);
      expect(told.text).toMatch(/The audit log is not the one that was written before/);
      expect((await command(LEAD, 'requests')).text).toMatch(/not the one that was written before/);
      const shown = [await command(OPERATOR, 'list'), await command(OPERATOR, `status ${world.execution()}`)];
      for (const { text } of shown) expect(text).toMatch(/not the one that was written before/);
      await world.slack.as(LEAD).openHome();
      const home = visibleText(await world.slack.until(() => world.slack.as(LEAD).home()));
      expect(home).toMatch(/^:rotating_light: \*The audit log is not the one that was written before/);
      expect(home).not.toMatch(/For you to decide|Asked by you|On record|as `r-/);
      const ready = await readyz();
      expect(ready.status).toBe(503);
      expect(ready.body).toMatch(/--seen \d+:[0-9a-f]{64}/);
      expect(JSON.stringify(await readLog(world))).toBe(after);
      expect((await verify()).code).toBe(1);

      await accept();
      await resumed();
      const arn = world.execution();
      await world.ask(arn);
      expect(await verify()).toMatchObject({ code: 0 });
      expect((await readyz()).status).toBe(200);
      const losses = (await readLog(world))
        .map(({ bytes }) => JSON.parse(bytes))
        .filter(({ event }) => event === 'loss.accepted');
      expect(losses).toHaveLength(1);
      expectLossLogged(1);
      expectGoodManners(world);
    },
  );

  it('raises the alarm without any traffic, and a bot that starts then refuses too', async () => {
    await someRequests(1);
    await checkpointed();
    await redis.flushall();
    await alarm();
    await world.startBot();
    const told = await command(OPERATOR, `${world.execution()} 50MiB/s`);
    expect(told.text).toMatch(/not the one that was written before/);
    expect((await readyz()).status).toBe(503);
    expect(await readLog(world)).toEqual([]);
  });
});

describe('the log goes back under two running bots', () => {
  it.each(['emptied', 'an older copy'] as const)(
    '%s: neither writes, one alarm comes, and both go on after a person accepted it',
    async (what) => {
      await world.startBot();
      await someRequests(1);
      const restore = await copyOf();
      // Each has seen more than the copy has.
      for (const bot of [0, 1]) {
        reach(bot);
        await someRequests(1);
      }
      const asking = traffic();
      await world.slack.until(() => world.slack.messages('C0OPS').length > 8);
      if (what === 'emptied') await redis.flushall();
      else await restore();
      const after = JSON.stringify(await readLog(world));
      await alarm();
      await asking.stop();
      for (const bot of [0, 1]) {
        reach(bot);
        const told = await command(OPERATOR, `${world.execution()} 50MiB/s`);
        expect(told.text).toMatch(/not the one that was written before/);
        expect((await readyz(bot)).status).toBe(503);
      }
      expect(JSON.stringify(await readLog(world))).toBe(after);
      expect(told('is not the one that was written before')).toHaveLength(1);

      await accept();
      await resumed();
      for (const bot of [0, 1]) {
        await vi.waitFor(async () => expect((await readyz(bot)).status).toBe(200), { timeout: 40_000 });
        reach(bot);
        await world.ask(world.execution());
      }
      expect(await verify()).toMatchObject({ code: 0 });
      expect(told('the bot writes again')).toHaveLength(1);
      expectLossLogged(2);
      expectGoodManners(world);
    },
  );
});
