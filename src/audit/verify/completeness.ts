import { formatCount, formatRange, formatRecords } from '../format/format-counts.ts';
import type { ChainCheck } from './chain-check.ts';
import type { PartHead } from './part-head.ts';
import type { PartSummary } from './part-summary.ts';
import type { Fault, Verdict } from './verdict.ts';

/** Whether each part has the records that its head claims: the first fault, else one verdict on all. */
export function completenessOf(heads: readonly PartHead[], parts: readonly PartSummary[], chain: ChainCheck): Verdict {
  const all = parts.map((part, place) => ofPart(heads[place] as PartHead, part, chain.fault()));
  const bad = all.find(({ verdict }) => verdict === 'fault');
  const [only] = all;
  if (bad || (only && all.length === 1)) return bad ?? (only as Verdict);
  const { first, gapFrom, last } = chain.summary();
  const what = last === null ? 'no record' : formatRange(gapFrom ?? first ?? last, last);
  return { verdict: 'ok', seq: null, why: `${what}, as each of ${formatCount(all.length)} heads says of its part` };
}

function ofPart({ name, claim, absence }: PartHead, part: PartSummary, fault: Fault | null): Verdict {
  const bad = (seq: number | null, why: string): Verdict => ({ verdict: 'fault', seq, why });
  const { log, first, gapFrom, last, hash, count, missing } = part;
  if (claim === null) return bad(null, absence ?? `${name} is missing or can't be read`);
  if (claim.first === null || claim.last === null) {
    return count === 0
      ? { verdict: 'ok', seq: null, why: `no record, as ${name} says` }
      : bad(first, `${name} says that there is no record`);
  }
  if (last === null) {
    return bad(claim.first, `no record can be read, and ${name} says ${formatRange(claim.first, claim.last)}`);
  }
  // A claim may begin with the gap that an accepted loss left, or after it.
  const begin = (claim.first === gapFrom ? gapFrom : first) ?? last;
  if (log !== null && log !== claim.log) return bad(null, `${name} is of another log, ${claim.log}`);
  if (begin !== claim.first) {
    const why = `begins at ${formatCount(begin)}, and ${name} says ${formatCount(claim.first)}`;
    return bad(Math.min(begin, claim.first), why);
  }
  if (last !== claim.last) {
    const why = `ends at ${formatCount(last)}, and ${name} says ${formatCount(claim.last)}`;
    return bad(Math.min(last, claim.last) + 1, why);
  }
  if (missing) return bad(missing.seq, missing.why);
  if (claim.count !== null && count !== claim.count) {
    return bad(fault?.seq ?? null, `${formatRecords(count)}, and ${name} says ${formatCount(claim.count)}`);
  }
  if (hash !== claim.hash) return bad(last, `record ${formatCount(last)} is not the one that ${name} ends with`);
  return { verdict: 'ok', seq: null, why: `${formatRange(begin, last)}, as ${name} says` };
}
