import { randomBytes } from 'node:crypto';
import type { LocalSlack } from '../../sandbox/slack/local-slack.ts';
import { createExecutions } from '../../src/datasync/executions.ts';
import { createCards } from '../../src/ledger/cards.ts';
import type { Connection } from '../../src/ledger/connection.ts';
import { createLooks } from '../../src/ledger/looks.ts';
import { createOutbox } from '../../src/ledger/outbox.ts';
import { createShown } from '../../src/ledger/shown.ts';
import { createSlackWaits } from '../../src/ledger/slack-waits.ts';
import { createLogger } from '../../src/log.ts';
import { createClients } from '../../src/slack/clients.ts';
import { createLiveEdits } from '../../src/slack/live-edits.ts';
import { createNotifier } from '../../src/slack/notifier.ts';
import { createPaced } from '../../src/slack/paced.ts';
import { createPeople } from '../../src/slack/people.ts';
import { createPosts } from '../../src/slack/posts.ts';
import { createTurns } from '../../src/slack/turns.ts';
import { type Run, startLoop } from '../../src/worker/loop.ts';
import { policy, rule } from '../domain/given.ts';
import { openLedger, openRedis } from '../ledger/given-ledger.ts';
import { sourceOf } from '../workflow/start-bot.ts';

/** One process of the bot that shows requests in a local Slack, and does nothing else. */
export async function startShowing(
  slack: LocalSlack,
  options: { postEveryMs: number; prefix?: string; clock?: { now(): Date } },
) {
  const { postEveryMs, prefix, clock = { now: () => new Date() } } = options;
  const opened = await openLedger(prefix === undefined ? {} : { prefix });
  const { redis, keys, ledger } = opened;
  const blocking: Connection = await openRedis('blocking');
  const log = createLogger({ level: 'silent' });
  const { SLACK_BOT_TOKEN = '' } = slack.environment();
  const clients = createClients(SLACK_BOT_TOKEN, slack.apiUrl, log, fetch);
  const executions = createExecutions({ clock });
  const paced = createPaced(clients.patient, createTurns({ shared: createSlackWaits(redis, keys) }), postEveryMs);
  const cards = createCards(redis, keys);
  const notifier = createNotifier({
    ...{ ledger, executions, clock, log, paced, cards },
    posts: createPosts({ clients, paced, cards, clock, botId: 'B0DST', log }),
    liveEdits: createLiveEdits({ shown: createShown(redis, keys), hasRoom: paced.hasRoom, clock }),
    people: createPeople(clients.prompt, slack.seed.team.id, clock, log),
    policy: sourceOf(() => policy(rule({ role: null }))),
    looks: createLooks(redis, keys),
    seal: (request) => request,
  });
  const done: Run = async () => null;
  const loop = startLoop({
    outbox: createOutbox({ redis, blocking, keys, clock, consumer: randomBytes(4).toString('hex') }),
    run: {
      ...{ apply: done, expire: done, remind: done, revert: done, watch: done },
      ...{ show: (id) => notifier.show(id), result: notifier.result, tell: notifier.tellThread },
    },
    ...{ clock, log },
  });
  return {
    ...opened,
    ...{ notifier, paced },
    async stop() {
      const stopped = loop.stop(2000);
      blocking.disconnect();
      await stopped;
      executions.close();
      opened.close();
    },
  };
}
