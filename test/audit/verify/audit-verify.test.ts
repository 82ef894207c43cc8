import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type ExportHead, readHeadLine, readRecordLine } from '../../../src/audit/format/export-format.ts';
import type { Unverified } from '../../../src/audit/verify/chain-check.ts';
import type { PartHead } from '../../../src/audit/verify/part-head.ts';
import { verifyLog } from '../../../src/audit/verify/verify-log.ts';
import { KEY, macBy } from '../log/log-fixture.ts';
import { LOG_ID, MEMORY_KEY, writeInMemory } from './in-memory-log.ts';

const LENGTH = 50;
const KEYS = [MEMORY_KEY];

interface Line {
  bytes: string;
  hash: string;
  mac: string;
  kid: string;
}

const log: Line[] = writeInMemory(LENGTH);
const hash = log.at(-1)?.hash ?? '';
const MADE = '2026-03-08T00:00:00.000Z';
const head: ExportHead = { log: LOG_ID, first: 1, last: LENGTH, hash, count: LENGTH, at: MADE };

async function* unverified(lines: (Line | string)[]): AsyncGenerator<Unverified[]> {
  for (const [index, line] of lines.entries()) {
    yield [{ where: `line ${index + 2}`, ...readRecordLine(typeof line === 'string' ? line : JSON.stringify(line)) }];
  }
}

async function verify(
  lines: (Line | string)[],
  { claim = head as ExportHead | null, keys = KEYS as typeof KEYS | null } = {},
) {
  const head: PartHead = { name: "the export's head", claim, signature: 'unsigned' };
  const { integrity, completeness, authenticity, firstBad } = await verifyLog(unverified(lines), head, keys);
  const verdicts = `${integrity.verdict} ${completeness.verdict} ${authenticity.verdict}`;
  return { verdicts, firstBad, why: [integrity.why, completeness.why, authenticity.why] };
}

/** The line of record `seq`; the log with something else in its place. */
const at = (seq: number) => log[seq - 1] as Line;
const replace = (seq: number, ...instead: (Line | string)[]) => [
  ...log.slice(0, seq - 1),
  ...instead,
  ...log.slice(seq),
];

/** A record sealed as the contract says, by whoever has the key. */
function seal(record: object, key = KEY, kid = 'k1'): Line {
  const bytes = JSON.stringify(record);
  const hash = createHash('sha256').update(`datasync-throttle/audit/v1\n${bytes}`).digest('hex');
  return { bytes, hash, mac: macBy(key, hash), kid };
}

/** All from `seq` on chained anew after a change of record `seq`, as somebody with the key could. */
function rewrite(seq: number, change: (record: Record<string, unknown>) => object): Line[] {
  const lines = log.slice(0, seq - 1);
  for (const line of log.slice(seq - 1)) {
    const record = JSON.parse(line.bytes) as Record<string, unknown>;
    const changed = record.seq === seq ? change(record) : record;
    const prev = lines.at(-1)?.hash ?? '0'.repeat(64);
    lines.push(seal(record.seq === seq ? changed : { ...changed, prev }));
  }
  return lines;
}
const claimOf = (lines: Line[]): ExportHead => ({ ...head, hash: lines.at(-1)?.hash ?? '', count: lines.length });

describe('a log as it was written', () => {
  it('is good in all three', async () => {
    expect(await verify(log)).toEqual({
      verdicts: 'ok ok ok',
      firstBad: null,
      why: [
        '50 records, hash chain unbroken',
        "1 … 50, as the export's head says",
        "each record by a key of AUDIT_KEYS (k1: 1 … 50); the export's head is not signed",
      ],
    });
  });

  it('is what the contract says, by a check of its own', () => {
    let prev = '0'.repeat(64);
    for (const [index, line] of log.entries()) {
      const record = JSON.parse(line.bytes) as { v: number; seq: number; prev: string; log: string };
      expect(record).toMatchObject({ v: 1, seq: index + 1, prev, log: head.log });
      expect(seal(record)).toEqual(line);
      prev = line.hash;
    }
    expect(head).toMatchObject({ first: 1, last: LENGTH, count: LENGTH, hash: prev });
  });

  it('has no known author without keys', async () => {
    expect(await verify(log, { keys: null })).toMatchObject({ verdicts: 'ok ok unknown', firstBad: null });
  });

  it('may begin and end anywhere, if the head says so', async () => {
    const part = log.slice(9, 20);
    const claim = { ...head, first: 10, last: 20, hash: at(20).hash, count: 11 };
    expect(await verify(part, { claim })).toMatchObject({ verdicts: 'ok ok ok' });
  });
});

describe('a damaged log', () => {
  const flip = (text: string, place: number) =>
    text.slice(0, place) + (text[place] === '0' ? '1' : '0') + text.slice(place + 1);

  it('is found wherever a character of the bytes is another', async () => {
    for (let seq = 1; seq <= LENGTH; seq++) {
      const { bytes } = at(seq);
      for (let place = seq % 7; place < bytes.length; place += 7) {
        const damaged = replace(seq, { ...at(seq), bytes: flip(bytes, place) });
        const found = await verify(damaged, { keys: null });
        expect([seq, place, found.verdicts.split(' ')[0], found.firstBad]).toEqual([seq, place, 'fault', seq]);
      }
    }
  });

  it.each([1, 2, 25, 49, 50])('is found in every way, at record %i', async (seq) => {
    const line = at(seq);
    const ways: [string, (Line | string)[], string][] = [
      ['bytes', replace(seq, { ...line, bytes: flip(line.bytes, 40) }), 'fault'],
      ['hash', replace(seq, { ...line, hash: flip(line.hash, 9) }), 'fault'],
      ['hash in capitals', replace(seq, { ...line, hash: line.hash.toUpperCase() }), 'fault'],
      ['mac', replace(seq, { ...line, mac: flip(line.mac, 9) }), 'ok ok fault'],
      ['mac cut short', replace(seq, { ...line, mac: line.mac.slice(2) }), 'fault'],
      ['kid', replace(seq, { ...line, kid: 'k2' }), 'ok ok unknown'],
      ['another key', replace(seq, { ...line, mac: macBy('cd'.repeat(32), line.hash) }), 'ok ok fault'],
      ['a field more', replace(seq, JSON.stringify({ ...line, note: '' })), 'fault'],
      ['no JSON', replace(seq, '{"bytes":'), 'fault'],
      ['an empty line', replace(seq, ''), 'fault'],
      ['a line of the head', replace(seq, JSON.stringify({ export: head })), 'fault'],
      ['twice', replace(seq, line, line), 'fault fault ok'],
    ];
    for (const [what, damaged, verdicts] of ways) {
      const found = await verify(damaged);
      expect([what, found.firstBad]).toEqual([what, seq]);
      expect([what, found.verdicts.slice(0, verdicts.length)]).toEqual([what, verdicts]);
    }
  });

  it.each([1, 2, 25, 49, 50])('is found with record %i missing', async (seq) => {
    const { verdicts, firstBad } = await verify(replace(seq));
    expect(firstBad).toBe(seq);
    expect(verdicts).toBe(seq === 1 || seq === 50 ? 'ok fault ok' : 'fault fault ok');
  });

  it.each([1, 2, 25, 49])('is found with records %i and the next swapped', async (seq) => {
    const { verdicts, firstBad } = await verify(log.toSpliced(seq - 1, 2, at(seq + 1), at(seq)));
    expect([verdicts.split(' ')[0], firstBad]).toEqual(['fault', seq]);
  });

  it.each([1, 25, 50])('is found with a forged record put in before %i', async (seq) => {
    const forged = seal({ ...JSON.parse(at(seq).bytes), reason: 'forged' }, 'cd'.repeat(32));
    const { verdicts, firstBad } = await verify(replace(seq, forged, at(seq)));
    expect([verdicts, firstBad]).toEqual(['fault fault fault', seq]);
  });

  it('is found with a record of elsewhere appended', async () => {
    expect(await verify([...log, at(7)])).toMatchObject({ verdicts: 'fault fault ok', firstBad: 7 });
    const next = seal({ ...JSON.parse(at(50).bytes), seq: 51, prev: at(50).hash });
    expect(await verify([...log, next])).toMatchObject({ verdicts: 'ok fault ok', firstBad: 51 });
  });

  it('is found with nothing left', async () => {
    expect(await verify([])).toMatchObject({ verdicts: 'unknown fault unknown', firstBad: 1 });
  });

  it.each<[string, Partial<ExportHead>, number | null]>([
    ['first', { first: 2 }, 1],
    ['last', { last: 49 }, 50],
    ['last', { last: 60 }, 51],
    ['hash', { hash: 'cd'.repeat(32) }, 50],
    ['count', { count: 49 }, null],
    ['log', { log: 'another' }, null],
  ])('is found by a head with another %s', async (_field, change, seq) => {
    expect(await verify(log, { claim: { ...head, ...change } })).toMatchObject({
      verdicts: 'ok fault ok',
      firstBad: seq,
    });
  });

  it('is found without its head', async () => {
    expect(await verify(log, { claim: null })).toMatchObject({ verdicts: 'ok fault ok', firstBad: null });
  });
});

describe('what a holder of the key could write', () => {
  it.each<[string, (record: Record<string, unknown>) => object]>([
    ['another log', (record) => ({ ...record, log: 'another' })],
    ['a wrong prev', (record) => ({ ...record, prev: 'cd'.repeat(32) })],
    ['a time before the one before', (record) => ({ ...record, at: '2026-03-01T00:01:00.000Z' })],
    ['a time that is none', (record) => ({ ...record, at: 'yesterday' })],
    ['another version', (record) => ({ ...record, v: 2 })],
    ['a seq that is none', (record) => ({ ...record, seq: 1.5 })],
    ['no actor', ({ actor: _, ...record }) => record],
  ])('is found: %s', async (_what, change) => {
    const lines = rewrite(25, change);
    expect(await verify(lines, { claim: claimOf(lines) })).toMatchObject({ verdicts: 'fault ok ok', firstBad: 25 });
  });

  it('is found: bytes that say a thing twice', async () => {
    const { bytes } = at(50);
    const twice = `${bytes.slice(0, -1)},"reason":"another"}`;
    const hash = createHash('sha256').update(`datasync-throttle/audit/v1\n${twice}`).digest('hex');
    const lines = replace(50, { bytes: twice, hash, mac: macBy(KEY, hash), kid: 'k1' }) as Line[];
    expect(await verify(lines, { claim: claimOf(lines) })).toMatchObject({ verdicts: 'fault ok ok', firstBad: 50 });
  });
});

describe('an accepted loss', () => {
  const afterLoss = (event: string, prev: string) => {
    const seen = { log: LOG_ID, seq: 49, hash: at(49).hash };
    const detail = { by: 'a test', gap: { first: 41, last: 49 }, from: 41, seen, survived: null };
    const last = seal({ ...JSON.parse(at(50).bytes), event, prev, detail });
    const lines = [...log.slice(0, 40), last];
    return { lines, claim: claimOf(lines) };
  };

  it('is the one gap that is let through, and named', async () => {
    const { lines, claim } = afterLoss('loss.accepted', at(40).hash);
    const { verdicts, why } = await verify(lines, { claim });
    expect(verdicts).toBe('ok ok ok');
    expect(why[0]).toBe('41 records, hash chain unbroken; accepted as lost: 41 … 49');
  });

  it('is none under another event, or after another record', async () => {
    for (const { lines, claim } of [afterLoss('refused', at(40).hash), afterLoss('loss.accepted', at(39).hash)]) {
      expect(await verify(lines, { claim })).toMatchObject({ verdicts: 'fault fault ok', firstBad: 41 });
    }
  });
});

describe('the head line', () => {
  it('is read with its exact text, and only where it is whole', () => {
    const line = JSON.stringify({ export: head });
    expect(readHeadLine(line)).toEqual({ head, text: JSON.stringify(head), sig: null });
    expect(readHeadLine(line.replace('"first":1', '"first": 1'))?.text).toContain('"first": 1');
    for (const bad of [
      line.slice(1),
      line.replace('first', 'furst'),
      line.replace('"count":50', '"count":0'),
      '',
      '{}',
    ]) {
      expect(readHeadLine(bad)).toBeNull();
    }
  });
});
