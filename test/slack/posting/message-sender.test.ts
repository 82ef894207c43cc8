import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { LocalDataSync } from '../../../sandbox/datasync/start-data-sync.ts';
import { type LocalSlack, startSlack } from '../../../sandbox/slack/local-slack.ts';
import { startAws } from '../../aws/aws-environment.ts';
import { asking, freshPrefix } from '../../store/given-ledger.ts';
import { startShowing } from './given-notifier.ts';

let slack: LocalSlack;
let aws: LocalDataSync;
let stops: (() => Promise<void>)[] = [];
beforeAll(async () => {
  [slack, aws] = await Promise.all([startSlack(), startAws()]);
});
afterEach(async () => {
  await Promise.all(stops.map((stop) => stop()));
  stops = [];
  slack.limitPosts(null);
  slack.recover();
});
afterAll(() => Promise.all([slack.stop(), aws.stop()]));

async function start(options: Parameters<typeof startShowing>[1]) {
  const bot = await startShowing(slack, options);
  stops.push(bot.stop);
  return bot;
}

function inChannel(number: number, channel: string) {
  const { events } = asking(number);
  return asking(number, { effects: ['show'], events: events.map((event) => ({ ...event, channel })) });
}

function posts(channel: string, from: number) {
  return slack.calls
    .slice(from)
    .filter(({ method, args }) => method === 'chat.postMessage' && args.channel === channel);
}

describe('a channel with more to post than Slack takes', () => {
  const BURST = 20;

  async function ask(bot: Awaited<ReturnType<typeof start>>, many: number) {
    for (let number = 0; number < many; number++) await bot.ledger.commit(inChannel(number, 'C0OPS'));
  }

  it('has all of it posted, each once, and Slack is asked once per Retry-After', async () => {
    const bot = await start({ slackMinuteMs: 600 });
    slack.limitPosts({ burst: BURST, retryAfter: 1 });
    const from = slack.calls.length;
    const before = slack.messages('C0OPS').length;
    await ask(bot, 3 * BURST);
    await slack.until(() => slack.messages('C0OPS').length - before === 3 * BURST);
    const calls = posts('C0OPS', from);
    const refused = calls.filter(({ ok }) => !ok);
    expect(refused).toHaveLength(2);
    for (const { at } of refused) {
      expect(calls.filter((call) => call.at > at && call.at < at + 1000)).toEqual([]);
    }
    const cards = slack.messages('C0OPS').slice(before);
    const ids = cards.map(({ blocks }) => /r-\d{10}/.exec(JSON.stringify(blocks))?.[0]);
    expect(new Set(ids).size).toBe(3 * BURST);
  });

  it('holds up no other channel, and no other bot asks Slack meanwhile', async () => {
    const prefix = freshPrefix();
    const bot = await start({ slackMinuteMs: 600, prefix });
    slack.invite('C0OTHER');
    slack.limitPosts({ burst: BURST, retryAfter: 600 });
    const from = slack.calls.length;
    await ask(bot, 120);
    await slack.until(() => posts('C0OPS', from).some(({ ok }) => !ok));
    await start({ slackMinuteMs: 600, prefix });
    await bot.ledger.commit(inChannel(200, 'C0OTHER'));
    await slack.until(() => posts('C0OTHER', from).some(({ ok }) => ok));
    // All of them have been looked at, by one bot or the other.
    await vi.waitFor(async () => expect(await bot.redis.xlen(bot.keys.slackOutbox)).toBe(0), { timeout: 40_000 });
    expect(await bot.redis.zcard(bot.keys.timers)).toBe(120 - BURST);
    expect(posts('C0OPS', from)).toHaveLength(BURST + 1);
    // They do not all come back in the same second.
    const waiting = (await bot.redis.zrange(bot.keys.timers, '0', '-1')).map(String);
    const due = await bot.redis.zmscore(bot.keys.timers, ...waiting);
    expect(new Set(due).size).toBeGreaterThan(60);
  });
});
