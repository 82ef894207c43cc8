import type { Clock } from '../workflow/ports.ts';
import type { WriteProbe } from '../workflow/write-probe.ts';

export type RedisFound =
  | Extract<WriteProbe, { kind: 'wrong-type' }>
  | {
      kind: 'proven';
      /** How far this machine's clock is ahead of Redis's for certain; below 0: behind. */
      aheadMs: number;
      /** The oldest work that could be done and that nobody has; its kind where that can be read. */
      oldest: { effect: string | null; ms: number } | null;
    };

export interface RedisLookOptions {
  prove: () => Promise<WriteProbe>;
  /** This machine's clock, which is held against Redis's. */
  wall: Clock;
  /** The clock that timers are due by: the same, but where hours pass in seconds. */
  clock: Clock;
  now?: () => number;
}

/** A look at Redis: whether it takes writes, what its clock says, and how long the oldest work has been waiting. */
export function createRedisLook({ prove, wall, clock, now = () => performance.now() }: RedisLookOptions) {
  /** The timer that is first and due, and since when it is found so: a worker takes any within a second. */
  let overdue: { timer: string; since: number } | null = null;

  function overdueMs(timer: { effect: string; dueMs: number } | null): number | null {
    if (timer === null || timer.dueMs > clock.now().getTime()) {
      overdue = null;
      return null;
    }
    const name = `${timer.dueMs} ${timer.effect}`;
    if (overdue?.timer !== name) overdue = { timer: name, since: now() };
    return now() - overdue.since;
  }

  return async function lookAtRedis(): Promise<RedisFound> {
    const before = wall.now().getTime();
    const proved = await prove();
    const after = wall.now().getTime();
    if (proved.kind === 'wrong-type') return proved;
    const { redisMs, untouched, timer } = proved;
    const lateMs = overdueMs(timer);
    const late = timer !== null && lateMs !== null ? { effect: timer.effect, ms: lateMs } : null;
    const oldest = (untouched?.ms ?? -1) >= (late?.ms ?? -1) ? untouched : late;
    return {
      kind: 'proven',
      aheadMs: distance(redisMs, before, after),
      oldest: oldest === null ? null : { effect: kindOf(oldest.effect), ms: oldest.ms },
    };
  };
}

/** Redis looked at its clock somewhere between the two moments: only what lies outside them is known. */
function distance(redisMs: number, before: number, after: number): number {
  if (redisMs < before) return before - redisMs;
  return redisMs > after ? after - redisMs : 0;
}

function kindOf(effect: string): string | null {
  return /"kind":"([a-z]{1,20})"/.exec(effect)?.[1] ?? null;
}
