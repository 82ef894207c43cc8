import { describe, expect, it } from 'vitest';
import type { ExportedRecord } from '../../../src/audit/format/export-format.ts';
import type { KnownCheckpoint } from '../../../src/audit/verify/checkpoint-check.ts';
import { GENESIS } from '../../../src/domain/audit/audit-record.ts';
import { LOG_ID } from './in-memory-log.ts';
import { at, checkpoint, type Given, LOG, said, sealed, verify, whole } from './verdict-fixture.ts';

describe('an accepted loss', () => {
  /** The log up to a place, then a record that accepts the loss of what follows; without a gap, of a fork that was seen. */
  function accepted(survived: number, seq: number, but: Record<string, unknown> = {}): ExportedRecord[] {
    const last = LOG[survived - 1];
    const gap = seq > survived + 1;
    const detail = {
      by: 'a test',
      gap: gap ? { first: survived + 1, last: seq - 1 } : null,
      from: gap ? survived + 1 : survived,
      seen: { log: LOG_ID, seq: seq - 1, hash: 'cd'.repeat(32) },
      survived: null,
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
      verdict: 'fault',
      seq,
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
