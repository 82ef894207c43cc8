import type { Config } from '../config/read-config.ts';
import type { Log } from '../logging/logger.ts';
import type { Identity } from '../slack/connection/identify.ts';
import { createPeople } from '../slack/people/people.ts';
import { createMessagePosts } from '../slack/posting/message-posts.ts';
import { createMessageSender } from '../slack/posting/message-sender.ts';
import { createNotifier } from '../slack/posting/notifier.ts';
import { createPermalinks } from '../slack/posting/permalinks.ts';
import { createProgressEdits } from '../slack/posting/progress-edits.ts';
import { sealRequest } from '../slack/seals/sealed-ids.ts';
import { createSeals } from '../slack/seals/seals.ts';
import { createLooks } from '../store/counters/looks.ts';
import { createCardDigests } from '../store/slack-state/card-digests.ts';
import { createCards } from '../store/slack-state/cards.ts';
import type { Clock } from '../workflow/ports/clock.ts';
import type { Executions } from '../workflow/ports/executions.ts';
import type { Ledger } from '../workflow/ports/ledger.ts';
import type { PolicySource } from '../workflow/ports/policy-source.ts';
import type { OpenRedis } from './open-redis.ts';
import type { SlackAccess } from './slack-access.ts';

/** What the bot says in Slack and what it knows of people there: cards, posts within the rate limits, people, sealed ids. */
export function createSlackMessages({
  config,
  store: { redis, keys },
  slack: { clients, posting, budgets },
  identity,
  ledger,
  executions,
  policy,
  clock,
  log,
}: {
  config: Config;
  store: OpenRedis;
  slack: Pick<SlackAccess, 'clients' | 'posting' | 'budgets'>;
  identity: Identity;
  ledger: Ledger;
  executions: Executions;
  policy: PolicySource;
  clock: Clock;
  log: Log;
}) {
  const cards = createCards(redis, keys);
  const looks = createLooks(redis, keys);
  const people = createPeople(clients, identity.team, clock, log);
  const seals = createSeals(sealSecret(config), config.slack.oldSigningSecret);
  const seal = (request: string) => sealRequest({ seals }, request);
  const sender = createMessageSender(posting, budgets);
  const progressEdits = createProgressEdits({ shown: createCardDigests(redis, keys), clock });
  const posts = createMessagePosts({ clients, sender, cards, clock, botId: identity.botId, log });
  const notifier = createNotifier({
    ledger,
    executions,
    people,
    policy,
    clock,
    cards,
    looks,
    sender,
    posts,
    progressEdits,
    seal,
    log,
  });
  const permalinks = createPermalinks(clients.interactive);
  return { cards, permalinks, looks, people, seals, seal, notifier };
}

/** A secret that all replicas have, and besides them only Slack. */
function sealSecret({ slack }: Config): string {
  return slack.mode.kind === 'http' ? slack.mode.signingSecret : slack.botToken;
}
