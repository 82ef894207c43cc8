import { describe, expect, it } from 'vitest';
import type { ExportedRecord } from '../../../src/audit/format/export-format.ts';
import { verifyParts } from '../../../src/audit/verify/verify-log.ts';
import { GENESIS } from '../../../src/domain/audit/audit-record.ts';
import { LOG_ID, MEMORY_KEY } from './in-memory-log.ts';
import { at, changed, LOG, part, said, sealed, verify, whole } from './verdict-fixture.ts';

describe('a part that was archived', () => {
  const archivedAt = (last: number, hash: string) =>
    changed(12, (record) => ({ ...record, event: 'audit.archived', detail: { last, hash } }));
  const held = async (lines: ExportedRecord[], archivedUpTo: { seq: number; hash: string | null }) => {
    const rest = lines.slice(archivedUpTo.seq);
    return verify(rest, { claim: whole(rest, { first: archivedUpTo.seq + 1, archivedUpTo }) });
  };

  it('is let pass where an accepted loss says so, in the place of a record that was lost', async () => {
    const archivedUpTo = { seq: 4, hash: at(4).hash };
    const lossWith = (said: object | null) => {
      const seen = { log: LOG_ID, seq: 11, hash: 'ab'.repeat(32) };
      const detail = { by: 'somebody', gap: null, from: 11, seen, survived: null, floor: said };
      return changed(12, (record) => ({ ...record, event: 'loss.accepted', detail }));
    };
    expect((await held(lossWith(archivedUpTo), archivedUpTo)).integrity.verdict).toBe('ok');
    for (const other of [null, { ...archivedUpTo, seq: 3 }, { ...archivedUpTo, hash: at(3).hash }]) {
      expect((await held(lossWith(other), archivedUpTo)).integrity.why).toBe('no record says that 1 … 4 were archived');
    }
  });

  it('is let pass where a record says so, and what follows it follows', async () => {
    const archivedUpTo = { seq: 4, hash: at(4).hash };
    expect(said(await held(archivedAt(4, at(4).hash), archivedUpTo))[0]).toBe(
      'ok null: 8 records, hash chain unbroken',
    );
    expect((await held(archivedAt(4, at(3).hash), archivedUpTo)).integrity).toMatchObject({
      verdict: 'fault',
      seq: 5,
      why: 'no record says that 1 … 4 were archived',
    });
    expect((await held(archivedAt(3, at(4).hash), archivedUpTo)).faulty).toBe(true);
    expect((await held(LOG, archivedUpTo)).faulty).toBe(true);
    const other = await held(archivedAt(4, at(3).hash), { seq: 4, hash: at(3).hash });
    expect(other.integrity.why).toBe('record 5 does not follow the one before it');
    const another = changed(12, (record) => ({ ...record, detail: archivedUpTo }));
    const refused = changed(12, (record) => ({ ...record, detail: { last: 4, hash: at(4).hash } }));
    for (const lines of [another, refused]) expect((await held(lines, archivedUpTo)).faulty).toBe(true);
    const silent = changed(12, (record) => ({ ...record, event: 'audit.archived', detail: null }));
    expect((await held(silent, archivedUpTo)).faulty).toBe(true);
  });

  it('is taken from the first record where nothing else says which one was the last of it', async () => {
    const lines = archivedAt(4, at(4).hash);
    expect(said(await held(lines, { seq: 4, hash: null }))[0]).toBe('ok null: 8 records, hash chain unbroken');
    expect((await held(archivedAt(4, at(3).hash), { seq: 4, hash: null })).faulty).toBe(true);
  });

  it('is not followed by a record that is the first of a log, unless it accepts a loss', async () => {
    const anew = { ...JSON.parse(at(5).bytes), prev: GENESIS };
    const lines = [sealed(JSON.stringify(anew))];
    const found = await verify(lines, {
      claim: whole(lines, { first: 5, last: 5, archivedUpTo: { seq: 4, hash: at(4).hash } }),
    });
    expect(said(found)[0]).toBe('fault 5: record 5 does not follow the one before it');
  });

  it('may be followed by an accepted loss', async () => {
    const detail = {
      by: 'a test',
      gap: { first: 5, last: 8 },
      from: 5,
      survived: null,
      seen: { log: LOG_ID, seq: 8, hash: at(8).hash },
    };
    const loss = { ...JSON.parse(at(9).bytes), event: 'loss.accepted' };
    const lostAfter = (told: object, archivedUpTo = { last: 4, hash: at(4).hash }, prev = at(4).hash) => {
      const nine = sealed(JSON.stringify({ ...loss, prev, detail: { ...detail, ...told } }));
      const ten = { ...JSON.parse(at(10).bytes), prev: nine.hash, event: 'audit.archived', detail: archivedUpTo };
      return [nine, sealed(JSON.stringify(ten))];
    };
    const archivedUpTo = { seq: 4, hash: at(4).hash };
    const live = (records: ExportedRecord[], first: number) =>
      verify(records, { claim: whole(records, { first, last: 10, archivedUpTo }) });
    const found = await live(lostAfter({}), 5);
    expect(said(found).slice(0, 2)).toEqual([
      'ok null: 2 records, hash chain unbroken; accepted as lost: 5 … 8',
      'ok null: 5 … 10, as its head says',
    ]);
    expect((await live(lostAfter({ gap: { first: 4, last: 8 } }), 5)).integrity.why).toBe(
      'record 9 names another gap than it leaves',
    );
    expect((await live(lostAfter({}), 6)).firstBad).toBe(6);
    // A loss after another record than that one leaves the gap as it is.
    expect(said(await live(lostAfter({}, undefined, at(3).hash), 5)).slice(0, 2)).toEqual([
      'ok null: 2 records, hash chain unbroken',
      'fault 5: begins at 9, and its head says 5',
    ]);
    for (const first of [5, 9]) {
      const parts = [part(LOG.slice(0, 4), { last: 4 }), part(lostAfter({}), { first, last: 10 })];
      expect(said(await verifyParts(parts, [MEMORY_KEY])).slice(0, 2)).toEqual([
        'ok null: 6 records, hash chain unbroken; accepted as lost: 5 … 8',
        'ok null: 1 … 10, as each of 2 heads says of its part',
      ]);
    }
    const wrong = [part(LOG.slice(0, 4), { last: 4 }), part(lostAfter({}), { first: 8, last: 10 })];
    expect((await verifyParts(wrong, [MEMORY_KEY])).completeness.why).toBe('begins at 9, and a head says 8');
  });
});
