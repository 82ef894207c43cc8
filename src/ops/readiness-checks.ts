import { describeRedisFault, describeWrongType } from './describe-redis-fault.ts';
import type { Heartbeats, LoopName } from './heartbeats.ts';
import { judgeWork } from './judge-work.ts';
import { fail, type Judged, MAX_NAMED, ok, seconds, warn } from './judged.ts';
import type { ReadinessCheck } from './ops-server.ts';
import type { ProvenHealth, RedisHealth } from './redis-health-check.ts';
import type { Polled } from './start-polling.ts';

/** How Slack's requests reach this bot. */
export type Receiving =
  | { kind: 'starting'; waitsFor: string }
  | { kind: 'http'; listening: boolean }
  /** `noneForMs`: how long there has been no connection at all; 0 while there is one. */
  | { kind: 'socket'; connected: number; noneForMs: number }
  | { kind: 'stopping' };

/** Whether Slack accepts the bot's token. */
export type TokenAnswer =
  | { kind: 'taken' }
  | { kind: 'refused'; error: string }
  /** `waitSeconds`: how long Slack wants us to wait before the next call. */
  | { kind: 'unknown'; why: string; waitSeconds: number | null };

export interface ReadinessFacts {
  receiving: () => Receiving;
  redis: () => Polled<RedisHealth> | null;
  /** The newest commit, if it failed. */
  lastCommit: { failed(): { fault: unknown; agoMs: number } | null };
  heartbeats: Pick<Heartbeats, 'overdue'>;
  token: () => Polled<TokenAnswer> | null;
  /** Why the bot has stopped writing to the audit log in Redis; null while it writes. */
  lost: () => string | null;
  /** Ids of the stored requests that this bot can't read. */
  unreadableRequests: () => readonly string[];
  /** Whether the audit log is still being read, and what it contradicts of the stored states, each as a sentence. */
  proof: { isReading(): boolean; wrong(): readonly string[] };
  /** Other problems of the audit log, or facts about it that can't be determined, each as a sentence. */
  warnings: () => readonly string[];
  /**
   * Digest of this bot's policy, and its groups that can't be read from Slack. `differing`: the policies that other bots have
   * run instead for too long.
   */
  policy: () => {
    digest: string;
    differing: { others: readonly string[]; unreadable: readonly string[] } | null;
    unreadable: readonly string[];
  };
}

/** A result older than this says nothing about now; the polling must be stuck. */
const REDIS_STALE_MS = 20_000;
const TOKEN_STALE_MS = 5 * 60_000;
/**
 * A later successful probe shows that Redis accepts writes again; the failed commit is still reported as a warning for
 * this long.
 */
const COMMIT_TOLD_MS = 5 * 60_000;
const MAX_CLOCK_DIFFERENCE_MS = 5000;
/** Slack renews connections regularly; for this long there may be none. */
const SOCKETS_AWAY_MS = 15_000;

const NOT_YET = 'not looked at yet';

/**
 * Ready = requests can be recorded, and decisions are carried out. Every check reads memory only, so probes cost
 * nothing, however often they come.
 */
export function readinessChecks(facts: ReadinessFacts): ReadinessCheck[] {
  const health = () => provenHealth(facts.redis());
  return [
    { name: 'receiving', judge: () => receiving(facts.receiving()) },
    { name: 'redis', judge: () => redis(facts.redis(), facts.lastCommit.failed()) },
    { name: 'work', judge: () => judgeWork(health(), facts.unreadableRequests()) },
    { name: 'workers', judge: () => workers(facts.heartbeats.overdue()) },
    { name: 'clock', judge: () => clock(health()) },
    { name: 'audit', judge: () => audit(facts) },
    { name: 'slack', judge: () => slack(facts.token()) },
    { name: 'policy', judge: () => policy(facts.policy()) },
  ];
}

/** What the last check of Redis found; null: unknown, because it failed or is too old. */
export function provenHealth(polled: Polled<RedisHealth> | null): ProvenHealth | null {
  if (polled === null || !('value' in polled) || polled.agoMs > REDIS_STALE_MS) return null;
  return polled.value.kind === 'proven' ? polled.value : null;
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

function redis(polled: Polled<RedisHealth> | null, commit: { fault: unknown; agoMs: number } | null): Judged {
  if (polled === null) return fail(NOT_YET);
  if (polled.agoMs > REDIS_STALE_MS) return fail(staleWords(polled));
  if ('fault' in polled) return fail(describeRedisFault(polled.fault));
  if (polled.value.kind === 'wrong-type') return fail(describeWrongType(polled.value));
  if (commit === null) return ok('takes writes');
  if (commit.agoMs <= polled.agoMs) return fail(`the last commit failed: ${describeRedisFault(commit.fault)}`);
  return commit.agoMs < COMMIT_TOLD_MS
    ? warn(`takes writes again; the last commit failed ${seconds(commit.agoMs)} ago: see the log`)
    : ok('takes writes');
}

const OVERDUE: Readonly<Record<LoopName, string>> = {
  'take-aws': 'new work with AWS is not taken: limits are not set or reverted',
  'take-slack': 'new work with Slack is not taken: messages are not updated',
  'abandoned-aws': 'work with AWS of bots that are gone is not taken over',
  'abandoned-slack': 'work with Slack of bots that are gone is not taken over',
  timers: 'what is due by time is not started: limits are not reverted',
  audit: 'the audit log is not watched, and gets no checkpoints',
  policy: 'this bot does not hear of the policies of other bots, nor they of its own',
};

function workers(overdue: readonly { loop: LoopName; ms: number }[]): Judged {
  if (overdue.length === 0) return ok('all turn');
  const words = overdue.map(({ loop, ms }) => `${OVERDUE[loop]} (for ${seconds(ms)})`);
  return fail(`${words.join('; ')}. See the log; restart the bot if Redis is well`);
}

function clock(health: ProvenHealth | null): Judged {
  if (health === null) return warn('not known: Redis could not be looked at');
  const ahead = health.aheadMs;
  if (Math.abs(ahead) <= MAX_CLOCK_DIFFERENCE_MS) return ok("within 5 s of Redis's");
  const when = ahead > 0 ? 'ahead of' : 'behind';
  return fail(
    `this machine's clock is ${seconds(Math.abs(ahead))} ${when} Redis's: AWS and Slack don't accept a clock that is minutes off. Limits and records go by Redis's clock. Correct whichever clock is wrong (NTP)`,
  );
}

function audit(facts: Pick<ReadinessFacts, 'lost' | 'proof' | 'warnings'>): Judged {
  const lost = facts.lost();
  if (lost !== null) return fail(lost);
  const wrong = facts.proof.wrong();
  if (wrong.length > 0) return fail(wrongWords(wrong));
  if (facts.proof.isReading()) {
    return fail('the audit log is being read: until it is, nothing is decided, and no limit is set or reverted');
  }
  const warnings = facts.warnings();
  return warnings.length === 0 ? ok('goes on') : warn(warnings.join('; '));
}

function wrongWords(wrong: readonly string[]): string {
  const more = wrong.length > MAX_NAMED ? ` and ${wrong.length - MAX_NAMED} more` : '';
  return `the audit log contradicts what is stored in Redis: ${wrong.slice(0, MAX_NAMED).join('; ')}${more}. Nothing is sent to AWS for these. Find out who wrote to Redis, then repair it`;
}

/**
 * Only a refused token makes a bot not ready. When Slack is down, slow or answers 429, it is so for all replicas, and taking all
 * of them out of service would turn its short failure into an outage of ours.
 */
function slack(polled: Polled<TokenAnswer> | null): Judged {
  if (polled === null) return fail(NOT_YET);
  // Slack is not called before this wait is over, so an older answer is not stale.
  const waitMs = 'value' in polled && polled.value.kind === 'unknown' ? (polled.value.waitSeconds ?? 0) * 1000 : 0;
  if (polled.agoMs > waitMs + TOKEN_STALE_MS) return fail(staleWords(polled));
  if ('fault' in polled) return warn('Slack could not be asked whether it takes the token: see the log');
  const answer = polled.value;
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
  const warnings = [
    ...(differing === null ? [] : differingWords(digest, differing)),
    ...(unreadable.length === 0 ? [] : [`groups that don't exist or can't be read: ${unreadable.join(', ')}`]),
  ];
  return warnings.length === 0 ? ok(digest) : warn(warnings.join('; '));
}

/** With the effect: while policies differ, the stricter one applies. */
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

function staleWords({ endedAt }: Polled<unknown>): string {
  return `not looked at since ${endedAt.toISOString()}: this bot is stuck or was paused. Restart it if this goes on`;
}
