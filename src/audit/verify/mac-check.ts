import { type AuditKey, createMacs } from '../format/audit-chain.ts';
import { formatCount, formatRange } from '../format/format-counts.ts';
import type { CheckedRecord, Readable } from './chain-check.ts';
import type { Fault } from './verdict.ts';

/** A span of records whose MACs are by one key. */
interface KeySpan {
  kid: string;
  from: number;
  to: number;
}

const MAX_SPANS_NAMED = 8;

/** Checks each record's MAC by the keys that were given, and collects which spans of records each key covers. */
export function createMacCheck(keys: readonly AuditKey[]) {
  const known = new Map(keys.map(({ kid, key }) => [kid, createMacs(key)]));
  let forged: Fault | null = null;
  /** The first record under a key that was not given. */
  let missing: (Fault & { kid: string }) | null = null;
  const spans: KeySpan[] = [];
  let spanCount = 0;
  let current: KeySpan | null = null;

  function add({ mac, kid, where }: Readable, checked: CheckedRecord): void {
    const macs = known.get(kid);
    if (checked.seq !== null) extendSpan(kid, checked.seq);
    if (!macs) {
      const named = JSON.stringify(kid.slice(0, 32));
      missing ??= { kid, seq: checked.seq, why: `${where} is under the key ${named}, which AUDIT_KEYS does not have` };
      return;
    }
    // Over the hash that was computed, not the one that the line claims. The comparison need not take constant time:
    // whoever verifies has the keys.
    if (!forged && macs(checked.hash) !== mac) {
      forged = { seq: checked.seq, why: `${where} has a mac that its key did not make` };
    }
  }

  function extendSpan(kid: string, seq: number): void {
    if (current?.kid === kid) {
      current.to = seq;
      return;
    }
    current = { kid, from: seq, to: seq };
    spanCount += 1;
    if (spans.length < MAX_SPANS_NAMED) spans.push(current);
  }

  /** The spans, for the words of a verdict. */
  function describeSpans(): string {
    const named = spans.map(
      ({ kid, from, to }) => `${kid.slice(0, 32)}: ${formatRange(from, to)}${known.has(kid) ? '' : ' (no such key)'}`,
    );
    const more = spanCount - spans.length;
    return `${named.join(', ')}${more > 0 ? ` and ${formatCount(more)} more spans` : ''}`;
  }

  return { add, describeSpans, found: () => ({ forged, missing }) };
}

export type MacCheck = ReturnType<typeof createMacCheck>;
