import { describe, expect, it } from 'vitest';
import { plainEvent, writeRecord } from '../../src/domain/audit-record.ts';
import { sealRecord } from '../../src/ledger/audit-chain.ts';
import type { Unverified } from '../../src/ledger/audit-chain-check.ts';
import { verifyLog } from '../../src/ledger/audit-verify.ts';
import type { KnownCheckpoint } from '../../src/ledger/audit-witness.ts';
import { type ExportedRecord, readRecordLine } from '../../src/ledger/export-format.ts';
import { LOG_ID, MEMORY_KEY, writeInMemory } from './in-memory-log.ts';

const LENGTH = 1000;
/** Every place is tried in a piece of the log around it; each of these, and all with DAMAGE=all, in the whole log too. */
const WHOLE_EVERY = process.env.DAMAGE === 'all' ? 1 : 50;

const LOG = writeInMemory(LENGTH);
const at = (seq: number) => LOG[seq - 1] as ExportedRecord;

type Lines = (ExportedRecord | string)[];

/** What a log of these lines is said to be, where `first … last` is what the head line claims. */
async function verified(lines: Lines, first: number, last: number, checkpoints: KnownCheckpoint[] | null = null) {
  async function* pages(): AsyncGenerator<Unverified[]> {
    yield lines.map((line, place) => ({
      where: `line ${place + 2}`,
      ...readRecordLine(typeof line === 'string' ? line : JSON.stringify(line)),
    }));
  }
  const claim = { log: LOG_ID, first, last, hash: at(last).hash, count: last - first + 1 };
  const witness = { name: "the export's head", claim, signature: 'unsigned' as const };
  return verifyLog(pages(), witness, [MEMORY_KEY], checkpoints);
}

/** Another bit of a text, the same one each time; it stays a text that JSON can carry. */
function flip(text: string, seq: number): string {
  const place = (seq * 31) % text.length;
  const flipped = String.fromCharCode(text.charCodeAt(place) ^ (1 << (seq % 7)));
  return text.slice(0, place) + flipped + text.slice(place + 1);
}

/** What a way of damage makes of record `seq` and those around it, and which record is named then. */
type Damage = (lines: ExportedRecord[], place: number, seq: number) => { damaged: Lines; bad: number };
const replace =
  (instead: (record: ExportedRecord, seq: number) => Lines): Damage =>
  (lines, place, seq) => ({
    damaged: [...lines.slice(0, place), ...instead(lines[place] as ExportedRecord, seq), ...lines.slice(place + 1)],
    bad: seq,
  });

const WAYS: [string, Damage][] = [
  ['a bit of bytes', replace((record, seq) => [{ ...record, bytes: flip(record.bytes, seq) }])],
  ['a bit of hash', replace((record, seq) => [{ ...record, hash: flip(record.hash, seq) }])],
  ['a bit of mac', replace((record, seq) => [{ ...record, mac: flip(record.mac, seq) }])],
  ['a bit of kid', replace((record, seq) => [{ ...record, kid: flip(record.kid, seq) }])],
  ['deleted', replace(() => [])],
  ['twice', replace((record) => [record, record])],
  ['a line that is none', replace(() => ['{"bytes":'])],
  ...(['bytes', 'hash', 'mac', 'kid'] as const).flatMap((field): [string, Damage][] => {
    const twice = (record: ExportedRecord, seq: number, write: (name: string, text: string) => string) => {
      const other = JSON.stringify({ ...record, [field]: flip(record[field], seq) }[field]);
      return write(`"${field}":${other}`, JSON.stringify(record));
    };
    return [
      [`another ${field} before its own`, replace((r, seq) => [twice(r, seq, (f, line) => `{${f},${line.slice(1)}`)])],
      [
        `another ${field} after its own`,
        replace((r, seq) => [twice(r, seq, (f, line) => `${line.slice(0, -1)},${f}}`)]),
      ],
    ];
  }),
  [
    'swapped with the next, or the one before',
    (lines, place, seq) => {
      const low = place === lines.length - 1 ? place - 1 : place;
      const damaged = lines.toSpliced(low, 2, lines[low + 1] as ExportedRecord, lines[low] as ExportedRecord);
      return { damaged, bad: low === place ? seq : seq - 1 };
    },
  ],
  [
    'one put in before it',
    (lines, place, seq) => {
      const forged = { ...JSON.parse((lines[place] as ExportedRecord).bytes), reason: 'forged' };
      const { hash, mac, kid } = sealRecord(JSON.stringify(forged), { kid: 'k1', key: Buffer.alloc(32, 8) });
      const line = { bytes: JSON.stringify(forged), hash: hash.toString('hex'), mac: mac.toString('hex'), kid };
      return { damaged: lines.toSpliced(place, 0, line), bad: seq };
    },
  ],
  [
    'an old record again after it',
    (lines, place) => {
      const old = lines[Math.floor(place / 2)] as ExportedRecord;
      return { damaged: lines.toSpliced(place + 1, 0, old), bad: JSON.parse(old.bytes).seq };
    },
  ],
];

describe('a log of 1,000 records, damaged', () => {
  it('is good before', async () => {
    expect(await verified(LOG, 1, LENGTH)).toMatchObject({ faulty: false, firstBad: null });
    expect(await verified(LOG.slice(9, 20), 10, 20)).toMatchObject({ faulty: false });
  });

  it.each(WAYS)('is found in every place: %s', async (_what, damage) => {
    let found = 0;
    for (let seq = 1; seq <= LENGTH; seq++) {
      const [first, last] = [Math.max(1, seq - 4), Math.min(LENGTH, seq + 4)];
      const piece = damage(LOG.slice(first - 1, last), seq - first, seq);
      const { faulty, firstBad } = await verified(piece.damaged, first, last);
      expect([seq, faulty, firstBad]).toEqual([seq, true, piece.bad]);
      found += 1;
      if (seq > 2 && seq < LENGTH - 1 && seq % WHOLE_EVERY > 0) continue;
      const whole = damage(LOG, seq - 1, seq);
      expect([seq, (await verified(whole.damaged, 1, LENGTH)).firstBad]).toEqual([seq, whole.bad]);
    }
    expect(found).toBe(LENGTH);
  });

  it('is good as another hand writes it, with each thing said once', async () => {
    const spaced = LOG.slice(9, 20).map((record) => ` ${JSON.stringify(record, null, 2).replaceAll('\n', '\t')}\r`);
    expect(await verified(spaced, 10, 20)).toMatchObject({ faulty: false });
    const escaped = JSON.stringify(at(15)).replace('"bytes"', '"\\u0062ytes"');
    expect(await verified(LOG.slice(9, 20).toSpliced(5, 1).toSpliced(5, 0, at(15)), 10, 20)).toMatchObject({
      faulty: false,
    });
    expect(await verified([...LOG.slice(9, 14), escaped, ...LOG.slice(15, 20)], 10, 20)).toMatchObject({
      faulty: false,
    });
    for (const more of ['"bytes":"x",', '"bytes":5,', '"\\u0062ytes":"x\\\\",', '"kid":{"a":"b"},', '"kid":null,']) {
      const twice = JSON.stringify(at(15)).replace('{', `{${more}`);
      const found = await verified([...LOG.slice(9, 14), twice, ...LOG.slice(15, 20)], 10, 20);
      expect([more, found.firstBad]).toEqual([more, 15]);
    }
  });

  it('is found wherever a single bit of a record is another', async () => {
    const seq = 500;
    const { bytes } = at(seq);
    for (let place = 0; place < bytes.length; place++) {
      for (let bit = 0; bit < 7; bit++) {
        const flipped = String.fromCharCode(bytes.charCodeAt(place) ^ (1 << bit));
        const damaged = { ...at(seq), bytes: bytes.slice(0, place) + flipped + bytes.slice(place + 1) };
        const { faulty, firstBad } = await verified([at(seq - 1), damaged, at(seq + 1)], seq - 1, seq + 1);
        if (!faulty || firstBad !== seq) throw new Error(`not found: ${place}, ${bit}`);
      }
    }
  });
});

const checkpoint = (seq: number, but: Partial<KnownCheckpoint> = {}): KnownCheckpoint => ({
  ...{ log: LOG_ID, seq, hash: at(seq).hash, count: seq, at: '2026-11-22T00:00:00.000Z', signature: 'good' },
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
      const witness = { name: 'its head', claim, signature: 'unsigned' as const };
      expect(await verifyLog(pages(), witness, [MEMORY_KEY])).toMatchObject({ faulty: false });
      const { integrity, firstBad } = await verifyLog(pages(), witness, [MEMORY_KEY], HUNDREDS);
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
      ...{ ...one, hash: forged[one.seq - 1]?.hash ?? '' },
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
      ...{ faulty: true, firstBad: null },
      why: expect.stringContaining('the checkpoint of record 300 is not signed by AUDIT_SIGNING_KEY'),
    });
    expect(await held(checkpoint(300, { log: 'another' }))).toMatchObject({
      ...{ faulty: true, firstBad: 200 },
      why: expect.stringContaining('the log is the-log, and a checkpoint is of another'),
    });
    expect(await held(checkpoint(300, { hash: at(301).hash }))).toMatchObject({
      ...{ faulty: true, firstBad: 300 },
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
