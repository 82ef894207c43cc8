import type { TaskExecution } from './task-execution.ts';

/** A card that changes more often is no easier to read. */
const MIN_PACE_SECONDS = 30;
/** Changes made by others should be noticed within minutes. */
const MAX_PACE_SECONDS = 300;
/** The number of reads until the estimated end. */
const LOOKS = 60;
/** The byte count grows in steps, so reads closer together than this measure nothing. */
const MIN_MEASURE_MS = 1000;

/**
 * According to AWS, a change of the limit takes effect within about a minute. Until then the measured speed is not that
 * of the new limit.
 */
export const BITES_SECONDS = 60;

/** The progress of an execution under one limit. */
export interface LookUnder {
  at: string;
  bytes: number;
  /** The limit that AWS showed, bytes per second; absent in data stored by older versions. */
  limit?: number;
  /** Since when that limit is known to apply; null: no other limit was observed. */
  since?: string | null;
}

/**
 * Since when the limit of this read is known to apply; null: no other limit is known. `changes`: when the limit was
 * changed, according to the records.
 */
export function limitSince(
  before: LookUnder | null,
  { bytesPerSecond, lookedAt }: TaskExecution,
  changes: readonly string[],
): string | null {
  const seen = !before ? null : before.limit === bytesPerSecond ? (before.since ?? null) : lookedAt;
  return [...changes, ...(seen === null ? [] : [seen])].sort().at(-1) ?? null;
}

/**
 * The speed between two reads, in bytes per second before compression; null if they say nothing about the current
 * limit.
 */
export function measuredRate(before: LookUnder | null, now: TaskExecution, since: string | null = null): number | null {
  if (!before || now.status !== 'TRANSFERRING' || before.limit !== now.bytesPerSecond) return null;
  if (since !== null && Date.parse(before.at) < Date.parse(since) + BITES_SECONDS * 1000) return null;
  const ms = Date.parse(now.lookedAt) - Date.parse(before.at);
  const bytes = now.bytesTransferred - before.bytes;
  return ms >= MIN_MEASURE_MS && bytes >= 0 ? (bytes * 1000) / ms : null;
}

/**
 * When to read the execution again: every 30 s, and less often the more time is left. `etaSeconds` null: unknown; 0:
 * all is transferred, and the duration of the verification is unknown. Sooner if the next read completes a measurement.
 */
export function nextLookSeconds(etaSeconds: number | null, toMeasure = false): number {
  if (toMeasure) return MIN_PACE_SECONDS;
  if (etaSeconds === null || etaSeconds === 0) return 2 * MIN_PACE_SECONDS;
  return Math.round(Math.min(MAX_PACE_SECONDS, Math.max(MIN_PACE_SECONDS, etaSeconds / LOOKS)));
}

/** Slack allows 50 edits a minute in a workspace. Half of them are left for decisions. */
const LIVE_EDITS_PER_MINUTE = 25;

/**
 * Whether a card's progress should be edited again. The more cards are watched, the less often each is edited. If only
 * the time of the read has changed, it is edited just often enough not to look stale.
 */
export function liveEditDue(card: { secondsSince: number; changed: boolean; cards: number }): boolean {
  const { secondsSince, changed, cards } = card;
  const share = (cards * 60) / LIVE_EDITS_PER_MINUTE;
  return secondsSince >= Math.max(share, changed ? 0 : MAX_PACE_SECONDS);
}
