import { describe, expect, it } from 'vitest';
import type { ExportedRecord } from '../../../src/audit/format/export-format.ts';
import type { PartHead } from '../../../src/audit/verify/part-head.ts';
import { type LogPart, verifyParts } from '../../../src/audit/verify/verify-log.ts';
import { MEMORY_KEY } from './in-memory-log.ts';
import { at, checkpoint, LOG, part, said, sealed } from './verdict-fixture.ts';

/** The log from one place to another, as its head says. */
const span = (first: number, last: number, but = {}) => part(LOG.slice(first - 1, last), { first, last, ...but });
const live = (records: ExportedRecord[]) =>
  records.map((record) => ({ ...record, id: `${JSON.parse(record.bytes).seq}-0` }));
const verify = async (...parts: LogPart[]) => said(await verifyParts(parts, [MEMORY_KEY]));

describe('parts that have the same records', () => {
  it.each([
    ['some', [span(1, 6), span(3, 12, { count: 10 })], 'each of 2 heads says of its part; 3 … 6'],
    ['one', [span(1, 6), span(6, 12)], 'each of 2 heads says of its part; 6'],
    ['all', [span(1, 12), span(1, 12, { count: 12 })], 'each of 2 heads says of its part; 1 … 12'],
    ['some within', [span(1, 12), span(3, 12)], 'each of 2 heads says of its part; 3 … 12'],
    ['each two', [span(1, 6), span(3, 8), span(7, 12)], 'each of 3 heads says of its part; 3 … 8'],
    ['the first', [span(1, 6), span(3, 6), span(7, 12)], 'each of 3 heads says of its part; 3 … 6'],
    [
      'in Redis',
      [span(1, 6), part(live(LOG.slice(2)), { first: 3, count: 10 })],
      'each of 2 heads says of its part; 3 … 6',
    ],
  ])('are good where they are alike, and say so: %s', async (_what, parts, words) => {
    expect(await verify(...parts)).toEqual([
      'ok null: 12 records, hash chain unbroken',
      `ok null: 1 … 12, as ${words} in two parts, alike (overlap)`,
      'ok null: each record by a key of AUDIT_KEYS (k1: 1 … 12)',
    ]);
  });

  it('say so before what checkpoints say', async () => {
    const found = await verifyParts([span(1, 6), span(6, 12)], null, [checkpoint(3)]);
    expect(found.completeness.why).toBe(
      '1 … 12, as each of 2 heads says of its part; 6 in two parts, alike (overlap); 1 of 1 checkpoint borne out',
    );
  });

  const again = (line: number, seq: number) =>
    `fault ${seq}: line ${line} is record ${seq} again, or out of its place: 7 should come here`;
  it.each<[string, (lines: ExportedRecord[]) => Parameters<typeof part>[0], string]>([
    ['of other bytes', (l) => l.with(2, { ...at(5), bytes: at(4).bytes }), 'fault 7: line 3 is not what its hash says'],
    ['of other bytes, sealed', (l) => l.with(2, sealed(` ${at(5).bytes}`)), 'fault 7: line 3 is not compact'],
    ['of another hash', (l) => l.with(2, { ...at(5), hash: at(4).hash }), 'fault 7: line 3 is not what its hash says'],
    ['of another mac', (l) => l.with(2, { ...at(5), mac: at(4).mac }), again(3, 5)],
    ['of another key', (l) => l.with(2, { ...at(5), kid: 'k2' }), again(3, 5)],
    ['in another place of Redis', (l) => live(l).with(2, { ...at(5), id: '9-0' }), 'fault 7: line 3 holds record 5'],
    ['unreadable', (l) => (l as Parameters<typeof part>[0]).with(2, { problem: 'is odd' }), 'fault 7: line 3 is odd'],
    ['twice', (l) => l.toSpliced(2, 0, at(4)), again(3, 4)],
    ['in another order', (l) => l.with(0, at(4)).with(1, at(3)), again(2, 3)],
  ])('are not read over where one is there %s', async (_what, change, words) => {
    const [integrity] = await verify(span(1, 6), part(change(LOG.slice(2)), { first: 3 }));
    expect(integrity).toContain(words);
  });

  it('are not read over where the head of the later part begins after them', async () => {
    expect((await verify(span(1, 6), part(LOG.slice(2), { first: 5 })))[0]).toBe(again(1, 3));
  });

  it('are of the log that the head of the later part names', async () => {
    expect((await verify(span(1, 6), span(3, 6, { log: 'other' })))[1]).toBe(
      'fault null: a head is of another log, other',
    );
  });
});

describe('several heads', () => {
  it('are each of a part that follows the one before', async () => {
    expect(await verify(span(1, 6), span(7, 12))).toEqual([
      'ok null: 12 records, hash chain unbroken',
      'ok null: 1 … 12, as each of 2 heads says of its part',
      'ok null: each record by a key of AUDIT_KEYS (k1: 1 … 12)',
    ]);
    const apart = await verify(span(1, 6), span(8, 12));
    expect(apart.slice(0, 2)).toEqual(['fault 7: 7 missing before record 8', 'fault 7: 7 missing before record 8']);
  });

  it('are all asked for', async () => {
    const missing = "fault null: a head is missing or can't be read";
    expect((await verify(span(1, 6), part(LOG.slice(6), null)))[1]).toBe(missing);
    expect((await verify(part(LOG.slice(0, 6), null), span(7, 12)))[1]).toBe(missing);
  });

  it('of no record say so', async () => {
    const none = { log: null, first: null, last: null, hash: null, count: 0 };
    expect(await verify(part([], none), part([], none))).toEqual([
      'unknown null: there is no record to check',
      'ok null: no record, as each of 2 heads says of its part',
      'unknown null: there is no record to check',
    ]);
  });

  it('that are none leave it unknown', async () => {
    const [integrity, , authenticity] = await verify();
    expect([integrity, authenticity]).toEqual(Array(2).fill('unknown null: there is no record to check'));
  });

  it.each<[string, PartHead['signature'][], string]>([
    ['signed', ['good', 'good'], '; 2 heads: each is signed by AUDIT_SIGNING_KEY'],
    ['signed in part', ['good', 'unsigned'], '; a head is not signed'],
    ['not signed', ['unsigned', 'unsigned'], '; 2 heads: each is not signed'],
    ['checked in part', ['unchecked', 'good'], '; a head is signed, and neither AUDIT_SIGNING_KEY nor'],
    ['of Redis', [null, null], ''],
  ])('tell the weakest signature: %s', async (_what, [one, other], words) => {
    const begin = 'ok null: each record by a key of AUDIT_KEYS (k1: 1 … 12)';
    const parts = [
      part(LOG.slice(0, 6), { last: 6 }, { signature: one ?? null }),
      part(LOG.slice(6), { first: 7 }, { signature: other ?? null }),
    ];
    const [, , authenticity = ''] = await verify(...parts);
    expect(authenticity.slice(0, begin.length + words.length)).toBe(begin + words);
    if (words === '') expect(authenticity).toBe(begin);
  });
});
