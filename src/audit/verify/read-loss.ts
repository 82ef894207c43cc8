import { lossOf } from '../../domain/audit/log-claims.ts';
import type { LossDetail } from '../../domain/audit/log-details.ts';
import { isSeq } from '../format/parse-json.ts';

/**
 * What a `loss.accepted` record gives up, or why it is invalid, as the rest of a sentence. The record must be in the place
 * after the highest one ever observed, and name exactly the gap that it leaves. Otherwise whoever holds a key could use it
 * to excuse any missing record.
 * @param before the last place before it; null: not known, since this is the first record that was read
 */
export function readLoss(
  record: { event: string; seq: number; detail: unknown },
  before: number | null,
): LossDetail | { problem: string } {
  const detail = lossOf(record);
  if (detail === null) return { problem: 'does not say what was lost' };
  const { seq } = record;
  const { seen, from, gap } = detail;
  if (!isSeq(seen.seq) || seen.seq >= seq) return { problem: `gives up record ${seen.seq}, which comes after it` };
  if (!isSeq(from) || from > seen.seq) return { problem: `gives up ${from} to ${seen.seq}, which is nothing` };
  if (before === null) return detail;
  const named = gap ? `${gap.first}:${gap.last}` : null;
  const real = seq > before + 1 ? `${before + 1}:${seq - 1}` : null;
  if (named !== real) return { problem: 'names another gap than it leaves' };
  if (from > before + 1 || seq - 1 !== Math.max(seen.seq, before))
    return { problem: 'does not stand after the highest record seen' };
  return detail;
}
