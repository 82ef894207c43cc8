import { isHash, isSeq, isTooDeep, parseRecord } from '../format/parse-json.ts';
import { type ChainedRecord, EVENTS_WITH_DETAIL } from './fast-record-parser.ts';

/** The fields that each record has; what does not apply is null. */
const FIELDS = [
  'v',
  'log',
  'seq',
  'prev',
  'at',
  'event',
  'request',
  'version',
  'actor',
  'channel',
  'execution',
  'account',
  'region',
  'from',
  'to',
  'reason',
  'rule',
  'policy',
  'op',
  'aws',
  'detail',
];

/** What the chain needs of a record, whatever the bytes are; or what is wrong with them, as the rest of a sentence. */
export function parseRecordFully(bytes: string): ChainedRecord | { problem: string } {
  const record = parseRecord(bytes);
  if (record === null) {
    return { problem: isTooDeep(bytes) ? 'is nested deeper than any record' : 'holds no JSON object' };
  }
  const { v, log, seq, prev, at, event } = record;
  if (v !== 1) return { problem: 'is of a format version that is not known here' };
  const absent = FIELDS.find((field) => !(field in record));
  if (absent !== undefined) return { problem: `has no \`${absent}\`` };
  if (JSON.stringify(record) !== bytes) return { problem: 'is not compact JSON that says each thing once' };
  if (typeof log !== 'string' || log === '') return { problem: 'names no log' };
  if (!isSeq(seq)) return { problem: 'has a `seq` that is no place' };
  if (typeof prev !== 'string' || !isHash(prev)) return { problem: 'has a `prev` that is no hash' };
  if (typeof at !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(at)) {
    return { problem: 'has an `at` that is no time' };
  }
  if (typeof event !== 'string' || event === '') return { problem: 'names no event' };
  return { log, seq, prev, at, event, detail: EVENTS_WITH_DETAIL.includes(event) ? record.detail : null };
}
