import { UNLIMITED } from '../rate/rate.ts';
import type { TaskExecution } from './task-execution.ts';

/**
 * The time left of a transfer. `about`: the limit or the measured speed decides it. `at-least`: only the limit is
 * known, and the link or the storage may be slower.
 */
export type Eta =
  | {
      readonly kind: 'seconds';
      readonly seconds: number;
      readonly bound: 'at-least' | 'about';
      /** The limit reverts before the transfer ends; the rest is estimated at this rate. */
      readonly thenRate?: number;
    }
  | { readonly kind: 'unknown'; readonly why: 'no-estimate' | 'unlimited-not-measured' | 'not-moving' };

/** What follows a limit with an end, counted from when the execution was read. */
export interface ThenRate {
  readonly afterSeconds: number;
  /** Bytes per second, -1 unlimited. */
  readonly rate: number;
}

/**
 * Below this share of the limit, something other than the limit slows the transfer, and a higher limit won't speed it
 * up.
 */
const LIMIT_BINDS_FROM = 0.9;

/**
 * The average speed since the start in bytes per second, before compression; null if nothing was transferred yet. It
 * includes the time of the preparation, so it is lower than the current speed.
 */
export function averageRate(execution: TaskExecution): number | null {
  if (execution.startedAt === null || execution.bytesTransferred <= 0) return null;
  const seconds = (Date.parse(execution.lookedAt) - Date.parse(execution.startedAt)) / 1000;
  return seconds > 0 ? execution.bytesTransferred / seconds : null;
}

/**
 * Seconds left under the limit `rate`, under which `measured` (bytes per second, before compression) was measured. Null
 * if unknown: no estimate yet, or no limit and no measured speed.
 */
export function etaAt(execution: TaskExecution, rate: number, measured: number | null): number | null {
  const eta = timeLeftAt(execution, rate, measured);
  return eta.kind === 'seconds' ? eta.seconds : null;
}

/**
 * How a change of the limit affects the end of the transfer. `measured` is the speed under the limit `from`, or null.
 * `then` says what follows the new limit, and the one it replaces, if they have an end.
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
    // A speed measured under a limit that slows the transfer says nothing about the speed under a higher one.
    const slowedByLimit = speed >= LIMIT_BINDS_FROM * ceiling(execution, under);
    return slowedByLimit && ceiling(execution, rate) > speed ? null : speed;
  };
  return {
    before: timeLeft(execution, speedAt(from), then.before ?? null, speedAt),
    after: timeLeft(execution, speedAt(to), then.after ?? null, speedAt),
  };
}

/** Seconds left under the current limit, which may have an end. */
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

/** `at-least`: an upper bound of the speed; it may be lower. */
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
  // The transfer certainly takes until then; how much longer is unknown.
  if (rest.kind === 'unknown') return { kind: 'seconds', seconds: Math.ceil(then.afterSeconds), bound: 'at-least' };
  const seconds = then.afterSeconds + (left - then.afterSeconds * first.bytesPerSecond) / rest.bytesPerSecond;
  const bound = first.bound === 'about' && rest.bound === 'about' ? 'about' : 'at-least';
  return { kind: 'seconds', seconds: Math.ceil(seconds), bound, thenRate: then.rate };
}

/** The highest speed under a limit, before compression, because the limit counts compressed bytes on the wire. */
export function ceiling(execution: TaskExecution, rate: number): number {
  return rate === UNLIMITED ? Number.POSITIVE_INFINITY : rate / wirePart(execution);
}

/** How much of the network a speed takes that was measured before compression. Bytes per second. */
export function rateOnWire(execution: TaskExecution, measured: number): number {
  return measured * wirePart(execution);
}

/** What compression has left of the bytes so far, from 0 to 1. */
function wirePart({ bytesCompressed, bytesTransferred }: TaskExecution): number {
  return bytesCompressed > 0 && bytesTransferred > 0 ? Math.min(1, bytesCompressed / bytesTransferred) : 1;
}
