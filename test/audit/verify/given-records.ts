import fc from 'fast-check';
import { expect } from 'vitest';
import { EVENTS_WITH_DETAIL, parseRecordFast } from '../../../src/audit/verify/fast-record-parser.ts';
import { parseRecordFully } from '../../../src/audit/verify/full-record-parser.ts';
import type { AuditEvent } from '../../../src/domain/audit/audit-event.ts';
import { GENESIS, writeRecord } from '../../../src/domain/audit/audit-record.ts';

export const NOW = new Date('2026-03-08T00:00:00.000Z');
export const HEAD = { log: '7f1b0c1e-0000-4000-8000-000000000000', seq: 41, hash: GENESIS, at: '' };

/** What JSON escapes, what it could be taken for, and characters of one, two and half a code point. */
const oddText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom(...'"\\{}[]:,01aé \n\u2028\u007f\ud83d\ude9a', '🚚', '":', '","', '":null,"op":"'),
  }),
);
const plainText = fc.string({ unit: fc.constantFrom(..."abcXYZ019 -_.:/,{}[]'é\u2028") });
const numbers = fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.double(), fc.constantFrom(-0, 1e21, 0.1));
const events = fc.constantFrom<AuditEvent['event']>(
  'requested',
  'approved',
  'applied',
  'audit.archived',
  'loss.accepted',
);

interface Parts {
  text: fc.Arbitrary<string>;
  number: fc.Arbitrary<number>;
  names: fc.Arbitrary<string>;
  inDetail: fc.Arbitrary<unknown>;
  most: number;
}

/** Bytes by `writeRecord`, whatever the detail: the verifier depends on no schema. */
function recordsOf({ text, number, names, inDetail, most }: Parts, event: fc.Arbitrary<AuditEvent['event']>) {
  const textOrNull = fc.option(text);
  const numberOrNull = fc.option(number);
  const detail = fc.option(fc.dictionary(names, inDetail, { minKeys: 1, maxKeys: most, noNullPrototype: true }));
  const said = fc.record({
    event,
    request: textOrNull,
    version: numberOrNull,
    channel: textOrNull,
    link: fc.option(textOrNull, { nil: undefined }),
    execution: textOrNull,
    account: textOrNull,
    region: textOrNull,
    from: numberOrNull,
    to: numberOrNull,
    reason: textOrNull,
    rule: textOrNull,
    policy: textOrNull,
    detail,
    actor: fc.option(fc.record({ team: text, user: text, name: text })),
    aws: fc.option(
      fc.oneof(
        fc.record({ requestId: textOrNull }),
        fc.record({ requestId: textOrNull, updateRequestId: textOrNull }, { noNullPrototype: true }),
      ),
    ),
  });
  return fc.tuple(said, text).map(([fields, op]) => writeRecord(HEAD, fields as AuditEvent, op, NOW));
}

const plain: Parts = {
  text: plainText,
  number: fc.integer(),
  names: fc.stringMatching(/^[A-Za-z]{1,12}$/),
  inDetail: fc.oneof(plainText, fc.integer(), fc.boolean(), fc.constant(null)),
  most: 8,
};
export const plainRecords = recordsOf(
  plain,
  events.filter((event) => !EVENTS_WITH_DETAIL.includes(event)),
);
export const anyRecords = fc.oneof(
  plainRecords,
  recordsOf(plain, events),
  recordsOf(
    {
      text: oddText,
      number: numbers,
      most: 12,
      names: fc.oneof(oddText, fc.constantFrom('__proto__', '1', 'toString', 'a')),
      inDetail: fc.oneof(oddText, numbers, fc.jsonValue()),
    },
    events,
  ),
);

const PIECES = [
  ...['', '0', '01', '1e3', '1.0', '-0', '-', '+1', '9007199254740993', 'null', 'true', 'nul'],
  ...['"', '\\', '\\"', '\\u0061', '\\/', ' ', '\n', '\t', ',', ':', '{', '}', '[', ']', '{}', '[]', '""'],
  ...[
    '"seq":1,',
    '"a":1,',
    ',"a":1',
    ',"op":"x"',
    '"detail":null',
    '"__proto__":null',
    '\ud83d',
    '🚚',
    '\u2028',
    '\u0001',
  ],
];
const VALUES = [
  ...['0', '01', '-01', '00', '1e3', '1.0', '-0', '-', '+1', '9007199254740993', '123456789012345678', 'null', 'true'],
  ...[
    '""',
    '"\\u0061"',
    '"\\/"',
    '"\\""',
    '"\n"',
    '"\u0001"',
    '"\ud83d"',
    '"\udfff"',
    '"\u2028"',
    '"🚚"',
    '"x":1',
    '{}',
    '[]',
  ],
];
type Edit = (bytes: string) => string;
/** Of the whole; the end, where the detail is, as often as all else. */
const place = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0.7, max: 1, noNaN: true }));
const FIELD = /"[A-Za-z]+":(?:"[^"]*"|-?\d+|null|true|false)/g;

/** The places of two fields that are whole, as far as a pattern can tell; null where there are none. */
function twoFields(bytes: string, a: number, b: number): [RegExpExecArray, RegExpExecArray] | null {
  const all = [...bytes.matchAll(FIELD)];
  const at = (share: number) => all[Math.min(all.length - 1, Math.floor(share * all.length))];
  const [one, other] = [at(a), at(b)].sort((x, y) => (x?.index ?? 0) - (y?.index ?? 0));
  return one && other && one !== other ? [one, other] : null;
}

export const edits: fc.Arbitrary<Edit> = fc.oneof(
  // Characters put in, taken out, or another.
  fc.tuple(place, fc.nat(4), fc.oneof(fc.constantFrom(...PIECES), oddText)).map(
    ([share, gone, piece]): Edit =>
      (bytes) => {
        const at = Math.floor(share * bytes.length);
        return bytes.slice(0, at) + piece + bytes.slice(at + gone);
      },
  ),
  // One value another, and nothing else.
  fc.tuple(place, fc.constantFrom(...VALUES)).map(
    ([share, piece]): Edit =>
      (bytes) => {
        const all = [...bytes.matchAll(FIELD)];
        const field = all[Math.floor(share * (all.length - 1))];
        if (!field) return bytes;
        const value = field.index + field[0].indexOf(':') + 1;
        return bytes.slice(0, value) + piece + bytes.slice(field.index + field[0].length);
      },
  ),
  // Two fields in each other's place, one there twice, or one gone.
  fc.tuple(place, place, fc.constantFrom('swap', 'twice', 'gone')).map(
    ([a, b, how]): Edit =>
      (bytes) => {
        const two = twoFields(bytes, a, b);
        if (!two) return bytes;
        const [one, other] = two;
        const [first, second] = how === 'swap' ? [other[0], one[0]] : how === 'twice' ? [one[0], one[0]] : [one[0], ''];
        return (
          bytes.slice(0, one.index) +
          first +
          bytes.slice(one.index + one[0].length, other.index) +
          second +
          bytes.slice(other.index + other[0].length)
        );
      },
  ),
  fc.tuple(place, place).map(
    ([a, b]): Edit =>
      (bytes) => {
        const two = twoFields(bytes, a, b);
        if (!two) return bytes;
        const end = two[1].index + two[1][0].length;
        return `${bytes.slice(0, end)},${two[0][0]}${bytes.slice(end)}`;
      },
  ),
);

export function agree(bytes: string): void {
  const read = parseRecordFast(bytes);
  if (read !== null) expect(read).toStrictEqual(parseRecordFully(bytes));
}
