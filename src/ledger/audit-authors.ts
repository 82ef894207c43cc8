import { type AuditKey, createMacs } from './audit-chain.ts';
import type { Fault, Readable, Taken } from './audit-chain-check.ts';
import { number, range } from './log-words.ts';

/** The records that one key covers, as spans of places. */
interface Covered {
  kid: string;
  from: number;
  to: number;
}

const MOST_SPANS_NAMED = 8;

/** Whether each record is by a key that was given, and which spans each covers. */
export function createAuthorCheck(keys: readonly AuditKey[]) {
  const known = new Map(keys.map(({ kid, key }) => [kid, createMacs(key)]));
  let forged: Fault | null = null;
  /** The first record under a key that was not given. */
  let missing: (Fault & { kid: string }) | null = null;
  const spans: Covered[] = [];
  let spanCount = 0;
  let current: Covered | null = null;

  function take({ mac, kid, where }: Readable, taken: Taken): void {
    const macs = known.get(kid);
    if (taken.seq !== null) cover(kid, taken.seq);
    if (!macs) {
      const named = JSON.stringify(kid.slice(0, 32));
      missing ??= { kid, seq: taken.seq, why: `${where} is under the key ${named}, which AUDIT_KEYS does not have` };
      return;
    }
    // Over the hash of the bytes themselves, whatever the line says that it is. Whoever verifies has the keys, so that
    // there is nobody to hide the time of a comparison from.
    if (!forged && macs(taken.hash) !== mac) {
      forged = { seq: taken.seq, why: `${where} has a mac that its key did not make` };
    }
  }

  function cover(kid: string, seq: number): void {
    if (current?.kid === kid) {
      current.to = seq;
      return;
    }
    current = { kid, from: seq, to: seq };
    spanCount += 1;
    if (spans.length < MOST_SPANS_NAMED) spans.push(current);
  }

  function words(): string {
    const told = spans.map(
      ({ kid, from, to }) => `${kid.slice(0, 32)}: ${range(from, to)}${known.has(kid) ? '' : ' (no such key)'}`,
    );
    const more = spanCount - spans.length;
    return `${told.join(', ')}${more > 0 ? ` and ${number(more)} more spans` : ''}`;
  }

  return { take, words, found: () => ({ forged, missing }) };
}

export type AuthorCheck = ReturnType<typeof createAuthorCheck>;
