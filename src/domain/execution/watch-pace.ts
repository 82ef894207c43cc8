import type { TaskExecution } from './task-execution.ts';

/** A card that changes faster is no easier to read. */
const MIN_PACE_SECONDS = 30;
/** Somebody else's change is to be seen within minutes. */
const MAX_PACE_SECONDS = 300;
/** So many looks until the end, at the rate of the moment. */
const LOOKS = 60;
/** Bytes grow by jumps: two looks closer than this measure nothing. */
const MIN_MEASURE_MS = 1000;

/** AWS: a change of the limit takes effect within about a minute. What is measured before says nothing of the new one. */
export const BITES_SECONDS = 60;

/** What was seen of an execution under one limit. */
export interface LookUnder {
  at: string;
  bytes: number;
  /** The limit that AWS showed, bytes per second; absent in what an older version kept. */
  limit?: number;
  /** Since when that limit is known to have been there; null: no other one was seen. */
  since?: string | null;
}

/**
 * Since when the limit of this look is known to have been in force; null: no other one is known. `changes`: when the limit is
 * on record as changed.
 */
export function limitSince(
  before: LookUnder | null,
  { bytesPerSecond, lookedAt }: TaskExecution,
  changes: readonly string[],
): string | null {
  const seen = !before ? null : before.limit === bytesPerSecond ? (before.since ?? null) : lookedAt;
  return [...changes, ...(seen === null ? [] : [seen])].sort().at(-1) ?? null;
}

/** What two looks at the bytes say, in bytes per second before compression; null where they say nothing of the limit now. */
export function measuredRate(before: LookUnder | null, now: TaskExecution, since: string | null = null): number | null {
  if (!before || now.status !== 'TRANSFERRING' || before.limit !== now.bytesPerSecond) return null;
  if (since !== null && Date.parse(before.at) < Date.parse(since) + BITES_SECONDS * 1000) return null;
  const ms = Date.parse(now.lookedAt) - Date.parse(before.at);
  const bytes = now.bytesTransferred - before.bytes;
  return ms >= MIN_MEASURE_MS && bytes >= 0 ? (bytes * 1000) / ms : null;
}

/**
 * When to look again: every 30 s, and less often the longer the rest takes. `etaSeconds` null: not known; 0: all is
 * transferred, and how long AWS verifies it is not known either. Soon where the next look is the one that measures.
 */
export function nextLookSeconds(etaSeconds: number | null, toMeasure = false): number {
  if (toMeasure) return MIN_PACE_SECONDS;
  if (etaSeconds === null || etaSeconds === 0) return 2 * MIN_PACE_SECONDS;
  return Math.round(Math.min(MAX_PACE_SECONDS, Math.max(MIN_PACE_SECONDS, etaSeconds / LOOKS)));
}

/** Slack takes 50 edits a minute in a workspace: half of them, so that what people decide finds room. */
const LIVE_EDITS_PER_MINUTE = 25;

/**
 * Whether a card's live facts are to be edited again: each card less often the more are watched, and where nothing but the
 * time of the look has changed only so that it does not look forgotten.
 */
export function liveEditDue(card: { secondsSince: number; changed: boolean; cards: number }): boolean {
  const { secondsSince, changed, cards } = card;
  const share = (cards * 60) / LIVE_EDITS_PER_MINUTE;
  return secondsSince >= Math.max(share, changed ? 0 : MAX_PACE_SECONDS);
}
