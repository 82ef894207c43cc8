import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { LOOPBACK } from '../../../sandbox/local-world.ts';
import { visibleText } from '../../../sandbox/slack/block-walk.ts';
import { type Running, serve } from '../../../src/serve.ts';
import { type LossyProxy, startLossyProxy } from '../../store/lossy-proxy.ts';
import { PATIENCE } from '../fast-world.ts';
import { actions, givenGrantsInSlack } from '../given-grants.ts';
import { LEAD, MiB, shows } from '../world.ts';

/** What goes on by itself while a limit is in force. */

const { at, options, held, limit, sent, atLast, resultSays } = givenGrantsInSlack();

describe('the card', () => {
  it('follows the run to its end, edited no more often than every 30 s', async () => {
    const arn = at().execution({ bytes: 40_000 * MiB });
    const { card } = await held(arn, '50MiB/s');
    await at().card(arn, '% of the limit');
    await atLast(arn, 'The run has ended (SUCCESS): 39.1 GiB in');
    const looked = at().aws.calls.filter(
      ({ operation, input }) => operation === 'DescribeTaskExecution' && input.TaskExecutionArn === arn,
    );
    const seconds = (40_000 / 50) * 1.2;
    expect(looked.length).toBeLessThan(seconds / 30 + 10);
    const edited = at().slack.calls.filter(({ method, args }) => method === 'chat.update' && args.ts === card.ts);
    expect(edited.length).toBeGreaterThan(2);
    expect(edited.length).toBeLessThan(seconds / 30 + 10);
    expect(visibleText(await at().card(arn, 'The run has ended'))).toMatch(/on average/);
    const result = await resultSays(card, 'Execution ended: nightly-archive');
    expect(actions(result)).toEqual([]);
    expect(shows(result, 'until it ends')).toBe(false);
  });
});

describe('a result that Slack takes only when the run has ended', () => {
  it('says that it has, and offers nothing any more', async () => {
    const { slack, aws, env, execution, ask, approve } = at();
    const arn = execution({ account: '444455556666' });
    const card = await ask(arn);
    slack.outage({ kind: 'down', methods: ['chat.postMessage'] });
    await approve(LEAD, card);
    await atLast(arn, 'In force');
    aws.finish(arn, 'SUCCESS');
    const redis = new Redis(inject('redisUrl'));
    onTestFinished(() => redis.disconnect());
    const watched = () => redis.hexists(`{${env.REDIS_KEY_PREFIX}}:in-force`, arn);
    await expect.poll(watched, { timeout: PATIENCE.timeoutMs }).toBe(0);
    await atLast(arn, 'The run has ended');
    // The last thing that a watcher does is an edit of the card.
    await slack.until(() => slack.calls.at(-1)?.method !== 'chat.update');
    slack.recover();
    expect(actions(await resultSays(card, 'Execution ended: nightly-archive'))).toEqual([]);
  });
});

describe('two bots, of which one is killed at the moment of the revert', () => {
  let redis: Redis;
  let proxies: LossyProxy[];
  let pair: Running[];

  beforeAll(async () => {
    redis = new Redis(inject('redisUrl'));
    proxies = await Promise.all([1, 2].map(() => startLossyProxy(inject('redisUrl'))));
    pair = await Promise.all(
      proxies.map(({ url }) =>
        serve({ ...at().env, REDIS_URL: url }, { ...options, abandonedMs: 1500, host: LOOPBACK }),
      ),
    );
  });
  afterAll(async () => {
    await Promise.all(pair.map((bot) => bot.stop()));
    await Promise.all(proxies.map((proxy) => proxy.close()));
    redis.disconnect();
  });

  /** The worker that has the revert in hand. */
  async function reverting(): Promise<string | null> {
    const outbox = `{${at().env.REDIS_KEY_PREFIX}}:outbox`;
    const pending = (await redis.xpending(outbox, 'workers', '-', '+', 50)) as [string, string, number, number][];
    for (const [entry, consumer] of pending) {
      const [found] = await redis.xrange(outbox, entry, entry);
      if (String(found?.[1]).includes('"revert"')) return consumer;
    }
    return null;
  }

  it('set it back once: the other one reads back what the first has sent', async () => {
    const { aws, bots } = at();
    const arn = at().execution();
    await held(arn, '50MiB/s for 10m');
    // From now on there are the two.
    await Promise.all(bots.splice(0).map((bot) => bot.stop()));
    expect(sent(arn)).toEqual([50]);
    // Carried out, and whoever sent it never hears of it.
    aws.fail({ kind: 'lost-update', times: 1 });
    await aws.until(() => limit(arn) === 100, PATIENCE);
    const victim = await reverting();
    const its = proxies.filter(({ workers }) => victim !== null && workers.has(victim));
    expect(its).toHaveLength(1);
    its[0]?.lose('requests');
    await atLast(arn, 'Set back to');
    expect(limit(arn)).toBe(100);
    expect(sent(arn)).toEqual([50, 100]);
    const events = (await at().events(arn)).slice(3);
    expect(events).toEqual(['revert.scheduled', 'revert.started', 'reverted']);
  });
});
