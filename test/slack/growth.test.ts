import { describe, expect, it, onTestFinished } from 'vitest';
import { startSlack } from '../../sandbox/slack/local-slack.ts';
import { createLogger } from '../../src/logging/logger.ts';
import { createClients } from '../../src/slack/connection/clients.ts';
import { createDedupe } from '../../src/slack/listeners/dedupe.ts';
import { createTtlCache } from '../../src/slack/people/ttl-cache.ts';
import { createPermalinks } from '../../src/slack/posting/permalinks.ts';

const clock = { now: () => new Date(0) };

describe('what the bot remembers of Slack', () => {
  it('is the newest answers, however many are asked for', async () => {
    let asked = 0;
    const answer = createTtlCache(async (key) => `${key} ${asked++}`, clock, 60_000, 3);
    for (const key of ['a', 'b', 'c', 'd']) await answer(key);
    expect(answer.has('a')).toBe(false);
    expect(await answer('b')).toBe('b 1');
    expect(await answer('d')).toBe('d 3');
    expect(await answer('a')).toBe('a 4');
    expect(answer.has('b')).toBe(false);
  });

  it('is the addresses of the messages that were shown last, each asked for once', async () => {
    const slack = await startSlack();
    onTestFinished(() => slack.stop());
    const { SLACK_BOT_TOKEN = '' } = slack.environment();
    const { interactive } = createClients(SLACK_BOT_TOKEN, slack.apiUrl, createLogger({ level: 'silent' }), fetch);
    const { ts = '' } = await interactive.chat.postMessage({ channel: 'C0OPS', text: 'A card' });
    const permalinks = createPermalinks(interactive);
    const calls = () => slack.calls.filter(({ method }) => method === 'chat.getPermalink').length;
    const card = { channel: 'C0OPS', ts };
    const [one, two] = await Promise.all([permalinks(card), permalinks(card)]);
    expect([one, two, await permalinks(card)]).toEqual(Array(3).fill(expect.stringContaining('https://')));
    expect(calls()).toBe(1);
    await expect(permalinks({ channel: 'C0OPS', ts: '1.1' })).rejects.toThrow('message_not_found');
    await expect(permalinks({ channel: 'C0OPS', ts: '1.1' })).rejects.toThrow('message_not_found');
    expect(calls()).toBe(3);
  });

  it('is the newest of what came in', () => {
    const isRepeat = createDedupe(2);
    expect(['a', 'b', 'a', 'c', 'b', 'a'].map(isRepeat)).toEqual([false, false, true, false, true, false]);
  });
});
