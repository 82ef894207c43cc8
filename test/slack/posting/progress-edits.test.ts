import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { LocalDataSync } from '../../../sandbox/datasync/start-data-sync.ts';
import { type LocalSlack, startSlack } from '../../../sandbox/slack/local-slack.ts';
import { createProgressEdits } from '../../../src/slack/posting/progress-edits.ts';
import { createCardDigests } from '../../../src/store/slack-state/card-digests.ts';
import { startAws } from '../../aws/aws-environment.ts';
import { at, execution, MIB } from '../../domain/given.ts';
import { asked, following } from '../../store/given-ledger.ts';
import { startShowing } from './given-notifier.ts';

let slack: LocalSlack;
let aws: LocalDataSync;
let bot: Awaited<ReturnType<typeof startShowing>>;
let seconds = 0;
beforeAll(async () => {
  [slack, aws] = await Promise.all([startSlack(), startAws()]);
});
afterEach(async () => {
  await bot.stop();
  slack.recover();
});
afterAll(() => Promise.all([slack.stop(), aws.stop()]));

/** So many requests with their cards, at second 0. */
async function cards(count: number) {
  seconds = 0;
  bot = await startShowing(slack, { postEveryMs: 1, clock: { now: () => at(seconds) } });
  const before = slack.messages('C0OPS').length;
  const requests = [];
  for (let number = 0; number < count; number++) {
    requests.push(await asked(bot.ledger, number, { effects: ['show'] }));
    await slack.until(() => slack.messages('C0OPS').length === before + number + 1);
  }
  // The workers have let go of the cards.
  await vi.waitFor(async () => expect(await bot.redis.xlen(bot.keys.slackOutbox)).toBe(0), 40_000);
  return requests;
}

/** What a look sees: by default the transfer has gone on since the look before. */
const look = (bytes = seconds * MIB) => execution({ lookedAt: at(seconds).toISOString(), bytesTransferred: bytes });

const edits = (from: number) => slack.calls.slice(from).filter(({ method }) => method === 'chat.update');

describe('the live facts of a card', () => {
  it('are edited at most 25 times a minute in all, and every card has its share', async () => {
    const requests = await cards(40);
    const from = slack.calls.length;
    const minutes = 8;
    for (seconds = 30; seconds <= minutes * 60; seconds += 30) {
      for (const { id } of requests) await bot.notifier.refreshCard(id, look(), true);
    }
    expect(edits(from).length).toBeLessThanOrEqual(25 * minutes);
    expect(new Set(edits(from).map(({ args }) => args.ts)).size).toBe(40);
  });

  it('are not edited where a reader would see nothing new', async () => {
    const [request] = await cards(1);
    const id = request?.id ?? '';
    seconds = 60;
    await bot.notifier.refreshCard(id, look(MIB), true);
    const from = slack.calls.length;
    for (seconds = 90; seconds < 360; seconds += 30) await bot.notifier.refreshCard(id, look(MIB), true);
    expect(edits(from)).toEqual([]);
    seconds = 360;
    await bot.notifier.refreshCard(id, look(MIB), true);
    expect(edits(from)).toHaveLength(1);
  });

  it('are left out while Slack asks to wait, and what was decided comes when that is over', async () => {
    const [request] = await cards(1);
    if (!request) throw new Error('no request');
    slack.outage({ kind: 'ratelimited', retryAfter: 1, methods: ['chat.update'], times: 1 });
    await bot.ledger.commit({ ...following(request, 'cancelled'), effects: [] });
    const from = slack.calls.length;
    expect(await bot.notifier.refreshCard(request.id)).toMatchObject({ why: 'Slack asks to wait' });
    seconds = 60;
    expect(await bot.notifier.refreshCard(request.id, look(), true)).toBeNull();
    expect(edits(from)).toHaveLength(1);
    await bot.redis.del(bot.keys.slackRetryAfter('edit'));
    const cancelled = () => slack.messages('C0OPS').some(({ text }) => text.startsWith('Cancelled'));
    while (!cancelled()) await bot.notifier.refreshCard(request.id);
    expect(edits(from)).toHaveLength(2);
  });

  it('have the share of a card that nobody has looked at for ten minutes', async () => {
    await cards(0);
    const { redis, keys } = bot;
    const clock = { now: () => at(seconds) };
    const edits = createProgressEdits({ shown: createCardDigests(redis, keys), hasRoom: () => true, clock });
    const message = (text: string) => ({ text, blocks: [] });
    const due = () => edits.isDue('r-0', message('new'), null);
    for (let number = 0; number < 50; number++) await edits.isDue(`r-${number}`, message('old'), null);
    await edits.record('r-0', message('old'), null);
    seconds = 60;
    expect(await due()).toBe(false);
    seconds = 590;
    await edits.record('r-0', message('old'), null);
    seconds = 650;
    expect(await due()).toBe(true);
  });
});
