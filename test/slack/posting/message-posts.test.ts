import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalSlack, startSlack } from '../../../sandbox/slack/local-slack.ts';
import { createLogger } from '../../../src/logging/logger.ts';
import { createSlackBudgets } from '../../../src/slack/budgets/slack-budgets.ts';
import { createClients } from '../../../src/slack/connection/clients.ts';
import { createMessagePosts, type Post } from '../../../src/slack/posting/message-posts.ts';
import { createMessageSender } from '../../../src/slack/posting/message-sender.ts';
import type { Connection } from '../../../src/store/connection/connection.ts';
import { createKeys } from '../../../src/store/connection/keys.ts';
import { createCards } from '../../../src/store/slack-state/cards.ts';
import { createSlackRetryAfter } from '../../../src/store/slack-state/slack-retry-after.ts';
import { freshPrefix, openRedis } from '../../store/given-ledger.ts';

let slack: LocalSlack;
let redis: Connection;
beforeAll(async () => {
  slack = await startSlack();
  redis = await openRedis();
});
afterAll(async () => {
  redis.disconnect();
  await slack.stop();
});

const log = createLogger({ level: 'fatal', secrets: [] });

/** Bots that share one Redis, each a process of its own: one that ends has kept nothing but what is in Redis. */
function bots({ botId = 'B0DST' } = {}) {
  const keys = createKeys(freshPrefix());
  const cards = createCards(redis, keys);
  let now = Date.now();
  const clock = { now: () => new Date(now) };
  const start = () => {
    const clients = createClients(slack.seed.app.botToken, slack.apiUrl, log, fetch);
    const sender = createMessageSender(
      clients.background,
      createSlackBudgets({ shared: createSlackRetryAfter(redis, keys), minuteMs: 60 }),
    );
    return createMessagePosts({ clients, sender, cards, clock, botId, log });
  };
  const wait = (seconds: number) => {
    now += seconds * 1000;
  };
  return { cards, start, wait };
}

const message = { text: 'words', blocks: [] };
const card: Post = {
  request: 'r-1',
  what: 'card',
  channel: 'C0OPS',
  thread: null,
  message,
  queuedCall: { id: 'r-1', priority: 'high' },
};
const here = () => slack.messages('C0OPS').filter(({ text }) => text === 'words');

describe('a bot that ended between the post and keeping where it stands', () => {
  it.each([1, 20])('is followed by others, %i of them: the message stands there once', async (followers) => {
    const { start, cards } = bots();
    const request = `r-${followers}`;
    const before = here().length;
    const first = await start().postOnce({ ...card, request });
    for (let follower = 0; follower < followers; follower += 1) {
      expect(await start().postOnce({ ...card, request })).toEqual({ ts: first.ts, adopted: true });
    }
    expect(here()).toHaveLength(before + 1);
    await cards.tried(request, 'card');
    // A card that is to be posted anew is another try.
    expect((await start().postOnce({ ...card, request })).adopted).toBe(false);
  });

  it('the same in a thread, apart from the other messages of the request', async () => {
    const { start } = bots();
    const { ts: thread } = await start().postOnce({ ...card, request: 'r-t' });
    const result = { ...card, request: 'r-t', what: 'result', thread };
    const { ts } = await start().postOnce(result);
    expect(await start().postOnce(result)).toEqual({ ts, adopted: true });
    const note = await start().postOnce({ ...result, what: 'ended' });
    expect(note).toMatchObject({ adopted: false });
    expect(slack.thread('C0OPS', thread)).toHaveLength(3);
  });

  it('takes no other app’s message for its own', async () => {
    const request = 'r-o';
    const before = here().length;
    const { start } = bots({ botId: 'B0OTHER' });
    await start().postOnce({ ...card, request });
    expect(await start().postOnce({ ...card, request })).toMatchObject({ adopted: false });
    expect(here()).toHaveLength(before + 2);
  });
});

describe('several that stand there', () => {
  it('are left with one, and marked once more as late as one can come', async () => {
    const request = 'r-c';
    const { start, cards, wait } = bots();
    const { ts } = await start().postOnce({ ...card, request });
    await cards.tried(request, 'card');
    const other = await start().postOnce({ ...card, request });
    const marked = (at: string) => slack.message('C0OPS', at)?.text.includes('posted twice') ?? false;
    wait(5);
    expect(await start().postOnce({ ...card, request })).toEqual({ ts, adopted: true });
    expect([ts, other.ts].map(marked)).toEqual([false, true]);
    expect(await start().recheckDuplicates(request)).toMatchObject({ againInSeconds: 30 });
    await cards.tried(request, 'card');
    const late = await start().postOnce({ ...card, request });
    wait(30);
    expect(await start().recheckDuplicates(request)).toBeNull();
    expect([ts, late.ts].map(marked)).toEqual([false, true]);
    expect(await cards.doubts(request)).toEqual([]);
  });
});
