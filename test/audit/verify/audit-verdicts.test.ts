import { describe, expect, it } from 'vitest';
import type { ExportedRecord } from '../../../src/audit/format/export-format.ts';
import { at, type Claim, changed, LOG, said, sealed, verify, whole } from './verdict-fixture.ts';

describe('the words of a verdict', () => {
  it('of a good log', async () => {
    expect(said(await verify(LOG))).toEqual([
      'ok null: 12 records, hash chain unbroken',
      'ok null: 1 … 12, as its head says',
      'ok null: each record by a key of AUDIT_KEYS (k1: 1 … 12)',
    ]);
    const one = LOG.slice(0, 1);
    expect(said(await verify(one, { claim: whole(one, { last: 1, count: 1 }) })).slice(0, 2)).toEqual([
      'ok null: 1 record, hash chain unbroken',
      'ok null: 1, as its head says',
    ]);
  });

  it.each<[string, (lines: ExportedRecord[]) => Parameters<typeof verify>[0], string, number]>([
    ['bytes', (l) => l.with(4, { ...at(5), bytes: `${at(5).bytes} ` }), 'line 5 is not what its hash says', 5],
    ['a problem', (l) => [...l.slice(0, 4), { problem: 'is odd' } as never, ...l.slice(5)], 'line 5 is odd', 5],
    ['an id', (l) => l.with(4, { ...at(5), id: '6-0' } as never), 'line 5 holds record 5', 5],
    ['twice', (l) => l.toSpliced(5, 0, at(5)), 'line 6 is record 5 again, or out of its place: 6 should come here', 5],
    ['one gone', (l) => l.toSpliced(4, 1), '5 missing before record 6', 5],
    ['two gone', (l) => l.toSpliced(4, 2), '5 … 6 missing before record 7', 5],
  ])('of a log with another %s', async (_what, damage, words, bad) => {
    const found = await verify(damage(LOG), { claim: whole(LOG) });
    expect([found.integrity.why, found.integrity.seq, found.faulty, found.firstBad]).toEqual([words, bad, true, bad]);
  });

  it.each<[string, (record: Record<string, unknown>) => object, string]>([
    ['prev', (r) => ({ ...r, prev: 'cd'.repeat(32) }), 'record 5 does not follow the one before it'],
    ['log', (r) => ({ ...r, log: 'other' }), 'record 5 is of another log, other'],
    ['at', (r) => ({ ...r, at: '2026-03-01T00:00:00.000Z' }), 'record 5 is dated before the one before it'],
    ['v', (r) => ({ ...r, v: 2 }), 'line 5 is of a format version that is not known here'],
    ['empty log', (r) => ({ ...r, log: '' }), 'line 5 names no log'],
    ['log of no text', (r) => ({ ...r, log: 7 }), 'line 5 names no log'],
    ['seq', (r) => ({ ...r, seq: 0 }), 'line 5 has a `seq` that is no place'],
    ['long prev', (r) => ({ ...r, prev: `${'c'.repeat(64)}0` }), 'line 5 has a `prev` that is no hash'],
    ['prev of no text', (r) => ({ ...r, prev: null }), 'line 5 has a `prev` that is no hash'],
    ['prev in a list', (r) => ({ ...r, prev: [r.prev] }), 'line 5 has a `prev` that is no hash'],
    ['time in a list', (r) => ({ ...r, at: [r.at] }), 'line 5 has an `at` that is no time'],
    ['time before', (r) => ({ ...r, at: ` ${r.at}` }), 'line 5 has an `at` that is no time'],
    ['time behind', (r) => ({ ...r, at: `${r.at} ` }), 'line 5 has an `at` that is no time'],
    ['no time', (r) => ({ ...r, at: 5 }), 'line 5 has an `at` that is no time'],
    ['event', (r) => ({ ...r, event: '' }), 'line 5 names no event'],
    ['event of no text', (r) => ({ ...r, event: 5 }), 'line 5 names no event'],
    ['array', () => [], 'line 5 holds no JSON object'],
    ['a field', ({ rule: _, ...r }) => r, 'line 5 has no `rule`'],
  ])('of a record with another %s, under the right hash', async (_what, change, words) => {
    const lines = changed(5, change);
    const found = await verify(lines);
    expect([found.integrity.verdict, found.integrity.why, found.firstBad]).toEqual(['fault', words, 5]);
    expect(found.authenticity.verdict).toBe('ok');
  });

  it('of a record that is nested deeper than any, planted by whoever has the key or not', async () => {
    const nested = (depth: number) =>
      at(12).bytes.replace('"detail":{"why":"no-rule"}', `"detail":${'['.repeat(depth)}${']'.repeat(depth)}`);
    for (const depth of [32, 5000, 200_000]) {
      const record = sealed(nested(depth));
      const found = await verify(LOG.with(11, record));
      expect(said(found)[0]).toBe('fault 12: line 12 is nested deeper than any record');
      const unsealed = await verify(LOG.with(11, { ...record, hash: at(12).hash }));
      expect(said(unsealed)[0]).toBe('fault 12: line 12 is not what its hash says');
      const alone = await verify([{ ...record, hash: at(12).hash }], {
        claim: whole(LOG, { first: null, last: null }),
      });
      expect(alone.integrity).toMatchObject({ verdict: 'fault', seq: null });
    }
    expect((await verify(LOG.with(11, sealed(nested(31))))).faulty).toBe(false);
    // What stands in a text nests nothing.
    const text = changed(12, (record) => ({ ...record, reason: `\\"${'[{'.repeat(50)}` }));
    expect((await verify(text)).faulty).toBe(false);
  });

  it('of bytes that are not compact', async () => {
    const lines = LOG.with(11, sealed(` ${at(12).bytes}`));
    const [integrity] = said(await verify(lines));
    expect(integrity).toBe('fault 12: line 12 is not compact JSON that says each thing once');
  });

  it('names the first fault, and goes on after it', async () => {
    const lines = LOG.with(2, { ...at(3), hash: at(4).hash }).with(8, { ...at(9), hash: at(4).hash });
    expect(said(await verify(lines))[0]).toBe('fault 3: line 3 is not what its hash says');
    const early = LOG.with(0, { ...at(1), hash: at(4).hash });
    const found = await verify(early, { claim: whole(LOG) });
    expect(said(found).slice(0, 2)).toEqual([
      'fault 1: line 1 is not what its hash says',
      'ok null: 1 … 12, as its head says',
    ]);
    expect(found.firstBad).toBe(1);
  });

  it('takes the first record of the log only after 64 zeros', async () => {
    const lines = changed(1, (r) => ({ ...r, prev: 'ab'.repeat(32) }));
    expect(said(await verify(lines))[0]).toBe('fault 1: record 1 does not follow the one before it');
  });

  it.each<[string, Partial<Claim>, string]>([
    ['log', { log: 'other' }, 'fault null: its head is of another log, other'],
    ['first', { first: 3 }, 'fault 1: begins at 1, and its head says 3'],
    ['last', { last: 11 }, 'fault 12: ends at 12, and its head says 11'],
    ['further last', { last: 1400 }, 'fault 13: ends at 12, and its head says 1,400'],
    ['count', { count: 11 }, 'fault null: 12 records, and its head says 11'],
    ['hash', { hash: 'ab'.repeat(32) }, 'fault 12: record 12 is not the one that its head ends with'],
    ['nothing', { first: null, last: null }, 'fault 1: its head says that there is no record'],
    ['half', { first: 1, last: null }, 'fault 1: its head says that there is no record'],
    ['other half', { first: null, last: 12 }, 'fault 1: its head says that there is no record'],
  ])('of a log against a head of another %s', async (_what, but, words) => {
    expect(said(await verify(LOG, { claim: whole(LOG, but) }))[1]).toBe(words);
  });

  it('of what begins later than its head says', async () => {
    const { completeness, firstBad } = await verify(LOG.slice(2), { claim: whole(LOG) });
    expect([completeness.why, completeness.seq, firstBad]).toEqual(['begins at 3, and its head says 1', 1, 1]);
  });

  it('finds each record of Redis in the place that its id says', async () => {
    const lines = LOG.map((record, place) => ({ ...record, id: `${place + 1}-0` }));
    expect((await verify(lines)).faulty).toBe(false);
  });

  it('names the lowest of several', async () => {
    const found = await verify(LOG.with(2, { ...at(3), mac: at(9).mac }).with(7, { ...at(8), hash: at(1).hash }));
    expect([found.integrity.seq, found.authenticity.seq, found.firstBad]).toEqual([8, 3, 3]);
  });

  it('of a log of which nothing can be read', async () => {
    const found = await verify([{ problem: 'is odd' }], { claim: whole(LOG, { last: 1 }) });
    expect(said(found)[1]).toBe('fault 1: record 1 is not the one that its head ends with');
  });

  it('of nothing', async () => {
    expect((await verify(LOG, { claim: null })).faulty).toBe(true);
    expect(said(await verify([], { claim: null }))).toEqual([
      'unknown null: there is no record to check',
      "fault null: its head is missing or can't be read",
      'unknown null: there is no record to check',
    ]);
    const none = { log: null, first: null, last: null, hash: null, count: 0 };
    expect(said(await verify([], { claim: none }))[1]).toBe('ok null: no record, as its head says');
    expect(said(await verify([], { claim: whole(LOG) }))[1]).toBe(
      'fault 1: no record can be read, and its head says 1 … 12',
    );
    expect((await verify([], { claim: none })).faulty).toBe(false);
  });

  it('of records too many, at the one where it goes wrong', async () => {
    const found = await verify(LOG.toSpliced(5, 0, at(5)), { claim: whole(LOG, { count: 12 }) });
    expect(said(found)[1]).toBe('fault 5: 13 records, and its head says 12');
  });

  it('of a record that can not be read in its place, by the place of it', async () => {
    const problems = [{ problem: 'is odd' }, ...LOG.slice(1)] as Parameters<typeof verify>[0];
    const unplaced = await verify(problems, { claim: whole(LOG, { first: null, last: null }) });
    expect(unplaced.integrity).toMatchObject({ verdict: 'fault', seq: null });
    const placed = await verify(problems, { claim: whole(LOG) });
    expect(placed.integrity).toMatchObject({ verdict: 'fault', seq: 1 });
    const unread = [sealed('no record'), ...LOG.slice(1)];
    const found = await verify(unread, { claim: whole(LOG, { first: null, last: null }) });
    expect([found.integrity.seq, found.integrity.why]).toEqual([null, 'line 1 holds no JSON object']);
    expect(found.authenticity.why).toContain('(k1: 2 … 12)');
    const unlike = [{ ...at(1), hash: at(2).hash }, ...LOG.slice(1)];
    expect((await verify(unlike, { claim: whole(LOG, { first: null, last: null }) })).integrity.seq).toBe(1);
  });
});
