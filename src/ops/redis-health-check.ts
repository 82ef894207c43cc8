import type { Clock } from '../workflow/ports/clock.ts';
import type { StreamName } from '../workflow/ports/outbox.ts';
import type { StreamProbe, WriteProbe } from '../workflow/ports/write-probe.ts';

export type RedisHealth =
  | Extract<WriteProbe, { kind: 'wrong-type' }>
  | {
      kind: 'proven';
      /** How far this machine's clock is ahead of Redis's at least; negative: behind. */
      aheadMs: number;
      oldest: Record<StreamName, OldestWork | null>;
      deadLetters: number;
    };

export type ProvenHealth = Extract<RedisHealth, { kind: 'proven' }>;

/** The oldest work of a stream that is ready and that no worker has claimed; `effect` is null if its kind can't be parsed. */
export interface OldestWork {
  effect: string | null;
  ms: number;
}

export interface RedisHealthCheckOptions {
  probeWrite: () => Promise<WriteProbe>;
  /** This machine's clock, to compare with Redis's. */
  wall: Clock;
  /** The clock that timers are due by: Redis's, except in tests and the demo, where hours pass in seconds. */
  clock: Clock;
  now?: () => number;
}

/** Makes a check of Redis: whether it takes writes, what its clock says, and how long the oldest work has waited. */
export function createRedisHealthCheck({
  probeWrite,
  wall,
  clock,
  now = () => performance.now(),
}: RedisHealthCheckOptions) {
  const oldestOf = { aws: createOldestWork(clock, now), slack: createOldestWork(clock, now) };

  return async function checkRedis(): Promise<RedisHealth> {
    const before = wall.now().getTime();
    const probe = await probeWrite();
    const after = wall.now().getTime();
    if (probe.kind === 'wrong-type') return probe;
    const { redisMs, streams, deadLetters } = probe;
    return {
      kind: 'proven',
      aheadMs: clockDifference(redisMs, before, after),
      oldest: { aws: oldestOf.aws(streams.aws), slack: oldestOf.slack(streams.slack) },
      deadLetters,
    };
  };
}

/** Of one stream. A timer counts from when it was seen overdue first: a worker takes any timer within a second. */
function createOldestWork(clock: Clock, now: () => number) {
  let overdue: { timer: string; since: number } | null = null;

  function overdueMs(timer: StreamProbe['timer']): number | null {
    if (timer === null || timer.dueMs > clock.now().getTime()) {
      overdue = null;
      return null;
    }
    const name = `${timer.dueMs} ${timer.effect}`;
    if (overdue?.timer !== name) overdue = { timer: name, since: now() };
    return now() - overdue.since;
  }

  return ({ untouched, timer }: StreamProbe): OldestWork | null => {
    const lateMs = overdueMs(timer);
    const late = timer !== null && lateMs !== null ? { effect: timer.effect, ms: lateMs } : null;
    const oldest = (untouched?.ms ?? -1) >= (late?.ms ?? -1) ? untouched : late;
    return oldest === null ? null : { effect: kindOf(oldest.effect), ms: oldest.ms };
  };
}

/** Redis read its clock at an unknown moment between `before` and `after`: only a difference beyond these is certain. */
function clockDifference(redisMs: number, before: number, after: number): number {
  if (redisMs < before) return before - redisMs;
  return redisMs > after ? after - redisMs : 0;
}

function kindOf(effect: string): string | null {
  return /"kind":"([a-z]{1,20})"/.exec(effect)?.[1] ?? null;
}
