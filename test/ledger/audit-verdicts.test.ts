import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { GENESIS } from '../../src/domain/audit-record.ts';
import { createMacs } from '../../src/ledger/audit-chain.ts';
import { type KnownCheckpoint, knownCheckpoints } from '../../src/ledger/checkpoint-check.ts';
import { readCheckpointLine, writeCheckpointLine } from '../../src/ledger/checkpoint-format.ts';
import type { ExportedRecord } from '../../src/ledger/export-format.ts';
import type { PartHead } from '../../src/ledger/part-head.ts';
import { verifyParts } from '../../src/ledger/verify-log.ts';
import { LOG_ID, MEMORY_KEY } from './in-memory-log.ts';
import {
  at,
  type Claim,
  changed,
  checkpoint,
  type Given,
  LOG,
  part,
  said,
  sealed,
  verify,
  whole,
} from './verdict-fixture.ts';

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

describe('keys', () => {
  const NEW = { kid: 'k2', key: Buffer.alloc(32, 9) };
  const rotated = changed(5, (record) => record, NEW);

  it('are told with the spans that they cover, and a missing one is not known and not good', async () => {
    expect(said(await verify(rotated, { keys: [NEW, MEMORY_KEY] }))[2]).toBe(
      'ok null: each record by a key of AUDIT_KEYS (k1: 1 … 4, k2: 5 … 12)',
    );
    const missing = await verify(rotated, { keys: [MEMORY_KEY] });
    expect(said(missing)[2]).toBe(
      'unknown 5: line 5 is under the key "k2", which AUDIT_KEYS does not have (k1: 1 … 4, k2: 5 … 12 (no such key))',
    );
    expect([missing.faulty, missing.firstBad]).toEqual([true, 5]);
  });

  it('that did not make a mac are a fault before one that is missing', async () => {
    const wrong = rotated.with(6, { ...(rotated[6] as ExportedRecord), mac: at(3).mac });
    expect(said(await verify(wrong, { keys: [MEMORY_KEY, NEW] }))[2]).toBe(
      'fault 7: line 7 has a mac that its key did not make',
    );
    const both = wrong.with(2, { ...at(3), kid: 'k'.repeat(40) });
    expect(said(await verify(both, { keys: [MEMORY_KEY, NEW] }))[2]).toMatch(/^fault 7/);
    const long = LOG.with(2, { ...at(3), kid: 'k'.repeat(40) });
    expect(said(await verify(long))[2]).toContain(`the key "${'k'.repeat(32)}", which`);
    expect(said(await verify(long))[2]).toContain(`, ${'k'.repeat(32)}: 3 (no such key), `);
    const twice = LOG.with(2, { ...at(3), mac: at(9).mac }).with(8, { ...at(9), mac: at(3).mac });
    expect((await verify(twice)).authenticity.seq).toBe(3);
    const missingTwice = LOG.with(2, { ...at(3), kid: 'k8' }).with(8, { ...at(9), kid: 'k9' });
    expect((await verify(missingTwice)).authenticity.seq).toBe(3);
  });

  it('are not asked for where nobody gave any', async () => {
    const found = await verify(LOG.with(2, { ...at(3), mac: at(9).mac }), { keys: null });
    expect(said(found)[2]).toBe('unknown null: AUDIT_KEYS is not set');
    expect(found.faulty).toBe(false);
  });

  it('that change all the time are told in part', async () => {
    const many = Array.from({ length: 12 }, (_, place) => place + 1).map((seq) =>
      seq % 2 === 0 ? { ...at(seq), kid: NEW.kid, mac: createMacs(NEW.key)(at(seq).hash) } : at(seq),
    );
    const words = said(await verify(many, { keys: [MEMORY_KEY, NEW] }))[2];
    expect(words).toContain('k1: 1, k2: 2, k1: 3');
    expect(words).toContain('k2: 8 and 4 more spans)');
  });

  it('sign the head as well', async () => {
    const words = async (signature: PartHead['signature'], keys?: null) =>
      said(await verify(LOG, { signature, ...(keys === null ? { keys } : {}) }))[2];
    expect(await words('good')).toMatch(/^ok null: .*; its head is signed by AUDIT_SIGNING_KEY$/);
    expect(await words('unsigned')).toMatch(/; its head is not signed$/);
    expect(await words('unchecked', null)).toBe(
      'unknown null: AUDIT_KEYS is not set; its head is signed, and neither AUDIT_SIGNING_KEY nor --public-key is given to check it',
    );
    expect(await words('bad')).toBe('fault null: the signature of its head is not by AUDIT_SIGNING_KEY');
    expect(await words('unsigned-though-key')).toBe('fault null: its head is not signed, and a signing key is given');
    expect(said(await verify([], { signature: 'good' }))[2]).toBe(
      'unknown null: there is no record to check; its head is signed by AUDIT_SIGNING_KEY',
    );
  });
});

describe('an accepted loss', () => {
  /** The log up to a place, then a record that accepts the loss of what follows; without a gap, of a fork that was seen. */
  function accepted(survived: number, seq: number, but: Record<string, unknown> = {}): ExportedRecord[] {
    const last = LOG[survived - 1];
    const gap = seq > survived + 1;
    const detail = {
      ...{
        by: 'a test',
        gap: gap ? { first: survived + 1, last: seq - 1 } : null,
        from: gap ? survived + 1 : survived,
      },
      ...{ seen: { log: LOG_ID, seq: seq - 1, hash: 'cd'.repeat(32) }, survived: null },
    };
    const record = { ...JSON.parse(at(12).bytes), seq, prev: last?.hash ?? GENESIS, event: 'loss.accepted', detail };
    const { detail: inDetail, ...rest } = but;
    const told = inDetail === undefined ? detail : inDetail && { ...detail, ...inDetail };
    return [...LOG.slice(0, survived), sealed(JSON.stringify({ ...record, ...rest, detail: told }))];
  }
  const held = (survived: number, seq: number, given: Given = {}, but: Record<string, unknown> = {}) => {
    const lines = accepted(survived, seq, but);
    return verify(lines, { claim: whole(lines, { last: seq }), ...given });
  };

  it('is the only gap that is let pass, and named', async () => {
    const found = await held(4, 9);
    expect(said(found)).toEqual([
      'ok null: 5 records, hash chain unbroken; accepted as lost: 5 … 8',
      'ok null: 1 … 9, as its head says',
      'ok null: each record by a key of AUDIT_KEYS (k1: 1 … 9)',
    ]);
    expect((await held(4, 9, {}, { event: 'refused' })).firstBad).toBe(5);
    expect((await held(4, 9, {}, { prev: at(3).hash })).firstBad).toBe(5);
    expect(said(await held(4, 5))[0]).toBe('ok null: 5 records, hash chain unbroken');
  });

  it('may be where a log begins anew, of which nothing was left', async () => {
    expect(said(await held(0, 9)).slice(0, 2)).toEqual([
      'ok null: 1 record, hash chain unbroken; accepted as lost: 1 … 8',
      'ok null: 1 … 9, as its head says',
    ]);
    expect((await held(0, 9, {}, { prev: at(8).hash })).faulty).toBe(true);
    expect((await held(0, 9, {}, { event: 'refused' })).faulty).toBe(true);
    const lines = accepted(0, 9);
    const inside = await verify(lines, { claim: whole(lines, { first: 9, last: 9 }) });
    expect(said(inside)[0]).toBe('ok null: 1 record, hash chain unbroken');
    const part = accepted(4, 9).slice(4);
    expect((await verify(part, { claim: whole(part, { first: 9, last: 9 }) })).faulty).toBe(false);
    expect(said(await held(0, 1))[0]).toBe('fault 1: record 1 gives up record 0, which comes after it');
  });

  it('is named each time, up to five', async () => {
    let lines = LOG.slice(0, 1);
    for (let seq = 3; seq <= 15; seq += 2) {
      const seen = { log: LOG_ID, seq: seq - 1, hash: 'cd'.repeat(32) };
      const detail = { by: 'a test', gap: { first: seq - 1, last: seq - 1 }, from: seq - 1, seen, survived: null };
      const record = { ...JSON.parse(at(12).bytes), seq, prev: lines.at(-1)?.hash, event: 'loss.accepted', detail };
      lines = [...lines, sealed(JSON.stringify(record))];
    }
    const words = said(await verify(lines, { claim: whole(lines, { last: 15 }) }))[0];
    expect(words).toBe('ok null: 8 records, hash chain unbroken; accepted as lost: 2, 4, 6, 8, 10 and 2 more');
  });

  const seenAt = (seq: number) => ({ seen: { log: LOG_ID, seq, hash: 'cd'.repeat(32) } });
  it.each<[string, object | null, string]>([
    ['no words', null, 'does not say what was lost'],
    ['a record that comes after it', seenAt(9), 'gives up record 9, which comes after it'],
    ['a record far after it', seenAt(9e15), 'gives up record 9000000000000000, which comes after it'],
    ['a record that is none', seenAt(0), 'gives up record 0, which comes after it'],
    ['half a record', seenAt(6.5), 'gives up record 6.5, which comes after it'],
    ['nothing', { from: 9 }, 'gives up 9 to 8, which is nothing'],
    ['what no log has', { from: 0 }, 'gives up 0 to 8, which is nothing'],
    ['no gap', { gap: null }, 'names another gap than it leaves'],
    ['a smaller gap', { gap: { first: 6, last: 8 } }, 'names another gap than it leaves'],
    ['a greater gap', { gap: { first: 5, last: 9 } }, 'names another gap than it leaves'],
    ['less than its gap', { from: 6 }, 'does not stand after the highest record seen'],
    ['a gap beyond what was seen', seenAt(6), 'does not stand after the highest record seen'],
  ])('is none with %s', async (_what, detail, words) => {
    const found = await held(4, 9, { checkpoints: [checkpoint(6), checkpoint(9)] }, { detail });
    expect(said(found)[0]).toBe(`fault 5: 5 … 8 missing before record 9: record 9 ${words}`);
    expect(found.completeness).toMatchObject({ verdict: 'fault', seq: 5 });
    // Where nothing was left, and where nothing is known of what was before.
    const anew = await held(0, 9, {}, { detail: detail && { gap: { first: 1, last: 8 }, from: 1, ...detail } });
    if (!words.includes('less')) expect([anew.faulty, anew.firstBad]).toEqual([true, expect.any(Number)]);
    const first = accepted(4, 9, { detail }).slice(4);
    const alone = await verify(first, { claim: whole(first, { first: 9, last: 9 }) });
    expect(alone.faulty).toBe(/say|after it|nothing/.test(words));
  });

  it('without a gap is one of what a fork had', async () => {
    expect((await held(4, 5)).faulty).toBe(false);
    expect(said(await held(4, 5, {}, { detail: { gap: { first: 5, last: 5 } } }))[0]).toBe(
      'fault 5: record 5 names another gap than it leaves',
    );
    expect(said(await held(4, 5, {}, { detail: { from: 5 } }))[0]).toBe(
      'fault 5: record 5 gives up 5 to 4, which is nothing',
    );
    expect((await held(4, 5, {}, { detail: { from: 1, ...seenAt(2) } })).faulty).toBe(false);
    // A checkpoint of the fork is given up, and one of before it is not.
    const own = { hash: accepted(4, 5).at(-1)?.hash ?? '' };
    const fork = { checkpoints: [checkpoint(4, { hash: 'ee'.repeat(32) }), checkpoint(5, own)] };
    expect((await held(4, 5, fork)).completeness.why).toContain('1 of 2 checkpoints borne out, 1 given up');
    expect(
      (await held(4, 5, { checkpoints: [checkpoint(3, { hash: 'ee'.repeat(32) }), checkpoint(5, own)] })).firstBad,
    ).toBe(3);
  });

  it('gives up the checkpoints of what was lost, and no other', async () => {
    const own = checkpoint(9, { hash: accepted(4, 9).at(-1)?.hash ?? '' });
    const words = async (...checkpoints: KnownCheckpoint[]) => {
      const { completeness, faulty } = await held(4, 9, { checkpoints: [...checkpoints, { ...own, count: 5 }] });
      return [faulty, completeness.why];
    };
    const begin = '1 … 9, as its head says; ';
    expect(await words(checkpoint(4))).toEqual([false, `${begin}2 of 2 checkpoints borne out`]);
    expect(await words(checkpoint(4), checkpoint(5), checkpoint(8))).toEqual([
      false,
      `${begin}2 of 4 checkpoints borne out, 2 given up by an accepted loss`,
    ]);
    expect((await words(checkpoint(4, { hash: 'ee'.repeat(32) })))[0]).toBe(true);
    expect((await words(checkpoint(9)))[0]).toBe(true);
    expect((await words(checkpoint(8, { log: 'other' })))[0]).toBe(true);
  });

  it('gives up no checkpoint where none since then bears it out', async () => {
    const own = checkpoint(9, { hash: accepted(4, 9).at(-1)?.hash ?? '', count: 5 });
    const fault = (seq: number) => ({
      ...{ verdict: 'fault', seq },
      why: expect.stringContaining(
        `record 9 gives up what a checkpoint has seen of record ${seq}, and no checkpoint since`,
      ),
    });
    const completeness = async (...checkpoints: KnownCheckpoint[]) => (await held(4, 9, { checkpoints })).completeness;
    expect(await completeness(checkpoint(4), checkpoint(6), checkpoint(5))).toMatchObject(fault(5));
    expect(await completeness(checkpoint(6), { ...own, signature: 'unsigned-though-key' })).toMatchObject(fault(6));
    expect(await completeness(checkpoint(6), { ...own, signature: 'bad' })).toMatchObject(fault(6));
    for (const signature of ['good', 'unsigned', 'unchecked'] as const) {
      expect((await completeness(checkpoint(6), { ...own, signature })).verdict).toBe('ok');
    }
  });

  it('without its words gives up nothing', async () => {
    const { faulty } = await held(4, 9, { checkpoints: [checkpoint(6)] }, { detail: null });
    expect(faulty).toBe(true);
    expect((await held(4, 9, { checkpoints: [checkpoint(6)] }, { detail: { from: 5 } })).faulty).toBe(true);
  });
});

describe('checkpoints', () => {
  const held = async (checkpoints: KnownCheckpoint[], lines = LOG, but: Partial<Claim> = {}) => {
    const found = await verify(lines, { checkpoints, claim: whole(lines, but) });
    return [...said(found), found.firstBad];
  };

  it('are held against the log, two of one place too', async () => {
    expect((await held([checkpoint(3), checkpoint(3), checkpoint(12)]))[1]).toBe(
      'ok null: 1 … 12, as its head says; 3 of 3 checkpoints borne out',
    );
    expect((await held([]))[1]).toBe('ok null: 1 … 12, as its head says; 0 of 0 checkpoints borne out');
    const conflict = await held([
      checkpoint(3),
      checkpoint(3, { hash: 'ee'.repeat(32) }),
      checkpoint(7, { hash: 'ff' }),
    ]);
    expect(conflict[0]).toBe('fault 3: record 3 is not the one that a checkpoint has seen (eeeeeeeeeeeeeeeeeeee…)');
    expect(conflict[3]).toBe(3);
  });

  it('are missed where the log ends before them, the lowest of them all', async () => {
    const cut = LOG.slice(0, 6);
    const found = await held([checkpoint(11), checkpoint(9), checkpoint(2)], cut, { last: 6 });
    expect(found[1]).toBe(`fault 7: ends at 6, and a checkpoint has seen record 9 (${at(9).hash.slice(0, 20)}…)`);
    const nothing = await held([checkpoint(4), checkpoint(5)], [], { first: null, last: null });
    expect(nothing[1]).toBe('fault null: there is no record, and a checkpoint has seen record 4');
  });

  it('speak after what is wrong already, where that comes first', async () => {
    const broken = LOG.with(1, { ...at(2), hash: at(4).hash });
    const [integrity] = await held([checkpoint(7, { hash: 'ee'.repeat(32) })], broken, { hash: at(12).hash });
    expect(integrity).toBe('fault 2: line 2 is not what its hash says');
    const later = LOG.with(8, { ...at(9), hash: at(4).hash });
    const [first] = await held([checkpoint(7, { hash: 'ee'.repeat(32) })], later, { hash: at(12).hash });
    expect(first).toMatch(/^fault 7: record 7 is not the one/);
    const same = LOG.with(6, { ...at(7), hash: at(4).hash });
    const [own] = await held([checkpoint(7, { hash: 'ee'.repeat(32) })], same, { hash: at(12).hash });
    expect(own).toBe('fault 7: line 7 is not what its hash says');
    const none = await held([checkpoint(7)], LOG, { log: 'other' });
    expect(none[1]).toBe('fault null: its head is of another log, other');
  });

  it('of another log are a conflict, of before the first record only told', async () => {
    const [integrity] = await held([checkpoint(7, { log: 'other' }), checkpoint(8, { log: 'more' })]);
    expect(integrity).toBe('fault 1: the log is the-log, and a checkpoint is of other');
    const later = LOG.slice(4);
    const ends = [checkpoint(5, { hash: 'ee'.repeat(32) }), checkpoint(12, { hash: 'ee'.repeat(32) })];
    for (const end of ends)
      expect((await held([end], later, { first: 5 }))[0]).toMatch(`fault ${end.seq}: record ${end.seq} is`);
    const words = await held([checkpoint(2), checkpoint(5), checkpoint(12)], later, { first: 5 });
    expect(words[1]).toBe('ok null: 5 … 12, as its head says; 2 of 3 checkpoints borne out, 1 of records before these');
  });

  it('are signed, or told to be not', async () => {
    const words = await held([checkpoint(7, { signature: 'unsigned' }), checkpoint(8, { signature: 'unsigned' })]);
    expect(words[1]).toContain('2 of 2 checkpoints borne out, some not signed');
    const unchecked = await held([checkpoint(7, { signature: 'unchecked' })]);
    expect(unchecked[1]).toContain('borne out, signatures not checked, for want of AUDIT_SIGNING_KEY or --public-key');
    const forged = await held([checkpoint(7, { signature: 'bad' }), checkpoint(8, { signature: 'bad' })]);
    expect(forged[2]).toBe('fault null: the checkpoint of record 7 is not signed by AUDIT_SIGNING_KEY');
    expect(forged[1]).toContain('0 of 2 checkpoints borne out');
  });

  it('that are not signed bear out nothing where there is a key to sign with, but before a signed one', async () => {
    const unsigned = (seq: number) => checkpoint(seq, { signature: 'unsigned-though-key' });
    const alone = await held([unsigned(7), unsigned(9)]);
    expect(alone[2]).toBe('fault null: the checkpoint of record 7 is not signed, and a signing key is given');
    expect(alone[1]).toContain('0 of 2 checkpoints borne out');
    expect((await held([unsigned(7), checkpoint(6)]))[2]).toMatch(/^fault/);
    expect((await held([unsigned(7), checkpoint(8, { hash: 'ee'.repeat(32) })]))[2]).toMatch(/^fault/);
    const before = await held([unsigned(6), unsigned(7), checkpoint(7)]);
    expect(before[1]).toBe(
      'ok null: 1 … 12, as its head says; 1 of 3 checkpoints borne out, 2 not signed, before one that is',
    );
    expect(before[2]).toMatch(/^ok/);
  });

  it('that count otherwise than the log are a conflict, where the log is known from its beginning', async () => {
    expect((await held([checkpoint(7, { count: 6 }), checkpoint(8, { count: 9 })]))[0]).toBe(
      'fault 7: a checkpoint of record 7 counts 6 records up to it, and there are 7',
    );
    const later = LOG.slice(4);
    expect((await held([checkpoint(7, { count: 6 })], later, { first: 5 }))[0]).toMatch(/^ok/);
    // What is wrong already is not said twice.
    const cut = LOG.toSpliced(4, 1);
    expect((await held([checkpoint(7)], cut))[0]).toBe('fault 5: 5 missing before record 6');
  });

  it('of later than a log that was signed to end before are told, and missed where the end is not signed', async () => {
    const part = LOG.slice(0, 6);
    const to = async (
      signature: PartHead['signature'],
      but: Partial<Claim> = {},
      more: Partial<KnownCheckpoint> = {},
    ) => {
      const checkpoints = [checkpoint(3), checkpoint(9, more)];
      return said(await verify(part, { checkpoints, signature, claim: whole(part, { last: 6, ...but }) }));
    };
    expect((await to('good'))[1]).toBe(
      'ok null: 1 … 6, as its head says; 1 of 2 checkpoints borne out, 1 of records after these',
    );
    for (const signature of ['unsigned', 'unchecked', 'bad', 'unsigned-though-key', null] as const) {
      expect((await to(signature))[1]).toMatch(/^fault 7: ends at 6, and a checkpoint has seen record 9/);
    }
    expect((await to('good', { last: 7 }))[1]).toMatch(/^fault 7/);
    expect((await to('good', { hash: 'ee'.repeat(32) }))[1]).toMatch(/^fault 6/);
    expect((await to('good', {}, { log: 'other' }))[0]).toMatch(/^fault 1: the log is the-log/);
  });

  it('bear out a record though it can not be read', async () => {
    const lines = [sealed(` ${at(1).bytes}`)];
    const words = await held([checkpoint(1, { hash: lines[0]?.hash ?? '' })], lines, { last: 1 });
    expect(words[1]).toBe('ok null: 1, as its head says; 1 of 1 checkpoint borne out');
  });

  it('are known by their lines', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const text = writeCheckpointLine({ log: LOG_ID, seq: 3, hash: at(3).hash, count: 3, at: 'then' }, privateKey);
    const line = readCheckpointLine(text.trimEnd());
    if (!line) throw new Error('no line');
    const signatures = [privateKey, publicKey, generateKeyPairSync('ed25519').publicKey, null].map(
      (key) => knownCheckpoints([line], key)[0]?.signature,
    );
    expect(signatures).toEqual(['good', 'good', 'bad', 'unchecked']);
    const unsigned = { ...line, sig: null };
    expect(knownCheckpoints([unsigned], null)).toEqual([
      { log: LOG_ID, seq: 3, hash: at(3).hash, count: 3, at: 'then', signature: 'unsigned' },
    ]);
    expect(knownCheckpoints([unsigned], publicKey)[0]?.signature).toBe('unsigned-though-key');
    const old = generateKeyPairSync('ed25519').publicKey;
    expect(knownCheckpoints([line], [old, publicKey])[0]?.signature).toBe('good');
    expect(knownCheckpoints([line], [old])[0]?.signature).toBe('bad');
    expect(knownCheckpoints([line], [])[0]?.signature).toBe('unchecked');
  });
});

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
      ...{ verdict: 'fault', seq: 5 },
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
      ...{ by: 'a test', gap: { first: 5, last: 8 }, from: 5, survived: null },
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
