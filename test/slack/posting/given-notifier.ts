import { randomBytes } from 'node:crypto';
import type { LocalSlack } from '../../../sandbox/slack/local-slack.ts';
import { createExecutions } from '../../../src/aws/executions.ts';
import { createLogger } from '../../../src/logging/logger.ts';
import { createSlackBudgets } from '../../../src/slack/budgets/slack-budgets.ts';
import { createClients } from '../../../src/slack/connection/clients.ts';
import { createPeople } from '../../../src/slack/people/people.ts';
import { createMessagePosts } from '../../../src/slack/posting/message-posts.ts';
import { createMessageSender } from '../../../src/slack/posting/message-sender.ts';
import { createNotifier } from '../../../src/slack/posting/notifier.ts';
import { createProgressEdits } from '../../../src/slack/posting/progress-edits.ts';
import type { Connection } from '../../../src/store/connection/connection.ts';
import { createLooks } from '../../../src/store/counters/looks.ts';
import { createCardDigests } from '../../../src/store/slack-state/card-digests.ts';
import { createCards } from '../../../src/store/slack-state/cards.ts';
import { createSlackRetryAfter } from '../../../src/store/slack-state/slack-retry-after.ts';
import { createOutbox } from '../../../src/store/work/outbox.ts';
import { createTimers } from '../../../src/store/work/timers.ts';
import { type Run, startLoop } from '../../../src/worker/loop.ts';
import { startPump } from '../../../src/worker/pump.ts';
import { policy, rule } from '../../domain/given.ts';
import { openLedger, openRedis } from '../../store/given-ledger.ts';
import { sourceOf } from '../../workflow/outside.ts';

/** One process of the bot that shows requests in a local Slack, and does nothing else. */
export async function startShowing(
  slack: LocalSlack,
  options: { slackMinuteMs: number; prefix?: string; clock?: { now(): Date } },
) {
  const { slackMinuteMs, prefix, clock = { now: () => new Date() } } = options;
  const opened = await openLedger(prefix === undefined ? {} : { prefix });
  const { redis, keys, ledger } = opened;
  const blocking: Connection = await openRedis('blocking');
  const log = createLogger({ level: 'silent' });
  const { SLACK_BOT_TOKEN = '' } = slack.environment();
  const budgets = createSlackBudgets({ shared: createSlackRetryAfter(redis, keys), minuteMs: slackMinuteMs });
  const clients = createClients(SLACK_BOT_TOKEN, slack.apiUrl, log, fetch, undefined, budgets);
  const executions = createExecutions({ clock });
  const posting = createClients(SLACK_BOT_TOKEN, slack.apiUrl, log, fetch).background;
  const sender = createMessageSender(posting, budgets);
  const cards = createCards(redis, keys);
  const notifier = createNotifier({
    ledger,
    executions,
    clock,
    log,
    sender,
    cards,
    posts: createMessagePosts({ clients, sender, cards, clock, botId: 'B0DST', log }),
    progressEdits: createProgressEdits({ shown: createCardDigests(redis, keys), clock }),
    people: createPeople(clients, slack.seed.team.id, clock, log),
    policy: sourceOf(() => policy(rule({ role: null }))),
    looks: createLooks(redis, keys),
    seal: (request) => request,
  });
  const done: Run = async () => null;
  const loop = startLoop({
    outbox: createOutbox({ stream: 'slack', redis, blocking, keys, clock, consumer: randomBytes(4).toString('hex') }),
    run: {
      apply: done,
      expire: done,
      remind: done,
      revert: done,
      watch: done,
      link: done,
      member: done,
      show: (id) => notifier.refreshCard(id),
      result: notifier.postResult,
      tell: notifier.postThreadNotes,
    },
    log,
    judgeFault: () => 'failed',
  });
  const pump = startPump({ timers: createTimers({ redis, keys, clock }), log });
  return {
    ...opened,
    notifier,
    sender,
    clients,
    async stop() {
      const stopped = Promise.all([loop.stop(2000), pump.stop()]);
      blocking.disconnect();
      await stopped;
      executions.close();
      opened.close();
    },
  };
}
