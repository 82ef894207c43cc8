/*
 * What a record says about the log itself, as the verifier reads it. It parses arbitrary input without the event
 * schemas, so that no verdict depends on them.
 */

import type { LossDetail } from './log-details.ts';

/** The position up to which the log was archived, according to this record; null if it does not say. */
export function archivedOf(record: { event: string; detail?: unknown }): { seq: number; hash: string } | null {
  if (record.event === 'loss.accepted') return lossOf(record)?.floor ?? null;
  const { last, hash } = (record.detail ?? {}) as { last?: unknown; hash?: unknown };
  const says = record.event === 'audit.archived' && typeof last === 'number' && typeof hash === 'string';
  return says ? { seq: last, hash } : null;
}

/** Null if the record is of another event or lacks this detail. */
export function lossOf(record: { event: string; detail?: unknown }): LossDetail | null {
  if (record.event !== 'loss.accepted') return null;
  const detail = record.detail as Partial<LossDetail> | null | undefined;
  const { seen, from } = detail ?? {};
  const whole = typeof seen?.seq === 'number' && typeof seen.log === 'string' && typeof from === 'number';
  return whole ? (detail as LossDetail) : null;
}
