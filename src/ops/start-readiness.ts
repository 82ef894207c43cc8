import type { Log } from '../log.ts';
import type { Clock } from '../workflow/ports.ts';
import type { WriteProbe } from '../workflow/write-probe.ts';
import { createLastCommit } from './last-commit.ts';
import { startLook } from './look.ts';
import { provenIn, type ReadinessFacts, type Receiving, readinessChecks, type TokenAnswer } from './readiness.ts';
import { createReadinessReport } from './readiness-report.ts';
import { createRedisLook } from './redis-look.ts';
import { createTurns } from './turns.ts';

/** Each look at Redis is one command that writes; with appendfsync always it costs one fsync. */
const REDIS_EVERY_MS = 5000;
const TOKEN_EVERY_MS = 60_000;
const AGAIN_MS = 1000;
/** What was refused is asked again sooner: a person is about to set it right. */
const REFUSED_AGAIN_MS = 10_000;

export interface ReadinessOptions
  extends Omit<ReadinessFacts, 'receiving' | 'redis' | 'lastCommit' | 'turns' | 'token'> {
  prove: () => Promise<WriteProbe>;
  askToken: () => Promise<TokenAnswer>;
  wall: Clock;
  clock: Clock;
  log: Log;
  /** How often it looks. */
  every?: { redisMs?: number; tokenMs?: number };
}

/** What a commit and the workers report to; see `readiness.ts` for what is made of it. */
export const createReadinessNotes = () => ({ lastCommit: createLastCommit(), turns: createTurns() });

/** Begins to look at Redis; at Slack's answer to the token once the start has got one. */
export function startReadiness(
  options: ReadinessOptions,
  { lastCommit, turns }: ReturnType<typeof createReadinessNotes>,
) {
  const { log, every = {} } = options;
  const tokenMs = every.tokenMs ?? TOKEN_EVERY_MS;
  let receiving: () => Receiving = () => ({ kind: 'starting', waitsFor: 'Slack to take its tokens' });
  const redis = startLook({
    look: createRedisLook(options),
    everyMs: every.redisMs ?? REDIS_EVERY_MS,
    againMs: Math.min(AGAIN_MS, every.redisMs ?? AGAIN_MS),
    soon: (found) => found.kind === 'wrong-type',
    onFault: (err) => log.warn({ err }, 'Redis does not take a write'),
  });
  const lookAtToken = () =>
    startLook({
      look: options.askToken,
      known: { kind: 'taken' },
      everyMs: tokenMs,
      againMs: Math.min(REFUSED_AGAIN_MS, tokenMs),
      soon: (found) =>
        found.kind === 'unknown' ? Math.max(tokenMs, (found.waitSeconds ?? 0) * 1000) : found.kind === 'refused',
      onFault: (err) => log.warn({ err }, 'Slack could not be asked whether it takes the token'),
    });
  let token: ReturnType<typeof lookAtToken> | null = null;
  const report = createReadinessReport(
    readinessChecks({
      ...options,
      ...{ lastCommit, turns },
      receiving: () => receiving(),
      redis: redis.last,
      token: () => token?.last() ?? null,
    }),
    log,
  );

  return {
    /** For a probe: from memory. */
    report: report.now,
    /** How long the oldest work has waited, in seconds; NaN where that is not known. */
    oldestWorkSeconds(): number {
      const found = provenIn(redis.last());
      return found === null ? Number.NaN : (found.oldest?.ms ?? 0) / 1000;
    },
    /** Slack has taken the tokens, just now. */
    identified(): void {
      receiving = () => ({ kind: 'starting', waitsFor: 'the port, or the connection, that Slack reaches it by' });
      token ??= lookAtToken();
    },
    /** The start is over: from now on it is as `now` says, and each change is logged. @param about more for the first line */
    async begin(now: () => Receiving, about: object): Promise<void> {
      receiving = now;
      await redis.first;
      report.begin(about);
    },
    /** An orderly stop begins: whoever probes is told, and nobody else. */
    stopping(): void {
      report.stop();
      receiving = () => ({ kind: 'stopping' });
    },
    stop(): void {
      report.stop();
      redis.stop();
      token?.stop();
    },
  };
}
