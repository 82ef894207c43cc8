import { asRecordFast } from '../../domain/audit/audit-record.ts';
import { createOpenRequests, type Misfit } from '../../domain/proof/open-requests.ts';
import { formatCount } from '../format/format-counts.ts';
import { parseObject } from '../format/parse-json.ts';
import type { CheckedRecord } from './chain-check.ts';
import type { Fault, Verdict } from './verdict.ts';

/** They change neither a request nor a limit. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set(['refused', 'decision.refused', 'policy.loaded', 'audit.exported']);

/**
 * Whether the records of each request and of each run fit one another: a limit is changed only with the approvals that the
 * records ask for. What began before the first record is not judged.
 */
export function createStoryCheck() {
  let open: ReturnType<typeof createOpenRequests> | null = null;
  let fault: Fault | null = null;
  let unknown: Misfit | null = null;
  let unknownCount = 0;

  function add(bytes: string, { seq, event, loss }: CheckedRecord): void {
    if (seq === null || fault !== null) return;
    open ??= createOpenRequests({ isWhole: seq === 1 });
    // What the lost records said is not known.
    if (loss) open.clear();
    if (event === null || WITHOUT_EFFECT.has(event)) return;
    // The check of the chain has seen that it is not nested too deep.
    const value = parseObject(bytes);
    if (value === null) return;
    const record = asRecordFast(value);
    const misfit = record ? open.add(record) : unknownRecord(open, value, seq);
    if (misfit?.unknown) {
      unknown ??= misfit;
      unknownCount += 1;
    } else if (misfit) fault = { seq, why: `record ${seq} does not fit the ones before it: ${misfit.why}` };
  }

  function judge(chain: Verdict): Verdict {
    if (fault && (chain.verdict !== 'fault' || (fault.seq ?? 0) < (chain.seq ?? Infinity))) {
      return { verdict: 'fault', ...fault };
    }
    if (unknown === null || chain.verdict !== 'ok') return chain;
    const more = unknownCount > 1 ? ` (and ${formatCount(unknownCount - 1)} more)` : '';
    const why = `${chain.why}; what came of request ${unknown.request} is not known, since ${unknown.why}${more}`;
    return { verdict: 'unknown', seq: null, why };
  }

  return { add, judge };
}

function unknownRecord(
  open: ReturnType<typeof createOpenRequests>,
  { request }: Record<string, unknown>,
  seq: number,
): Misfit | null {
  return typeof request === 'string' ? open.addUnknown(request, seq) : null;
}
