import { describe, expect, it } from 'vitest';
import { csv } from '../../../src/audit/format/export-csv.ts';
import type { EventOf } from '../../../src/domain/audit/audit-event.ts';
import { plainEvent, writeRecord } from '../../../src/domain/audit/audit-record.ts';

const HEAD = { log: 'l', seq: 0, hash: '0'.repeat(64), at: '' };

function rowOf(but: Partial<EventOf<'refused'>>): string {
  const event = plainEvent('refused', { detail: { why: 'no-rule' }, ...but });
  const bytes = writeRecord(HEAD, event, 'op', new Date('2026-03-01T00:00:00Z'));
  return csv.record({ bytes, hash: 'ab'.repeat(32), mac: 'cd'.repeat(32), kid: 'k1' });
}

/** A cell's text as a spreadsheet takes it, by its column. */
function cell(row: string, column: string): string {
  const names = csv
    .head({ log: null, first: null, last: null, hash: null, count: 0, at: '' })
    .slice(1)
    .trim()
    .split(',');
  const cells = [...row.matchAll(/("(?:[^"]|"")*"|[^,\r\n]*)(?:,|\r\n)/g)].map(([, one = '']) =>
    one.startsWith('"') ? one.slice(1, -1).replaceAll('""', '"') : one,
  );
  expect(cells).toHaveLength(names.length);
  return cells[names.indexOf(column)] ?? '';
}

describe('csv', () => {
  it('begins with its mark and the names, and has a record a line', () => {
    const names = csv.head({ log: null, first: null, last: null, hash: null, count: 0, at: '' });
    expect(names.startsWith('\ufeffseq,at,event,request,')).toBe(true);
    const row = rowOf({ request: 'r-1', from: 5, to: -1, actor: { team: 'T0', user: 'U1', name: 'olga' } });
    expect(row.endsWith('\r\n')).toBe(true);
    expect([cell(row, 'seq'), cell(row, 'from'), cell(row, 'to'), cell(row, 'actor_name')]).toEqual([
      '1',
      '5',
      'unlimited',
      'olga',
    ]);
    expect(cell(row, 'hash')).toBe('ab'.repeat(32));
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', ' =1', '＝1', '\u200d=1'])('makes %j no formula', (reason) => {
    expect(cell(rowOf({ reason }), 'reason')).toBe(`'${reason}`);
  });

  it.each([
    ['ok;=HYPERLINK("http://x")', 'ok;\'=HYPERLINK("http://x")'],
    ['ok; =1', "ok;' =1"],
    ['ok;-1;@x', "ok;'-1;'@x"],
    ['=1;=2', "'=1;'=2"],
  ])('makes no formula of %j where a spreadsheet splits elsewhere', (reason, safe) => {
    expect(cell(rowOf({ reason }), 'reason')).toBe(safe);
    expect(cell(rowOf({ detail: { why: 'x;=1' } }), 'detail')).toBe('{"why":"x;\'=1"}');
  });

  it('keeps an ordinary reason as it is', () => {
    for (const reason of ['a; b - c', 'x=1, y=-2', 'mail a@b.example; then 5', '10:00-12:00', 'A/B; (50%)'])
      expect(cell(rowOf({ reason }), 'reason')).toBe(reason);
  });

  it.each([
    ['\u001b[2Jgone\u0007', '\\u001b[2Jgone\\u0007'],
    ['one\ntwo\r\n\t=1', 'one\\ntwo\\r\\n\\t=1'],
    ['\t=1', '\\t=1'],
    ['\u200b=1', '\\u200b=1'],
    ['\u009b2J\u007f', '\\u009b2J\\u007f'],
    ['\u202egnp.exe\u2066', '\\u202egnp.exe\\u2066'],
    ['a\u2028b\u2029c', 'a\\u2028b\\u2029c'],
  ])('has nothing of %j that a terminal or a reader of lines obeys', (reason, safe) => {
    expect(cell(rowOf({ reason }), 'reason')).toBe(safe);
    expect(rowOf({ reason, detail: { why: reason } })).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}](?!\n?$)/u);
    expect(JSON.parse(cell(rowOf({ detail: { why: reason } }), 'detail'))).toEqual({ why: reason });
  });

  it.each(['\n', ' ', ';', '; ', '=;', '"', "'", '\u200d', ';\u00a0'])('takes no longer for 100,000 of %j', (part) => {
    const reason = part.repeat(100_000);
    const began = performance.now();
    expect(cell(rowOf({ reason }), 'reason').length).toBeGreaterThanOrEqual(reason.length);
    // Seconds, and many of them, where a pattern begins anew at each.
    expect(performance.now() - began).toBeLessThan(5000);
  });

  it('keeps quotes and commas within a cell', () => {
    for (const reason of ['a "b", c', "it's", '線路']) expect(cell(rowOf({ reason }), 'reason')).toBe(reason);
    expect(JSON.parse(cell(rowOf({ detail: { why: '=x' } }), 'detail'))).toEqual({ why: '=x' });
  });

  it('goes on after a record that can not be read', () => {
    for (const bytes of ['{', `{"detail":${'['.repeat(5000)}${']'.repeat(5000)}}`]) {
      expect(cell(csv.record({ bytes, hash: 'ab'.repeat(32), mac: '', kid: 'k1' }), 'hash')).toBe('ab'.repeat(32));
    }
  });
});
