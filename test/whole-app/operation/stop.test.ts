import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { LOOPBACK } from '../../../sandbox/local-world.ts';
import { type LocalRedis, startLocalRedis } from '../../../sandbox/redis.ts';
import { ConfigurationError } from '../../../src/config/configuration-error.ts';
import { serve } from '../../../src/serve.ts';
import { COMMAND, expectGoodManners, LEAD, MiB, OPERATOR, POLICY, startTestWorld, type TestWorld } from '../world.ts';

let redis: LocalRedis;
let world: TestWorld;

beforeAll(async () => {
  redis = await startLocalRedis();
  world = await startTestWorld({ redisUrl: redis.url, serve: { readiness: { redisMs: 200, tokenMs: 200 } } });
});
afterEach(async () => {
  redis.resume();
  await redis.start();
  world.slack.recover();
  expectGoodManners(world);
});
afterAll(async () => {
  await world.stop();
  await redis.close();
});

async function look(path: string, bot = world.bots.at(-1)) {
  const answer = await fetch(`http://127.0.0.1:${bot?.opsPort}${path}`);
  return { status: answer.status, body: await answer.text() };
}

const until = (status: number, says: string) =>
  vi.waitFor(async () => expect(await look('/readyz')).toMatchObject({ status, body: expect.stringContaining(says) }), {
    timeout: 40_000,
    interval: 50,
  });

describe('the ops port', () => {
  it('says that the bot lives and is ready, and why it is not', async () => {
    expect((await look('/healthz')).status).toBe(200);
    await until(200, '');
    world.slack.outage({ kind: 'error', error: 'invalid_auth', methods: ['auth.test'] });
    await until(503, 'invalid_auth');
    world.slack.recover();
    await redis.stop();
    await until(503, 'Redis does not answer');
    expect((await look('/healthz')).status).toBe(200);
    await redis.start();
    await until(200, '');
  });

  it('is not on the port of Slack’s requests', async () => {
    const answer = await fetch(`http://127.0.0.1:${world.bots[0]?.port}/healthz`);
    expect(answer.status).toBe(401);
  });
});

describe('an orderly stop', () => {
  it('finishes the work in hand in under 10 s, and takes no more', async () => {
    const { slack, aws, execution, ask, approve, sent, events, bots } = world;
    const arn = execution();
    const card = await ask(arn);
    aws.fail({ kind: 'hang', operation: 'UpdateTaskExecution', ms: 500, times: 1 });
    await approve(LEAD, card);
    await aws.until(() => sent(arn).length > 0);
    const from = performance.now();
    const bot = bots.pop();
    await bot?.stop();
    expect(performance.now() - from).toBeLessThan(10_000);
    expect(await events(arn)).toEqual(['requested', 'approved', 'apply.started', 'applied']);
    await expect(fetch(`http://127.0.0.1:${bot?.port}/slack/events`, { method: 'POST' })).rejects.toThrow();
    // What was left is done by the next one.
    await world.startBot();
    await world.result(card);
    expect(sent(arn)).toEqual([50 * MiB]);
    expect(slack.thread(card.channel, card.ts)).toHaveLength(2);
  });

  it('ends in under 10 s although Redis and Slack are silent', async () => {
    const { slack, execution, bots } = world;
    slack.outage({ kind: 'hang', methods: ['chat.postMessage'] });
    for (const arn of Array.from({ length: 5 }, () => execution())) {
      await slack.as(OPERATOR).command('C0OPS', COMMAND, `${arn} 50MiB/s`);
    }
    // The others wait for their turn in the channel.
    await slack.until(() => slack.hanging() > 0);
    redis.pause();
    const from = performance.now();
    await bots.pop()?.stop();
    expect(performance.now() - from).toBeLessThan(10_000);
    redis.resume();
    slack.recover();
    await world.startBot();
  });
});

describe('a start', () => {
  it.each([
    ['an unknown key', POLICY.replace('approvers:', 'aprovers:'), /aprovers/],
    ['a duplicate rule name', `${POLICY}${POLICY.slice(POLICY.indexOf('  - name'))}`, /name of its own/],
    ['empty approvers', POLICY.replace('approvers: { groups: [S0LEADS] }', 'approvers: { users: [] }'), /approvers/],
    [
      'more approvals than approvers',
      POLICY.replace('approvers: { groups: [S0LEADS] }', 'approvers: { users: [U0LEAD] }'),
      /approv/,
    ],
    ['a bad rate', POLICY.replace('min: 1MiB/s', 'min: 50mb/s'), /50mb\/s/],
  ])('with %s in the policy file is refused, with the line and what is expected', async (_, policy, says) => {
    const { writeFile } = await import('node:fs/promises');
    const file = `${world.policyFile}.bad`;
    await writeFile(file, policy);
    const started = serve({ ...world.env, POLICY_FILE: file }, { host: LOOPBACK });
    await expect(started).rejects.toThrow(ConfigurationError);
    await expect(started).rejects.toThrow(says);
    await expect(started).rejects.toThrow(/policy\.yml\.bad:\d+|line \d+/);
  });

  it('with a token that Slack refuses is refused', async () => {
    await expect(serve({ ...world.env, SLACK_BOT_TOKEN: 'xoxb-other' }, { host: LOOPBACK })).rejects.toThrow(
      /SLACK_BOT_TOKEN/,
    );
  });

  it('with an app-level token that Slack refuses is refused, by its name', async () => {
    const started = serve({ ...world.env, SLACK_APP_TOKEN: 'xapp-other' }, { host: LOOPBACK });
    await expect(started).rejects.toThrow(ConfigurationError);
    await expect(started).rejects.toThrow('Slack refuses SLACK_APP_TOKEN: invalid_auth');
  });

  it.each([
    ['PORT', () => world.bots[0]?.port],
    ['OPS_PORT', () => world.bots[0]?.opsPort],
  ] as const)('on a %s that is in use is refused, by its name', async (name, taken) => {
    const started = serve({ ...world.env, [name]: `${taken()}` }, { host: LOOPBACK });
    await expect(started).rejects.toThrow(ConfigurationError);
    await expect(started).rejects.toThrow(new RegExp(`^${name} ${taken()} is in use`));
  });

  it('listens on OPS_HOST, and there alone', async () => {
    const bot = await serve({ ...world.env, OPS_HOST: '127.0.0.2' });
    expect((await fetch(`http://127.0.0.2:${bot.opsPort}/healthz`)).status).toBe(200);
    await expect(fetch(`http://127.0.0.1:${bot.opsPort}/healthz`)).rejects.toThrow();
    await bot.stop();
  });

  it.each(['192.0.2.1', 'no-such-host.invalid', '127.0.0.1:9464', '[::1]'])(
    'on an OPS_HOST that this machine does not have is refused, by its name: %s',
    async (host) => {
      const started = serve({ ...world.env, OPS_HOST: host });
      await expect(started).rejects.toThrow(ConfigurationError);
      await expect(started).rejects.toThrow(/^OPS_HOST /);
    },
  );

  it.each(['http', 'socket'] as const)('that waits for Slack (%s) ends at once where it is told to', async (mode) => {
    const { slack, env } = world;
    slack.outage({ kind: 'hang' });
    const stopping = new AbortController();
    const started = serve({ ...env, ...slack.environment(mode) }, { signal: stopping.signal, host: LOOPBACK });
    await slack.until(() => slack.hanging() > 0);
    stopping.abort();
    await expect(started).rejects.toBe(stopping.signal.reason);
  });

  it('with another policy than the other bots is a warning in /readyz after a minute of that, and not before', async () => {
    const { writeFile } = await import('node:fs/promises');
    const file = `${world.policyFile}.other`;
    await writeFile(file, POLICY.replace('12h', '6h'));
    let ahead = 0;
    const clock = { now: () => new Date(Date.now() + ahead) };
    const other = await serve({ ...world.env, POLICY_FILE: file }, { clock, host: LOOPBACK });
    expect(await look('/readyz', other)).toMatchObject({ status: 200, body: expect.not.stringMatching(/others run/) });
    ahead = 61_000;
    expect(await look('/readyz', other)).toMatchObject({
      status: 200,
      body: expect.stringMatching(/this bot runs [0-9a-f]{64}, others run [0-9a-f]{64}: the stricter one applies/),
    });
    await other.stop();
  });
});
