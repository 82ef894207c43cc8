import { UNLIMITED } from './rate.ts';
import type { TaskExecution } from './task-execution.ts';

/**
 * How long the rest of a transfer takes. `about`: the limit or the measured speed decides. `at-least`: the limit is all
 * that is known, and the link or the storage may be slower.
 */
export type Eta =
  | { readonly kind: 'seconds'; readonly seconds: number; readonly bound: 'at-least' | 'about' }
  | { readonly kind: 'unknown'; readonly why: 'no-estimate' | 'unlimited-not-measured' | 'not-moving' };

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
  const eta = underLimit(execution, rate, measured);
  return eta.kind === 'seconds' ? eta.seconds : null;
}

/** What a change of the limit does to the end of the transfer. `measured` is the speed under the limit `from`, or null. */
export function impact(
  execution: TaskExecution,
  from: number,
  to: number,
  measured: number | null,
): { readonly before: Eta; readonly after: Eta } {
  const before = underLimit(execution, from, measured);
  if (measured === null || measured <= 0) return { before, after: underLimit(execution, to, null) };
  const slowedByLimit = measured >= LIMIT_BINDS_FROM * ceiling(execution, from);
  // What was measured under a limit that binds says nothing about how fast it could go under a higher one.
  const after =
    slowedByLimit && ceiling(execution, to) > measured
      ? underLimit(execution, to, null)
      : underLimit(execution, to, measured);
  return { before, after };
}

function underLimit(execution: TaskExecution, rate: number, measured: number | null): Eta {
  if (!(execution.bytesEstimated > 0)) return { kind: 'unknown', why: 'no-estimate' };
  const left = Math.max(0, execution.bytesEstimated - execution.bytesTransferred);
  if (left === 0) return { kind: 'seconds', seconds: 0, bound: 'about' };
  if (measured !== null && measured <= 0) return { kind: 'unknown', why: 'not-moving' };
  const most = ceiling(execution, rate);
  if (measured !== null)
    return { kind: 'seconds', seconds: Math.ceil(left / Math.min(most, measured)), bound: 'about' };
  if (most === Number.POSITIVE_INFINITY) return { kind: 'unknown', why: 'unlimited-not-measured' };
  return { kind: 'seconds', seconds: Math.ceil(left / most), bound: 'at-least' };
}

/** The most that a limit lets through, before compression: the limit counts what goes over the wire. */
export function ceiling(execution: TaskExecution, rate: number): number {
  if (rate === UNLIMITED) return Number.POSITIVE_INFINITY;
  const { bytesCompressed, bytesTransferred } = execution;
  const wire = bytesCompressed > 0 && bytesTransferred > 0 ? Math.min(1, bytesCompressed / bytesTransferred) : 1;
  return rate / wire;
}
