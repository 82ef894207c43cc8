import { UNLIMITED } from '../rate/rate.ts';
import type { TaskExecution } from './task-execution.ts';

/**
 * How long the rest of a transfer takes. `about`: the limit or the measured speed decides. `at-least`: the limit is all
 * that is known, and the link or the storage may be slower.
 */
export type Eta =
  | {
      readonly kind: 'seconds';
      readonly seconds: number;
      readonly bound: 'at-least' | 'about';
      /** The limit ends before the transfer does, and the rest is counted at this rate. */
      readonly thenRate?: number;
    }
  | { readonly kind: 'unknown'; readonly why: 'no-estimate' | 'unlimited-not-measured' | 'not-moving' };

/** What follows a limit that ends by itself, counted from the look at the execution. */
export interface ThenRate {
  readonly afterSeconds: number;
  /** Bytes per second, -1 unlimited. */
  readonly rate: number;
}

/** Below this part of the limit it isn't the limit that slows the transfer: a higher one won't make it faster. */
const LIMIT_BINDS_FROM = 0.9;

/**
 * The mean speed since the start in bytes per second, before compression; null when nothing was transferred yet. It
 * counts the time of the preparation too, so it is lower than the speed of the moment.
 */
export function averageRate(execution: TaskExecution): number | null {
  if (execution.startedAt === null || execution.bytesTransferred <= 0) return null;
  const seconds = (Date.parse(execution.lookedAt) - Date.parse(execution.startedAt)) / 1000;
  return seconds > 0 ? execution.bytesTransferred / seconds : null;
}

/**
 * Seconds that are left at `rate`, the limit under which `measured` (bytes per second, before compression) was measured.
 * Null when it can't be told: no estimate yet, or no limit and nothing measured.
 */
export function etaAt(execution: TaskExecution, rate: number, measured: number | null): number | null {
  const eta = timeLeftAt(execution, rate, measured);
  return eta.kind === 'seconds' ? eta.seconds : null;
}

/**
 * What a change of the limit does to the end of the transfer. `measured` is the speed under the limit `from`, or null. `then`
 * tells what comes after the new limit, and after the one that it replaces, where these end by themselves.
 */
export function impact(
  execution: TaskExecution,
  from: number,
  to: number,
  measured: number | null,
  then: { readonly before?: ThenRate | null; readonly after?: ThenRate | null } = {},
): { readonly before: Eta; readonly after: Eta } {
  const speedAt = (rate: number) =>
    speedUnder(execution, rate, rate === from ? measured : carried(measured, from, rate));
  const carried = (speed: number | null, under: number, rate: number) => {
    if (speed === null || speed <= 0) return null;
    // What was measured under a limit that binds says nothing about how fast it could go under a higher one.
    const slowedByLimit = speed >= LIMIT_BINDS_FROM * ceiling(execution, under);
    return slowedByLimit && ceiling(execution, rate) > speed ? null : speed;
  };
  return {
    before: timeLeft(execution, speedAt(from), then.before ?? null, speedAt),
    after: timeLeft(execution, speedAt(to), then.after ?? null, speedAt),
  };
}

/** Seconds left at the limit in force, which may end by itself. */
export function timeLeftAt(
  execution: TaskExecution,
  limit: number,
  measured: number | null,
  then: ThenRate | null = null,
): Eta {
  return impact(execution, limit, limit, measured, { before: then }).before;
}

type Speed =
  | { readonly kind: 'speed'; readonly bytesPerSecond: number; readonly bound: 'at-least' | 'about' }
  | { readonly kind: 'unknown'; readonly why: 'unlimited-not-measured' | 'not-moving' };

/** `at-least`: no slower than this is known, and it may be slower. */
function speedUnder(execution: TaskExecution, rate: number, measured: number | null): Speed {
  if (measured !== null && measured <= 0) return { kind: 'unknown', why: 'not-moving' };
  const most = ceiling(execution, rate);
  if (measured !== null) return { kind: 'speed', bytesPerSecond: Math.min(most, measured), bound: 'about' };
  if (most === Number.POSITIVE_INFINITY) return { kind: 'unknown', why: 'unlimited-not-measured' };
  return { kind: 'speed', bytesPerSecond: most, bound: 'at-least' };
}

function timeLeft(
  execution: TaskExecution,
  first: Speed,
  then: ThenRate | null,
  speedAt: (rate: number) => Speed,
): Eta {
  if (!(execution.bytesEstimated > 0)) return { kind: 'unknown', why: 'no-estimate' };
  const left = Math.max(0, execution.bytesEstimated - execution.bytesTransferred);
  if (left === 0) return { kind: 'seconds', seconds: 0, bound: 'about' };
  if (first.kind === 'unknown') return first;
  const alone = left / first.bytesPerSecond;
  if (!then || alone <= then.afterSeconds) return { kind: 'seconds', seconds: Math.ceil(alone), bound: first.bound };
  const rest = speedAt(then.rate);
  // By then it is not done, for certain: how much longer it takes nobody knows.
  if (rest.kind === 'unknown') return { kind: 'seconds', seconds: Math.ceil(then.afterSeconds), bound: 'at-least' };
  const seconds = then.afterSeconds + (left - then.afterSeconds * first.bytesPerSecond) / rest.bytesPerSecond;
  const bound = first.bound === 'about' && rest.bound === 'about' ? 'about' : 'at-least';
  return { kind: 'seconds', seconds: Math.ceil(seconds), bound, thenRate: then.rate };
}

/** The most that a limit lets through, before compression: the limit counts what goes over the wire. */
export function ceiling(execution: TaskExecution, rate: number): number {
  if (rate === UNLIMITED) return Number.POSITIVE_INFINITY;
  const { bytesCompressed, bytesTransferred } = execution;
  const wire = bytesCompressed > 0 && bytesTransferred > 0 ? Math.min(1, bytesCompressed / bytesTransferred) : 1;
  return rate / wire;
}
