import type { Log } from '../logging/logger.ts';
import type { Clock } from '../workflow/ports/clock.ts';
import type { WriteProbe } from '../workflow/ports/write-probe.ts';
import { createHeartbeats } from './heartbeats.ts';
import { createLastCommit } from './last-commit.ts';
import {
  provenHealth,
  type ReadinessFacts,
  type Receiving,
  readinessChecks,
  type TokenAnswer,
} from './readiness-checks.ts';
import { createReadinessReport } from './readiness-report.ts';
import { createRedisHealthCheck, type OldestWork } from './redis-health-check.ts';
import { startPolling } from './start-polling.ts';
import type { WaitingWork } from './waiting-work-gauges.ts';

/** Each check of Redis is one command that writes; with `appendfsync always` it costs an fsync. */
const REDIS_EVERY_MS = 5000;
const TOKEN_EVERY_MS = 60_000;
const RETRY_MS = 1000;
/** A refused token is checked again sooner, since somebody is probably fixing it. */
const REFUSED_RETRY_MS = 10_000;

export interface ReadinessOptions
  extends Omit<ReadinessFacts, 'receiving' | 'redis' | 'lastCommit' | 'heartbeats' | 'token'> {
  probeWrite: () => Promise<WriteProbe>;
  askToken: () => Promise<TokenAnswer>;
  wall: Clock;
  clock: Clock;
  log: Log;
  /** The intervals of the two checks. */
  every?: { redisMs?: number; tokenMs?: number };
}

/** What commits and loops report to, from before readiness starts. */
export const createReadinessInputs = () => ({ lastCommit: createLastCommit(), heartbeats: createHeartbeats() });

export type ReadinessInputs = ReturnType<typeof createReadinessInputs>;

/** Starts to check Redis, and, once Slack has accepted the token, the token. */
export function startReadiness(options: ReadinessOptions, { lastCommit, heartbeats }: ReadinessInputs) {
  const { log, every = {} } = options;
  const tokenMs = every.tokenMs ?? TOKEN_EVERY_MS;
  let receiving: () => Receiving = () => ({ kind: 'starting', waitsFor: 'Slack to take its tokens' });
  const redis = startPolling({
    poll: createRedisHealthCheck(options),
    everyMs: every.redisMs ?? REDIS_EVERY_MS,
    retryMs: Math.min(RETRY_MS, every.redisMs ?? RETRY_MS),
    retryAfter: (health) => health.kind === 'wrong-type',
    onFault: (err) => log.warn({ err }, 'Redis does not take a write'),
  });
  const pollToken = () =>
    startPolling({
      poll: options.askToken,
      initial: { kind: 'taken' },
      everyMs: tokenMs,
      retryMs: Math.min(REFUSED_RETRY_MS, tokenMs),
      retryAfter: (answer) =>
        answer.kind === 'unknown' ? Math.max(tokenMs, (answer.waitSeconds ?? 0) * 1000) : answer.kind === 'refused',
      onFault: (err) => log.warn({ err }, 'Slack could not be asked whether it takes the token'),
    });
  let token: ReturnType<typeof pollToken> | null = null;
  const report = createReadinessReport(
    readinessChecks({
      ...options,
      lastCommit,
      heartbeats,
      receiving: () => receiving(),
      redis: redis.last,
      token: () => token?.last() ?? null,
    }),
    log,
  );

  return {
    /** For a probe: from memory. */
    report: report.now,
    /** What waits in Redis, as it was found last. */
    waitingWork(): WaitingWork {
      const health = provenHealth(redis.last());
      if (health === null) return { oldestSeconds: { aws: Number.NaN, slack: Number.NaN }, deadLetters: Number.NaN };
      const { oldest, deadLetters } = health;
      const seconds = (work: OldestWork | null) => (work?.ms ?? 0) / 1000;
      return { oldestSeconds: { aws: seconds(oldest.aws), slack: seconds(oldest.slack) }, deadLetters };
    },
    /** Slack has accepted the tokens, just now. */
    identified(): void {
      receiving = () => ({ kind: 'starting', waitsFor: 'the port, or the connection, that Slack reaches it by' });
      token ??= pollToken();
    },
    /**
     * The start is over: `now` says how requests reach the bot, and each change is logged. @param about more fields for
     * the first line
     */
    async begin(now: () => Receiving, about: object): Promise<void> {
      receiving = now;
      await redis.first;
      report.begin(about);
    },
    /** An orderly stop begins: probes report it, the log does not. */
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
