import type { Looked } from './look.ts';
import type { CheckState, ReadinessCheck } from './ops-server.ts';
import type { RedisFound } from './redis-look.ts';
import { redisFaultWords, wrongTypeWords } from './redis-words.ts';
import type { Turns, Worker } from './turns.ts';

/** How Slack's requests reach this bot. */
export type Receiving =
  | { kind: 'starting'; waitsFor: string }
  | { kind: 'http'; listening: boolean }
  /** `noneForMs`: how long there has been no connection at all; 0 while there is one. */
  | { kind: 'socket'; connected: number; noneForMs: number }
  | { kind: 'stopping' };

/** What Slack answered when it was asked whether it takes the bot's token. */
export type TokenAnswer =
  | { kind: 'taken' }
  | { kind: 'refused'; error: string }
  /** `waitSeconds`: how long Slack wants not to be asked. */
  | { kind: 'unknown'; why: string; waitSeconds: number | null };

export interface ReadinessFacts {
  receiving: () => Receiving;
  redis: () => Looked<RedisFound> | null;
  /** The newest commit, where it failed. */
  lastCommit: { failed(): { fault: unknown; agoMs: number } | null };
  turns: Pick<Turns, 'late'>;
  token: () => Looked<TokenAnswer> | null;
  /** Why the log in Redis is not to be written to; null where it is. */
  lost: () => string | null;
  /** What is wrong beside it, or can't be known of it, each as a sentence. */
  doubts: () => readonly string[];
  /**
   * Digest of this bot's policy and its groups that Slack will not tell; `differing`: what other bots have run instead for too
   * long.
   */
  policy: () => {
    digest: string;
    differing: { others: readonly string[]; unreadable: readonly string[] } | null;
    unreadable: readonly string[];
  };
}

type Judged = { state: CheckState; detail: string };

/** Older looks say nothing of now: what made them stands still. */
const REDIS_STALE_MS = 20_000;
const TOKEN_STALE_MS = 5 * 60_000;
/** A write that went well since shows that Redis takes writes; the failed commit is worth a look all the same. */
const COMMIT_TOLD_MS = 5 * 60_000;
const WORK_SLOW_MS = 15_000;
const WORK_STILL_MS = 60_000;
const MOST_CLOCK_MS = 5000;
/** Slack renews connections; both may be away for that long. */
const SOCKETS_AWAY_MS = 15_000;

const NOT_YET = 'not looked at yet';

/**
 * Ready = what people ask for can be recorded, and what they decided is done. All of it is judged by what the bot has
 * learnt already: a probe reads memory, whoever sends it and however often.
 */
export function readinessChecks(facts: ReadinessFacts): ReadinessCheck[] {
  const found = () => provenIn(facts.redis());
  return [
    { name: 'receiving', judge: () => receiving(facts.receiving()) },
    { name: 'redis', judge: () => redis(facts.redis(), facts.lastCommit.failed()) },
    { name: 'work', judge: () => work(found()) },
    { name: 'workers', judge: () => workers(facts.turns.late()) },
    { name: 'clock', judge: () => clock(found()) },
    { name: 'audit', judge: () => audit(facts.lost(), facts.doubts()) },
    { name: 'slack', judge: () => slack(facts.token()) },
    { name: 'policy', judge: () => policy(facts.policy()) },
  ];
}

/** What a look at Redis found, while it says something of now; null: it is not known. */
export function provenIn(looked: Looked<RedisFound> | null): Extract<RedisFound, { kind: 'proven' }> | null {
  if (looked === null || !('found' in looked) || looked.agoMs > REDIS_STALE_MS) return null;
  return looked.found.kind === 'proven' ? looked.found : null;
}

function receiving(now: Receiving): Judged {
  switch (now.kind) {
    case 'starting':
      return fail(`starting: waits for ${now.waitsFor}`);
    case 'stopping':
      return fail('stopping: takes nothing more');
    case 'http':
      return now.listening
        ? ok('listens on PORT')
        : fail('nothing listens on PORT, Slack gets no answer: restart the bot');
    case 'socket': {
      if (now.connected > 0) return ok(`${now.connected} Socket Mode connections`);
      const detail = `no Socket Mode connection for ${seconds(now.noneForMs)}: nothing that people do in Slack arrives. It reconnects by itself; if it doesn't, check SLACK_APP_TOKEN and the way out to Slack`;
      return now.noneForMs > SOCKETS_AWAY_MS ? fail(detail) : warn(detail);
    }
    default:
      return now satisfies never;
  }
}

function redis(looked: Looked<RedisFound> | null, commit: { fault: unknown; agoMs: number } | null): Judged {
  if (looked === null) return fail(NOT_YET);
  if (looked.agoMs > REDIS_STALE_MS) return fail(staleWords(looked));
  if ('fault' in looked) return fail(redisFaultWords(looked.fault));
  if (looked.found.kind === 'wrong-type') return fail(wrongTypeWords(looked.found));
  if (commit === null) return ok('takes writes');
  if (commit.agoMs <= looked.agoMs) return fail(`the last commit failed: ${redisFaultWords(commit.fault)}`);
  return commit.agoMs < COMMIT_TOLD_MS
    ? warn(`takes writes again; the last commit failed ${seconds(commit.agoMs)} ago: see the log`)
    : ok('takes writes');
}

function work(found: Extract<RedisFound, { kind: 'proven' }> | null): Judged {
  if (found === null) return warn('not known: Redis could not be looked at');
  const { oldest } = found;
  if (oldest === null || oldest.ms < WORK_SLOW_MS) return ok('is taken at once');
  const what = `the oldest work${oldest.effect === null ? '' : ` (${oldest.effect})`} has waited for ${seconds(oldest.ms)} and no bot has it`;
  return oldest.ms < WORK_STILL_MS
    ? warn(`${what}: limits are set and reverted late`)
    : fail(
        `${what}: limits are not set or reverted, messages are not updated. See the log for failing work; restart the bots if it goes on`,
      );
}

const LATE: Readonly<Record<Worker, string>> = {
  take: 'new work is not taken',
  abandoned: 'work of bots that are gone is not taken over',
  timers: 'what is due by time is not started: limits are not reverted',
  audit: 'the audit log is not watched, and gets no checkpoints',
  policy: 'this bot does not hear of the policies of other bots, nor they of its own',
};

function workers(late: readonly { worker: Worker; ms: number }[]): Judged {
  if (late.length === 0) return ok('all turn');
  const words = late.map(({ worker, ms }) => `${LATE[worker]} (for ${seconds(ms)})`);
  return fail(`${words.join('; ')}. See the log; restart the bot if Redis is well`);
}

function clock(found: Extract<RedisFound, { kind: 'proven' }> | null): Judged {
  if (found === null) return warn('not known: Redis could not be looked at');
  const ahead = found.aheadMs;
  if (Math.abs(ahead) <= MOST_CLOCK_MS) return ok("within 5 s of Redis's");
  const when = ahead > 0 ? 'ahead of' : 'behind';
  return fail(
    `this machine's clock is ${seconds(Math.abs(ahead))} ${when} Redis's: limits end too ${ahead > 0 ? 'early' : 'late'}, and records carry a wrong time. Correct whichever clock is wrong (NTP)`,
  );
}

function audit(lost: string | null, doubts: readonly string[]): Judged {
  if (lost !== null) return fail(lost);
  return doubts.length === 0 ? ok('goes on') : warn(doubts.join('; '));
}

/**
 * Only a refusal is this bot's fault. A Slack that is away, slow or answers 429 is away for all replicas: none is better off, and
 * taking them all out of service would turn its hiccup into our outage.
 */
function slack(looked: Looked<TokenAnswer> | null): Judged {
  if (looked === null) return fail(NOT_YET);
  // It is not asked before that is over.
  const waitMs = 'found' in looked && looked.found.kind === 'unknown' ? (looked.found.waitSeconds ?? 0) * 1000 : 0;
  if (looked.agoMs > waitMs + TOKEN_STALE_MS) return fail(staleWords(looked));
  if ('fault' in looked) return warn('Slack could not be asked whether it takes the token: see the log');
  const answer = looked.found;
  switch (answer.kind) {
    case 'taken':
      return ok('takes the token');
    case 'refused':
      return fail(
        `Slack refuses SLACK_BOT_TOKEN (${answer.error}): nobody can be answered or told anything. Install the app again, set its token, and restart the bot`,
      );
    case 'unknown':
      return warn(`${answer.why}: messages may be late. They are sent again by themselves`);
    default:
      return answer satisfies never;
  }
}

function policy({ digest, differing, unreadable }: ReturnType<ReadinessFacts['policy']>): Judged {
  const doubts = [
    ...(differing === null ? [] : differingWords(digest, differing)),
    ...(unreadable.length === 0 ? [] : [`groups that don't exist or can't be read: ${unreadable.join(', ')}`]),
  ];
  return doubts.length === 0 ? ok(digest) : warn(doubts.join('; '));
}

/** What it means: as long as it lasts the stricter of the policies applies. */
function differingWords(
  digest: string,
  { others, unreadable }: { others: readonly string[]; unreadable: readonly string[] },
) {
  const effect =
    unreadable.length === 0
      ? 'the stricter one applies'
      : `only requests that lower a limit are accepted, because ${unreadable.join(', ')} can't be read here`;
  return [`this bot runs ${digest}, others run ${others.join(', ')}: ${effect}`];
}

function staleWords({ endedAt }: Looked<unknown>): string {
  return `not looked at since ${endedAt.toISOString()}: this bot is stuck or was paused. Restart it if this goes on`;
}

const ok = (detail: string): Judged => ({ state: 'ok', detail });
const warn = (detail: string): Judged => ({ state: 'warn', detail });
const fail = (detail: string): Judged => ({ state: 'fail', detail });

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}
