import { describe, expect, it } from 'vitest';
import { sealRecord } from '../../../src/audit/format/audit-chain.ts';
import type { ExportedRecord } from '../../../src/audit/format/export-format.ts';
import type { Unverified } from '../../../src/audit/verify/chain-check.ts';
import type { KnownCheckpoint } from '../../../src/audit/verify/checkpoint-check.ts';
import { verifyLog } from '../../../src/audit/verify/verify-log.ts';
import { plainEvent, writeRecord } from '../../../src/domain/audit/audit-record.ts';
import { at, LENGTH, LOG, verified } from './given-damaged-log.ts';
import { LOG_ID, MEMORY_KEY, writeInMemory } from './in-memory-log.ts';

const checkpoint = (seq: number, but: Partial<KnownCheckpoint> = {}): KnownCheckpoint => ({
  log: LOG_ID,
  seq,
  hash: at(seq).hash,
  count: seq,
  at: '2026-11-22T00:00:00.000Z',
  signature: 'good',
  ...but,
});
const HUNDREDS = Array.from({ length: 10 }, (_, index) => checkpoint((index + 1) * 100));

describe('a log held against checkpoints', () => {
  it('bears them out as it was written', async () => {
    const found = await verified(LOG, 1, LENGTH, HUNDREDS);
    expect(found).toMatchObject({ faulty: false, firstBad: null });
    expect(found.completeness.why).toContain('10 of 10 checkpoints borne out');
  });

  it('is found with a tail of 1 … 200 cut off, though its head says nothing of it', async () => {
    for (let cut = 1; cut <= 200; cut++) {
      const last = LENGTH - cut;
      const { completeness, firstBad } = await verified(LOG.slice(749, last), 750, last, HUNDREDS);
      expect([cut, completeness.verdict, firstBad]).toEqual([cut, 'fault', last + 1]);
    }
    // What no checkpoint has seen can't be missed.
    const early = HUNDREDS.slice(0, 9);
    expect(await verified(LOG.slice(0, 950), 1, 950, early)).toMatchObject({ faulty: false });
    expect(await verified(LOG.slice(0, 899), 1, 899, early)).toMatchObject({ faulty: true, firstBad: 900 });
  });

  it('is found where a holder of the MAC key wrote all of it anew', async () => {
    for (const from of [1, 99, 100, 555, 1000]) {
      const forged = writeInMemory(LENGTH, (seq) => (seq >= from ? 'forged' : `reason ${seq}`));
      const last = forged.at(-1)?.hash ?? '';
      async function* pages(): AsyncGenerator<Unverified[]> {
        yield forged.map((record) => ({ where: 'here', ...record }));
      }
      const claim = { log: LOG_ID, first: 1, last: LENGTH, hash: last, count: LENGTH };
      const head = { name: 'its head', claim, signature: 'unsigned' as const };
      expect(await verifyLog(pages(), head, [MEMORY_KEY])).toMatchObject({ faulty: false });
      const { integrity, firstBad } = await verifyLog(pages(), head, [MEMORY_KEY], HUNDREDS);
      expect([from, integrity.verdict, firstBad]).toEqual([from, 'fault', Math.ceil(from / 100) * 100]);
    }
  });

  /** What somebody who holds the MAC key and no signing key could make of the log: nine records, and a loss that excuses the rest. */
  const excused = (seq: number, detail: object | null) => {
    const forged = writeInMemory(9, () => 'forged');
    const head = { log: LOG_ID, seq: seq - 1, hash: forged.at(-1)?.hash ?? '', at: '' };
    const bytes = writeRecord(head, plainEvent('cancelled', { detail: null }), 'op', new Date('2026-11-22'))
      .replace('"event":"cancelled"', '"event":"loss.accepted"')
      .replace('"detail":null', `"detail":${JSON.stringify(detail)}`);
    const { hash, mac, kid } = sealRecord(bytes, MEMORY_KEY);
    return [...forged, { bytes, hash: hash.toString('hex'), mac: mac.toString('hex'), kid }];
  };
  const against = async (records: ExportedRecord[], last: number, checkpoints: KnownCheckpoint[] | null) => {
    async function* pages(): AsyncGenerator<Unverified[]> {
      yield records.map((record) => ({ where: 'here', ...record }));
    }
    const claim = { log: LOG_ID, first: 1, last, hash: records.at(-1)?.hash ?? '', count: records.length };
    return verifyLog(pages(), { name: 'its head', claim, signature: null }, [MEMORY_KEY], checkpoints);
  };
  const seenAt = (seq: number) => ({ log: LOG_ID, seq, hash: at(Math.min(seq, LENGTH)).hash });

  it('is found where a holder of the MAC key accepts a loss that never was', async () => {
    const words = { by: 'x', survived: null };
    const losses: [number, object | null][] = [
      [10, { ...words, gap: null, from: 1, seen: seenAt(9e15) }],
      [10, { ...words, gap: null, from: 1, seen: seenAt(1000) }],
      [1001, { ...words, gap: { first: 10, last: 1000 }, from: 1, seen: seenAt(1000) }],
      [1001, { ...words, gap: { first: 10, last: 1000 }, from: 10, seen: seenAt(1000) }],
      [1_000_000, null],
    ];
    for (const [seq, detail] of losses) {
      const found = await against(excused(seq, detail), seq, HUNDREDS);
      expect([seq, detail, found.faulty]).toEqual([seq, detail, true]);
    }
    // Without a checkpoint the best told lie stands; with those that nobody signed it stands no better.
    expect((await against(excused(...(losses[3] as [number, object])), 1001, null)).faulty).toBe(false);
    expect((await against(excused(1_000_000, null), 1_000_000, null)).firstBad).toBe(10);
  });

  it('is found where a holder of the MAC key wrote all of it anew, and checkpoints without a signature too', async () => {
    const forged = writeInMemory(LENGTH, () => 'forged');
    const unsigned = HUNDREDS.map((one) => ({
      ...one,
      hash: forged[one.seq - 1]?.hash ?? '',
      signature: 'unsigned-though-key' as const,
    }));
    const found = await against(forged, LENGTH, unsigned);
    expect(found.faulty).toBe(true);
    expect(found.authenticity.why).toBe('the checkpoint of record 100 is not signed, and a signing key is given');
    expect(found.completeness.why).toContain('0 of 10 checkpoints borne out');
    const mixed = [...HUNDREDS.slice(0, 5), ...unsigned.slice(5)];
    expect((await against(forged, LENGTH, mixed)).firstBad).toBe(100);
  });

  it('tells of checkpoints that are forged, not signed, not checked, of another log, or of what came before', async () => {
    const held = async (...checkpoints: KnownCheckpoint[]) => {
      const found = await verified(LOG.slice(199, 400), 200, 400, checkpoints);
      return { ...found, why: [found.integrity.why, found.completeness.why, found.authenticity.why].join(' | ') };
    };
    expect(await held(checkpoint(300, { signature: 'bad' }))).toMatchObject({
      faulty: true,
      firstBad: null,
      why: expect.stringContaining('the checkpoint of record 300 is not signed by AUDIT_SIGNING_KEY'),
    });
    expect(await held(checkpoint(300, { log: 'another' }))).toMatchObject({
      faulty: true,
      firstBad: 200,
      why: expect.stringContaining('the log is the-log, and a checkpoint is of another'),
    });
    expect(await held(checkpoint(300, { hash: at(301).hash }))).toMatchObject({
      faulty: true,
      firstBad: 300,
      why: expect.stringContaining('record 300 is not the one that a checkpoint has seen'),
    });
    const { faulty, why } = await held(
      checkpoint(100),
      checkpoint(300, { signature: 'unsigned' }),
      checkpoint(400, { signature: 'unchecked' }),
    );
    expect(faulty).toBe(false);
    expect(why).toContain('2 of 3 checkpoints borne out, 1 of records before these, some not signed, signatures not');
    const nothing = await verified([], 200, 400, [checkpoint(300)]);
    expect(nothing).toMatchObject({ faulty: true, firstBad: 200 });
  });
});
