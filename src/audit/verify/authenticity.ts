import type { LineSignature } from '../format/checkpoint-format.ts';
import { formatCount } from '../format/format-counts.ts';
import type { MacCheck } from './mac-check.ts';
import type { PartHead } from './part-head.ts';
import type { Fault, Verdict } from './verdict.ts';

/**
 * Whether holders of the keys wrote the records, the heads and the checkpoints.
 * @param macs null: no key was given
 */
export function authenticityOf(
  heads: readonly PartHead[],
  count: number,
  macs: MacCheck | null,
  forgedCheckpoint: Fault | null,
): Verdict {
  const forged = macs?.found().forged;
  if (forged) return { verdict: 'fault', ...forged };
  const bad = (why: string): Verdict => ({ verdict: 'fault', seq: null, why });
  const by = (kind: LineSignature) => heads.find(({ signature }) => signature === kind)?.name;
  const [unlike, unsigned] = [by('bad'), by('unsigned-though-key')];
  if (unlike) return bad(`the signature of ${unlike} is not by AUDIT_SIGNING_KEY`);
  if (unsigned) return bad(`${unsigned} is not signed, and a signing key is given`);
  if (forgedCheckpoint) return { verdict: 'fault', ...forgedCheckpoint };
  const signatures = describeSignatures(heads);
  if (macs === null) return { verdict: 'unknown', seq: null, why: `AUDIT_KEYS is not set${signatures}` };
  if (count === 0) return { verdict: 'unknown', seq: null, why: `there is no record to check${signatures}` };
  const { missing } = macs.found();
  // Unknown, and still a fault for the command's exit code: whoever gives keys wants all records checked.
  if (missing) return { verdict: 'unknown', seq: missing.seq, why: `${missing.why} (${macs.describeSpans()})` };
  return { verdict: 'ok', seq: null, why: `each record by a key of AUDIT_KEYS (${macs.describeSpans()})${signatures}` };
}

/** Of several heads, those with the weakest signature. */
function describeSignatures(heads: readonly PartHead[]): string {
  for (const kind of ['unsigned', 'unchecked', 'good'] as const) {
    const of = heads.filter(({ signature }) => signature === kind);
    const [one] = of;
    if (one)
      return of.length > 1
        ? `; ${formatCount(of.length)} heads: each ${SIGNATURES[kind]}`
        : `; ${one.name} ${SIGNATURES[kind]}`;
  }
  return '';
}

const SIGNATURES = {
  good: 'is signed by AUDIT_SIGNING_KEY',
  unsigned: 'is not signed',
  unchecked: 'is signed, and neither AUDIT_SIGNING_KEY nor --public-key is given to check it',
} as const;
