import type { Config } from '../config.ts';
import { createCards } from '../ledger/cards.ts';
import { createLooks } from '../ledger/looks.ts';
import { createShown } from '../ledger/shown.ts';
import { createSlackWaits } from '../ledger/slack-waits.ts';
import type { Log } from '../log.ts';
import { type Identity, sealRequest } from '../slack/bot.ts';
import type { SlackClients } from '../slack/clients.ts';
import { createLiveEdits } from '../slack/live-edits.ts';
import { createNotifier } from '../slack/notifier.ts';
import { createPaced } from '../slack/paced.ts';
import { createPeople } from '../slack/people.ts';
import { createPosts } from '../slack/posts.ts';
import { createSeals } from '../slack/sealed.ts';
import { createTurns } from '../slack/turns.ts';
import type { Clock, Executions, Ledger, PolicySource } from '../workflow/ports.ts';
import type { OpenRedis } from './open-redis.ts';

/** What the bot says in Slack and what it knows of people there: cards, posts within the rate limits, people, sealed ids. */
export function createSlackMessages({
  config,
  store: { redis, keys },
  clients,
  identity,
  ledger,
  executions,
  policy,
  postEveryMs,
  clock,
  log,
}: {
  config: Config;
  store: OpenRedis;
  clients: SlackClients;
  identity: Identity;
  ledger: Ledger;
  executions: Executions;
  policy: PolicySource;
  postEveryMs: number | undefined;
  clock: Clock;
  log: Log;
}) {
  const cards = createCards(redis, keys);
  const looks = createLooks(redis, keys);
  const people = createPeople(clients.prompt, identity.team, clock, log);
  const seals = createSeals(sealSecret(config), config.slack.oldSigningSecret);
  const seal = (request: string) => sealRequest({ seals }, request);
  const slackTurns = createTurns({ shared: createSlackWaits(redis, keys) });
  const paced = createPaced(clients.patient, slackTurns, postEveryMs);
  const liveEdits = createLiveEdits({ shown: createShown(redis, keys), hasRoom: paced.hasRoom, clock });
  const posts = createPosts({ clients, paced, cards, clock, botId: identity.botId, log });
  const notifier = createNotifier({
    ledger,
    executions,
    people,
    policy,
    clock,
    cards,
    looks,
    paced,
    posts,
    liveEdits,
    seal,
    log,
  });
  return { cards, looks, people, seals, seal, notifier };
}

/** A secret that all replicas have, and besides them only Slack. */
function sealSecret({ slack }: Config): string {
  return slack.mode.kind === 'http' ? slack.mode.signingSecret : slack.botToken;
}
