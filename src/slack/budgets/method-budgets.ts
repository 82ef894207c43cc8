/** How often a method may be called. In no minute are there more than `burst` + `perMinute` calls. */
export interface Budget {
  /** What the budget is for: a method, or the posts to one channel. `Retry-After` is kept under this name. */
  key: string;
  /** How many calls may follow each other at once after a pause. */
  burst: number;
  /** How many calls a minute are allowed beside the burst. */
  perMinute: number;
  /** How many calls may be in flight at a time. */
  atOnce: number;
  /** Which part of the budget calls may use that can be left out; the rest is kept for those that people wait for. */
  optional: number;
}

/** Calls a minute that Slack grants at least, for each method, app and workspace: docs.slack.dev/apis/web-api/rate-limits */
const TIER_2 = 20;
const TIER_3 = 50;
const TIER_4 = 100;

/** Many people may look at the same moment, and each waits for an answer: the calls of a minute may come at once. */
function lookUps(key: string, tier: number): Budget {
  return { key, burst: tier, perMinute: tier, atOnce: tier, optional: 0.8 };
}

/**
 * Never more than the tier allows, because edits are many and can wait. A few at once, so that one that hangs does not hold up the
 * others. Earlier versions use the same key.
 */
const EDITS: Budget = { key: 'edit', burst: 10, perMinute: TIER_3 - 10, atOnce: 4, optional: 0.5 };

/** By method; each method's page says its tier (docs.slack.dev/reference/methods). */
const BUDGETS: Readonly<Record<string, Budget>> = {
  'chat.update': EDITS,
  'conversations.history': lookUps('conversations.history', TIER_3),
  'conversations.info': lookUps('conversations.info', TIER_3),
  'conversations.open': lookUps('conversations.open', TIER_3),
  'conversations.replies': lookUps('conversations.replies', TIER_3),
  'files.completeUploadExternal': lookUps('files.completeUploadExternal', TIER_4),
  'files.getUploadURLExternal': lookUps('files.getUploadURLExternal', TIER_4),
  'usergroups.users.list': lookUps('usergroups.users.list', TIER_2),
  'users.info': lookUps('users.info', TIER_4),
  'views.publish': lookUps('views.publish', TIER_4),
};

/**
 * Methods that are called at once, however many calls there were. A modal opens within three seconds or never, so Slack decides.
 * `chat.getPermalink` and `auth.test` allow hundreds of calls a minute; the rest are called when the bot starts.
 */
export const UNLIMITED: readonly string[] = [
  'views.open',
  'views.push',
  'views.update',
  'chat.getPermalink',
  'auth.test',
  'bots.info',
  'apps.connections.open',
];

/** Slack takes about one message a second in a channel, and short bursts above that. */
function postsTo(channel: string): Budget {
  return { key: `post:${channel}`, burst: 5, perMinute: 60, atOnce: 1, optional: 0.5 };
}

/** Null: the method is not limited. `channel` (or a person's id) counts for messages alone. */
export function budgetOf(method: string, channel: string): Budget | null {
  return method === 'chat.postMessage' ? postsTo(channel) : (BUDGETS[method] ?? null);
}
