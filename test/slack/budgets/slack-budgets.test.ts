import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ModalView } from '@slack/types';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type LocalSlack, startSlack } from '../../../sandbox/slack/local-slack.ts';
import { createLogger } from '../../../src/logging/logger.ts';
import { budgetOf, UNLIMITED } from '../../../src/slack/budgets/method-budgets.ts';
import { createSlackBudgets } from '../../../src/slack/budgets/slack-budgets.ts';
import { createClients, slackError } from '../../../src/slack/connection/clients.ts';
import { retryAfter } from '../../../src/slack/connection/retry-after.ts';
import { createMessageSender } from '../../../src/slack/posting/message-sender.ts';
import type { Connection } from '../../../src/store/connection/connection.ts';
import { createKeys } from '../../../src/store/connection/keys.ts';
import { createSlackRetryAfter } from '../../../src/store/slack-state/slack-retry-after.ts';
import { ROOT } from '../../command-line.ts';
import { freshPrefix, openRedis } from '../../store/given-ledger.ts';

let slack: LocalSlack;
let redis: Connection;
beforeAll(async () => {
  [slack, redis] = await Promise.all([startSlack(), openRedis()]);
});
afterEach(() => slack.recover());
afterAll(async () => {
  redis.disconnect();
  await slack.stop();
});

const log = createLogger({ level: 'silent' });

/** The parts of one bot that call Slack. `prefix`: shared with another bot. */
function bot({ minuteMs = 60_000, prefix = freshPrefix() } = {}) {
  const { botToken } = slack.seed.app;
  const keys = createKeys(prefix);
  const budgets = createSlackBudgets({ shared: createSlackRetryAfter(redis, keys), minuteMs });
  const clients = createClients(botToken, slack.apiUrl, log, fetch, undefined, budgets);
  const sender = createMessageSender(createClients(botToken, slack.apiUrl, log, fetch).background, budgets);
  return { ...clients, sender, keys };
}

const message = (number: number) => ({ channel: 'C0OPS', text: `message ${number}`, blocks: [] });
const MODAL: ModalView = { type: 'modal', title: { type: 'plain_text', text: 'Review' }, blocks: [] };
const high = (id: string) => ({ id, priority: 'high' as const });
const callsOf = (method: string, from: number) => slack.calls.slice(from).filter((call) => call.method === method);

/** As the worker does: tries again when the time has come that the call was deferred to. */
async function untilMade<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (fault) {
      const seconds = retryAfter(fault);
      if (seconds === null) throw fault;
      await sleep(seconds * 1000);
    }
  }
}

async function posted(number: number): Promise<{ channel: string; ts: string }> {
  const { sender } = bot();
  const { ts = '' } = await sender.post(high('post'), message(number));
  return { channel: 'C0OPS', ts };
}

describe('a flood of calls stays within what Slack allows', () => {
  const MINUTE_MS = 300;

  /** Runs so many calls at once. Slack gets no more than a burst and what the time allows since. */
  async function flood(many: number, method: string, make: (number: number) => Promise<unknown>) {
    const budget = budgetOf(method, 'C0OPS');
    if (!budget) throw new Error(`${method} is not limited`);
    const from = slack.calls.length;
    const began = performance.now();
    await Promise.all(Array.from({ length: many }, (_, number) => make(number)));
    const minutes = (performance.now() - began) / MINUTE_MS;
    const made = callsOf(method, from).length;
    expect(made).toBeLessThanOrEqual(budget.burst + budget.perMinute * minutes);
    return made;
  }

  it('of edits, all of which are made in the end', async () => {
    const { sender } = bot({ minuteMs: MINUTE_MS });
    const card = await posted(0);
    const edit = (number: number) =>
      untilMade(() => sender.edit(high(`edit ${number}`), { ...card, ...message(number) }));
    expect(await flood(100, 'chat.update', edit)).toBe(100);
  });

  it('of posts to one channel', async () => {
    const { sender } = bot({ minuteMs: MINUTE_MS });
    const post = (number: number) => untilMade(() => sender.post(high(`post ${number}`), message(number)));
    expect(await flood(100, 'chat.postMessage', post)).toBe(100);
  });

  it('of reads of groups: what would come too late is not asked for', async () => {
    const { interactive } = bot();
    const read = (number: number) =>
      interactive.usergroups.users.list({ usergroup: `S0NONE${number}` }).catch((fault: unknown) => retryAfter(fault));
    const from = slack.calls.length;
    const answers = await Promise.all(Array.from({ length: 60 }, (_, number) => read(number)));
    expect(callsOf('usergroups.users.list', from)).toHaveLength(20);
    // The others are told to wait, as if Slack had answered 429. They don't come back, so nothing waits for them.
    expect(answers.filter((answer) => typeof answer === 'number')).toHaveLength(40);
    expect(await read(60)).toBeLessThanOrEqual(3);
  });

  it('of reads of groups for what is only shown: some are kept for decisions', async () => {
    const { interactive, optional } = bot();
    const from = slack.calls.length;
    const read = (number: number) => optional.usergroups.users.list({ usergroup: `S0NONE${number}` }).catch(() => null);
    await Promise.all(Array.from({ length: 60 }, (_, number) => read(number)));
    expect(callsOf('usergroups.users.list', from)).toHaveLength(16);
    expect(await interactive.usergroups.users.list({ usergroup: 'S0OPS' })).toMatchObject({ ok: true });
  });

  it('of live edits: half of the budget, however many transfers run, and the rest is left for decisions', async () => {
    const { sender } = bot();
    const card = await posted(0);
    const from = slack.calls.length;
    await Promise.all(Array.from({ length: 100 }, (_, number) => sender.editLive({ ...card, ...message(number) })));
    const live = callsOf('chat.update', from).length;
    expect(live).toBeGreaterThan(0);
    expect(live).toBeLessThanOrEqual(5);
    for (let number = 0; number < 5; number += 1) {
      await sender.edit(high(`edit ${number}`), { ...card, ...message(number) });
    }
    expect(callsOf('chat.update', from)).toHaveLength(live + 5);
  });
});

describe('a 429', () => {
  it('for one method holds up no other, and no modal', async () => {
    const { sender, interactive } = bot();
    const card = await posted(0);
    slack.outage({ kind: 'ratelimited', retryAfter: 600, methods: ['chat.update'], times: 1 });
    const from = slack.calls.length;
    const edit = () => sender.edit(high('edit'), { ...card, ...message(1) });
    await expect(edit()).rejects.toMatchObject({ retryAfter: 600 });
    await sender.post(high('post'), message(2));
    const opened = interactive.views.open({ trigger_id: 'none', view: MODAL });
    await expect(opened).rejects.toMatchObject({ data: { ok: false } });
    await interactive.usergroups.users.list({ usergroup: 'S0OPS' });
    await expect(edit()).rejects.toMatchObject({ name: 'CallDeferred' });
    expect(slack.calls.slice(from).map(({ method }) => method)).toEqual([
      'chat.update',
      'chat.postMessage',
      'views.open',
      'usergroups.users.list',
    ]);
  });

  it('for an edit counts for the other bots and for live progress', async () => {
    const prefix = freshPrefix();
    const card = await posted(0);
    slack.outage({ kind: 'ratelimited', retryAfter: 600, methods: ['chat.update'], times: 1 });
    const from = slack.calls.length;
    expect(await bot({ prefix }).sender.editLive({ ...card, ...message(1) })).toBeNull();
    const other = bot({ prefix });
    await expect(other.sender.edit(high('edit'), { ...card, ...message(2) })).rejects.toMatchObject({
      name: 'CallDeferred',
    });
    expect(await other.sender.editLive({ ...card, ...message(3) })).toBeNull();
    expect(callsOf('chat.update', from)).toHaveLength(1);
  });

  it('in one channel holds up no other channel, nor an answer to a person', async () => {
    const { sender, background } = bot();
    slack.outage({ kind: 'ratelimited', retryAfter: 600, methods: ['chat.postMessage'], times: 1 });
    await expect(sender.post(high('post'), message(1))).rejects.toMatchObject({ retryAfter: 600 });
    await expect(sender.post(high('another'), message(2))).rejects.toMatchObject({ name: 'CallDeferred' });
    await background.chat.postMessage({ ...message(3), channel: 'U0OPER' });
  });
});

describe('a modal', () => {
  it('opens at once, however many calls there were before', async () => {
    const { interactive } = bot();
    const from = slack.calls.length;
    const open = () => interactive.views.open({ trigger_id: 'none', view: MODAL }).catch(slackError);
    for (let batch = 0; batch < 15; batch += 1) {
      const refusals = await Promise.all(Array.from({ length: 10 }, open));
      expect(new Set(refusals).size).toBe(1);
    }
    expect(callsOf('views.open', from)).toHaveLength(150);
  });
});

describe('every method', () => {
  it('that the bot calls has a budget, or is one of those that never wait', () => {
    const call = /\b(?:(?:client|interactive|background)\.(?=[a-z]+\.)|(?=(?:chat|conversations)\.))([a-zA-Z.]+)\(/g;
    const sources = readdirSync(join(ROOT, 'src/slack'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
    const methods = new Set(sources.flatMap((source) => [...source.matchAll(call)].map(([, method = '']) => method)));
    for (const method of methods) {
      expect(budgetOf(method, 'C0OPS') !== null, method).toBe(!UNLIMITED.includes(method));
    }
    expect(methods).toContain('usergroups.users.list');
    expect([...UNLIMITED].filter((method) => !methods.has(method))).toEqual([]);
  });
});
