import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { freePort } from '../../../sandbox/free-port.ts';
import { type LocalRedis, startLocalRedis } from '../../../sandbox/redis.ts';
import { type Running, type ServeOptions, serve } from '../../../src/serve.ts';
import { COMMAND, OPERATOR, startTestWorld, type TestWorld } from '../world.ts';

/** So that a test needs not wait for the bot's usual pace. */
const OFTEN = { redisMs: 200, tokenMs: 200 };

let local: LocalRedis;
let redis: Redis;
let world: TestWorld;

beforeAll(async () => {
  local = await startLocalRedis();
  redis = new Redis(local.url, { replyMapping: 'legacy' });
  world = await startTestWorld({ redisUrl: local.url, serve: { readiness: OFTEN }, env: { LOG_LEVEL: 'info' } });
});
afterEach(() => {
  world.slack.recover();
  world.logged.splice(0);
});
afterAll(async () => {
  await world.stop();
  redis.disconnect();
  await local.close();
});

interface Ready {
  status: number;
  checks: Record<string, [state: string, detail: string]>;
}

async function readyz(port = world.bots[0]?.opsPort): Promise<Ready> {
  const answer = await fetch(`http://127.0.0.1:${port}/readyz`);
  const body = (await answer.json()) as { checks: { name: string; state: string; detail: string }[] };
  return {
    status: answer.status,
    checks: Object.fromEntries(body.checks.map(({ name, state, detail }) => [name, [state, detail]])),
  };
}

const until = (look: () => unknown) => vi.waitFor(look, { timeout: 40_000, interval: 50 });
const isReady = (bot?: Running) => until(async () => expect((await readyz(bot?.opsPort)).status).toBe(200));
const failsWith = (check: string, says: RegExp, bot?: Running) =>
  until(async () =>
    expect(await readyz(bot?.opsPort)).toMatchObject({
      status: 503,
      checks: { [check]: ['fail', expect.stringMatching(says)] },
    }),
  );
const key = (...parts: string[]) => [`{${world.env.REDIS_KEY_PREFIX}}`, ...parts].join(':');

/** Another bot, on the same Redis; stopped when `use` is over. */
async function withBot(
  { env = {}, ...options }: ServeOptions & { env?: Record<string, string> },
  use: (bot: Running) => Promise<unknown>,
): Promise<void> {
  const bot = await serve({ ...world.env, ...env }, { readiness: OFTEN, logTo: { write: () => {} }, ...options });
  try {
    await use(bot);
  } finally {
    await bot.stop();
  }
}

describe('a Redis that refuses writes and answers reads', () => {
  it.each([
    ['maxmemory', '1', '0', /maxmemory/],
    ['min-replicas-to-write', '1', '0', /min-replicas-to-write/],
  ])(
    'by %s: not ready, in words, and ready again by itself; one log line for each',
    async (name, value, usual, says) => {
      await isReady();
      world.logged.splice(0);
      await redis.config('SET', name, value);
      await failsWith('redis', says);
      for (let number = 0; number < 20; number++) await readyz();
      await redis.config('SET', name, usual);
      await isReady();
      const told = world.logged
        .map((line): { msg: string; failed?: object } => JSON.parse(line))
        .filter(
          ({ msg, failed }) => (msg === 'not ready' && failed !== undefined && 'redis' in failed) || msg === 'ready',
        );
      expect(told[0]).toMatchObject({ msg: 'not ready', failed: { redis: expect.stringMatching(says) } });
      expect(told.filter(({ msg }) => msg === 'not ready')).toHaveLength(1);
    },
  );

  it('as a replica', async () => {
    await isReady();
    await redis.replicaof('127.0.0.1', '1');
    await failsWith('redis', /primary/);
    await redis.replicaof('NO', 'ONE');
    await isReady();
  });

  it('to a key that somebody else wrote', async () => {
    await isReady();
    await redis.rename(key('timers'), key('kept')).catch(() => null);
    await redis.set(key('timers'), 'in the way');
    await failsWith('redis', /:timers is a string and must be a zset/);
    await redis.del(key('timers'));
    await isReady();
  });
});

describe('work that nobody takes', () => {
  it('is told with its age, in /readyz and as a metric', async () => {
    const prefix = `t-${randomUUID().slice(0, 8)}`;
    const outbox = `{${prefix}}:outbox`;
    await redis.xadd(outbox, `${Date.now() - 600_000}-0`, 'e', '{"kind":"apply","request":"r-0000000001"}');
    // The group begins after it: no worker is ever given it.
    await redis.xgroup('CREATE', outbox, 'workers', '$');
    await withBot({ env: { REDIS_KEY_PREFIX: prefix } }, async (bot) => {
      await failsWith('work', /^the oldest work \(apply\) has waited for 60\d s/, bot);
      const metrics = await (await fetch(`http://127.0.0.1:${bot.opsPort}/metrics`)).text();
      const [, age] = /^datasync_throttle_oldest_work_age_seconds\{stream="aws"\} (\S+)$/m.exec(metrics) ?? [];
      expect(Number(age)).toBeGreaterThan(590);
      await redis.del(outbox);
      await isReady(bot);
    });
  });
});

describe('a clock that is off', () => {
  it.each([
    [300_000, /300 s ahead of Redis's/],
    [-300_000, /300 s behind Redis's/],
  ])('by %i ms is told, in the log too', async (ahead, says) => {
    const lines: string[] = [];
    const wallClock = { now: () => new Date(Date.now() + ahead) };
    await withBot({ wallClock, logTo: { write: (line) => lines.push(line) } }, async (bot) => {
      await failsWith('clock', says, bot);
      expect(lines.map((line) => JSON.parse(line))).toContainEqual(
        expect.objectContaining({ msg: 'not ready', failed: { clock: expect.stringMatching(says) } }),
      );
    });
  });

  it('is not one in which the tests have hours pass', async () => {
    const clock = { now: () => new Date(Date.now() + 7_200_000) };
    await withBot({ clock, env: { REDIS_KEY_PREFIX: `t-${randomUUID().slice(0, 8)}` } }, (bot) => isReady(bot));
  });
});

describe('Slack', () => {
  it('is not asked by a probe', async () => {
    await withBot({ readiness: { ...OFTEN, tokenMs: 3_600_000 } }, async (bot) => {
      const calls = async () => {
        const metrics = await (await fetch(`http://127.0.0.1:${bot.opsPort}/metrics`)).text();
        return [...metrics.matchAll(/^datasync_throttle_slack_calls_total\{method="auth.test".*$/gm)].join();
      };
      const before = await calls();
      for (let number = 0; number < 50; number++) expect((await readyz(bot.opsPort)).status).toBe(200);
      expect(await calls()).toBe(before);
    });
  });

  it.each([
    ['limits the rate', { kind: 'ratelimited' }, /limits the rate of calls/],
    ['is down', { kind: 'down' }, /does not answer/],
    ['fails', { kind: 'error', error: 'internal_error' }, /internal_error/],
  ] as const)('that %s is a warning', async (_, outage, says) => {
    await isReady();
    world.slack.outage({ ...outage, methods: ['auth.test'] });
    await until(async () =>
      expect(await readyz()).toMatchObject({
        status: 200,
        checks: { slack: ['warn', expect.stringMatching(says)] },
      }),
    );
    world.slack.recover();
    await until(async () => expect((await readyz()).checks.slack?.[0]).toBe('ok'));
  });

  it('that refuses the token is not', async () => {
    world.slack.outage({ kind: 'error', error: 'token_revoked', methods: ['auth.test'] });
    await failsWith('slack', /SLACK_BOT_TOKEN \(token_revoked\)/);
    world.slack.recover();
    await isReady();
  });

  it('that is waited for at the start: not ready before anything listens', async () => {
    const { slack, env } = world;
    slack.outage({ kind: 'hang' });
    const stopping = new AbortController();
    const opsPort = await freePort();
    const started = serve(
      { ...env, OPS_PORT: `${opsPort}` },
      { signal: stopping.signal, readiness: OFTEN, logTo: { write: () => {} } },
    );
    await until(async () =>
      expect(await readyz(opsPort)).toMatchObject({
        status: 503,
        checks: {
          receiving: ['fail', expect.stringMatching(/^starting: waits for Slack/)],
          redis: ['ok', 'takes writes'],
        },
      }),
    );
    stopping.abort();
    await expect(started).rejects.toBe(stopping.signal.reason);
  });

  it('that has cut all Socket Mode connections', async () => {
    const { slack, env } = world;
    await withBot({ env: slack.environment('socket') }, async (bot) => {
      await until(async () =>
        expect((await readyz(bot.opsPort)).checks.receiving).toEqual(['ok', '2 Socket Mode connections']),
      );
      slack.dropSockets();
      await until(async () =>
        expect((await readyz(bot.opsPort)).checks.receiving).toEqual([
          'warn',
          expect.stringMatching(/^no Socket Mode connection for \d s: nothing that people do in Slack arrives/),
        ]),
      );
      await until(async () =>
        expect((await readyz(bot.opsPort)).checks.receiving).toEqual(['ok', '2 Socket Mode connections']),
      );
    });
    expect(env).not.toHaveProperty('SLACK_APP_TOKEN');
  });
});

describe('a log that was empty at the start', () => {
  it('is a warning until people use it, and for no longer', async () => {
    const prefix = `t-${randomUUID().slice(0, 8)}`;
    const used = await startTestWorld({
      redisUrl: local.url,
      serve: { readiness: OFTEN },
      env: { REDIS_KEY_PREFIX: prefix },
    });
    const [bot] = used.bots;
    expect((await readyz(bot?.opsPort)).checks.audit).toEqual(['warn', expect.stringMatching(/^the log was empty/)]);
    await used.told(OPERATOR, () => used.slack.as(OPERATOR).command('C0OPS', COMMAND, `${used.arn} 50MiB/s`));
    await until(async () => expect((await readyz(bot?.opsPort)).checks.audit).toEqual(['ok', 'goes on']));
    await used.stop();
  });
});
