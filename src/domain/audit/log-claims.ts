/*
 * What a record says of the log itself, as the verifier reads it: by hand and from any bytes, so that no verdict depends on
 * the schemas of events.
 */

import type { LossDetail } from './log-details.ts';

/** Up to where the log was archived, by what a record says of that; null where it says nothing. */
export function archivedOf(record: { event: string; detail?: unknown }): { seq: number; hash: string } | null {
  if (record.event === 'loss.accepted') return lossOf(record)?.floor ?? null;
  const { last, hash } = (record.detail ?? {}) as { last?: unknown; hash?: unknown };
  const says = record.event === 'audit.archived' && typeof last === 'number' && typeof hash === 'string';
  return says ? { seq: last, hash } : null;
}

/** Null where the record is of another event, or does not say it. */
export function lossOf(record: { event: string; detail?: unknown }): LossDetail | null {
  if (record.event !== 'loss.accepted') return null;
  const detail = record.detail as Partial<LossDetail> | null | undefined;
  const { seen, from } = detail ?? {};
  const whole = typeof seen?.seq === 'number' && typeof seen.log === 'string' && typeof from === 'number';
  return whole ? (detail as LossDetail) : null;
}
