import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVENTS_WITH_DETAIL, parseRecordFast } from '../../../src/audit/verify/fast-record-parser.ts';
import { parseRecordFully } from '../../../src/audit/verify/full-record-parser.ts';
import { GENESIS, plainEvent, writeRecord } from '../../../src/domain/audit/audit-record.ts';
import { agree, anyRecords, edits, HEAD, NOW, plainRecords } from './given-records.ts';

describe('a record read as it was written', () => {
  it('is at once where it is plain', () => {
    fc.assert(
      fc.property(plainRecords, (bytes) => {
        const read = parseRecordFast(bytes);
        expect(read).not.toBeNull();
        expect(read).toStrictEqual(parseRecordFully(bytes));
      }),
      { numRuns: 1000 },
    );
  });

  it('says what reading slowly finds, whatever it holds', () => {
    fc.assert(fc.property(anyRecords, agree), { numRuns: 1000 });
  });

  it('says what reading slowly finds, whatever was done to it', () => {
    fc.assert(
      fc.property(
        fc.oneof({ weight: 4, arbitrary: plainRecords }, anyRecords),
        fc.array(edits, { minLength: 1, maxLength: 2 }),
        (bytes, done) => agree(done.reduce((text, edit) => edit(text), bytes)),
      ),
      { numRuns: 6000 },
    );
  });

  const detailed = (detail: string) =>
    writeRecord(HEAD, plainEvent('cancelled', { detail: null }), 'op', NOW).replace(
      '"detail":null',
      `"detail":${detail}`,
    );
  it.each([
    ...[
      '{"a":1,"a":1}',
      '{"a":1,"b":2,"a":1}',
      '{"b":1,"a":2,"c":3,"a":4}',
      '{"1":1}',
      '{}',
      '[]',
      '1',
      '"a"',
      '{"a":-0}',
    ],
    ...[
      '{"a":01}',
      '{"a":1e3}',
      '{"a":1.0}',
      '{"a": 1}',
      '{"a":"\\u0061"}',
      '{"a":1},"aws":null',
      '{"a":{"b":1,"b":1}}',
    ],
  ])('is not where the detail is %s', (detail) => {
    expect(parseRecordFast(detailed(detail))).toBeNull();
  });

  it.each(EVENTS_WITH_DETAIL)('is not where the chain goes by its detail: %s', (event) => {
    const detail = { last: 7, hash: GENESIS };
    const bytes = detailed(JSON.stringify(detail)).replace('"event":"cancelled"', `"event":"${event}"`);
    expect(parseRecordFast(bytes)).toBeNull();
    expect(parseRecordFully(bytes)).toMatchObject({ event, detail });
  });
});
