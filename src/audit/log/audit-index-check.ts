import type { Connection } from '../../store/connection/connection.ts';
import type { Keys } from '../../store/connection/keys.ts';
import { indexKeysOf } from '../../store/ledger/index-keys.ts';
import { formatCount } from '../format/format-counts.ts';
import { type LogEntry, seqOf } from '../format/log-entry.ts';
import { parseObject } from '../format/parse-json.ts';
import { createIndexSums } from '../verify/index-sums.ts';
import type { Fault } from '../verify/verdict.ts';
import type { Verification } from '../verify/verify-log.ts';
import { type LogSnapshot, readEntries } from './audit-entries.ts';
import { readIndexes } from './index-entries.ts';

/**
 * Checks the look-up indexes against the records: each record is in every index that it belongs to, and no index names a
 * record that is not there. First it compares checksums, in memory that does not grow with the log. Where they differ, it
 * compares entry by entry.
 */
export function createIndexCheck(redis: Connection, keys: Keys, { ends, archivedUpTo }: LogSnapshot) {
  const first = (archivedUpTo?.seq ?? 0) + 1;
  // Records that are written in the meantime are not checked.
  const last = ends ? seqOf(ends.last) : 0;
  const by = createIndexSums(first, last);
  const wanted = by.sums();

  function add(page: readonly LogEntry[]): void {
    for (const { id, bytes } of page) {
      for (const index of indexesOf(bytes, keys)) wanted.add(index, seqOf(id));
    }
  }

  async function found(): Promise<Fault | null> {
    for (let from = first; ; ) {
      const there = by.sums();
      const odd = await addUp(there.add);
      const [place] = by.differing(wanted, there, from);
      if (place === undefined) return odd;
      // SCAN may return an index twice, so the sums can differ though nothing is wrong.
      const bad = await compareEntries(place, Math.min(last, place + by.width - 1));
      const lowest = odd !== null && (odd.seq ?? 0) < (bad?.seq ?? place + by.width) ? odd : bad;
      if (lowest !== null) return lowest;
      from = place + by.width;
    }
  }

  /** @returns the lowest entry that is wrong in itself: one beyond the end of the log, or with another score than its member */
  async function addUp(add: (index: string, seq: number) => void): Promise<Fault | null> {
    let odd: Fault | null = null;
    const found = (seq: number, why: string) => {
      if (odd === null || seq < (odd.seq ?? 0)) odd = { seq, why };
    };
    let beyond = { index: '', seq: 0 };
    for await (const entries of readIndexes(redis, keys, first, '+inf')) {
      for (const { index, score, member } of entries) {
        if (member === null) found(first, `${nameOf(index)} is no sorted set`);
        else if (member !== String(score)) found(placeOf(score), `${nameOf(index)} names ${member} at ${score}`);
        else if (score <= last) add(index, score);
        else if (score > beyond.seq) beyond = { index, seq: score };
      }
    }
    const head = Number((await redis.hget(keys.head, 'seq')) ?? 0);
    if (beyond.seq > Math.max(head, last)) {
      found(beyond.seq, `${nameOf(beyond.index)} names record ${formatCount(beyond.seq)}, which is not there`);
    }
    return odd;
  }

  /** Entry by entry. @returns the lowest that is missing, or that should not be there */
  async function compareEntries(from: number, to: number): Promise<Fault | null> {
    const due = new Map<string, { seq: number; index: string }>();
    const textOf = (index: string, seq: number) => `${seq} ${index}`;
    for await (const page of readEntries(redis, keys, { from: `${from}-0`, to: `${to}-0` })) {
      for (const { id, bytes } of page) {
        const seq = seqOf(id);
        for (const index of indexesOf(bytes, keys)) due.set(textOf(index, seq), { seq, index });
      }
    }
    const there = new Set<string>();
    let bad: (Fault & { seq: number }) | null = null;
    const found = (seq: number, why: string) => {
      if (bad === null || seq < bad.seq) bad = { seq, why };
    };
    for await (const entries of readIndexes(redis, keys, from, to)) {
      for (const { index, score, member } of entries) {
        if (member !== String(score)) continue;
        const text = textOf(index, score);
        if (due.has(text)) there.add(text);
        else found(score, `${nameOf(index)} names record ${formatCount(score)}, which is not about that, or not there`);
      }
    }
    for (const [text, { seq, index }] of due) {
      if (!there.has(text)) found(seq, `record ${formatCount(seq)} is missing in ${nameOf(index)}`);
    }
    return bad;
  }

  function placeOf(score: number): number {
    return Number.isFinite(score) ? Math.max(1, Math.floor(score)) : last;
  }

  return { add, found };
}

/** The indexes of a record, also of an event that this version does not know. */
export function indexesOf(bytes: string | null, keys: Keys): string[] {
  const { request, link, execution, actor } = parseObject(bytes ?? '') ?? {};
  const { team, user } = (actor ?? {}) as Record<string, unknown>;
  const by = typeof team === 'string' && typeof user === 'string' ? { team, user, name: '' } : null;
  return indexKeysOf({ request: textOr(request), link: textOr(link), execution: textOr(execution), actor: by }, keys);
}

function textOr(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function nameOf(index: string): string {
  return `the look-up index ${index}`;
}

/** Adds the result of the index check: a wrong index hides records from look-ups in Slack, or shows others. */
export function withIndexes(found: Verification, fault: Fault | null): Verification {
  if (fault === null) {
    return { ...found, integrity: { ...found.integrity, why: `${found.integrity.why}; look-up indexes match` } };
  }
  const firstBad = Math.min(fault.seq ?? Infinity, found.firstBad ?? Infinity);
  const integrity = { verdict: 'fault' as const, ...fault };
  return { ...found, integrity, faulty: true, firstBad: firstBad === Infinity ? null : firstBad };
}
