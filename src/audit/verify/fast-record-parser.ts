/** What the check of the hash chain needs of a record. */
export interface ChainedRecord {
  log: string;
  seq: number;
  prev: string;
  at: string;
  event: string;
  /** Null where the event is none of `EVENTS_WITH_DETAIL`. */
  detail: unknown;
}

/** The events whose detail that check reads. */
export const EVENTS_WITH_DETAIL: readonly string[] = ['audit.archived', 'loss.accepted'];

// Text without characters that JSON escapes, and whole numbers that JSON keeps as they are.
const CHARACTER = '[^"\\\\\\u0000-\\u001f\\ud800-\\udfff]';
const TEXT = `"${CHARACTER}*"`;
const NUMBER = '(?:0|-?[1-9][0-9]{0,14})';
const TEXT_OR_NULL = `(?:null|${TEXT})`;
const NUMBER_OR_NULL = `(?:null|${NUMBER})`;
const PERSON = `(?:null|\\{"team":${TEXT},"user":${TEXT},"name":${TEXT}\\})`;
const AWS = `(?:null|\\{"requestId":${TEXT_OR_NULL}(?:,"updateRequestId":${TEXT_OR_NULL})?\\})`;
const HEX = '[0-9a-f]{64}';
const TIME = '[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z';

/** The fields in the order that `writeRecord` gives them. */
const RECORD = new RegExp(
  [
    `^\\{"v":1,"log":"(${CHARACTER}+)","seq":([1-9][0-9]{0,14}),"prev":"(${HEX})","at":"(${TIME})"`,
    `"event":"([a-z.]+)","request":${TEXT_OR_NULL},"version":${NUMBER_OR_NULL},"actor":${PERSON}`,
    // Older records have no link.
    `"channel":${TEXT_OR_NULL}(?:,"link":${TEXT_OR_NULL})?,"execution":${TEXT_OR_NULL},"account":${TEXT_OR_NULL}`,
    `"region":${TEXT_OR_NULL}`,
    `"from":${NUMBER_OR_NULL},"to":${NUMBER_OR_NULL},"reason":${TEXT_OR_NULL},"rule":${TEXT_OR_NULL}`,
    `"policy":${TEXT_OR_NULL},"op":${TEXT},"aws":${AWS},"detail":([^]*)\\}$`,
  ].join(','),
);

/** A detail without nested values. It captures the names of the fields. */
const MAX_FIELDS = 8;
const FIELD = `"([A-Za-z]+)":(?:true|false|${NUMBER_OR_NULL}|${TEXT})`;
const MORE_FIELDS = `(?:,${FIELD}`.repeat(MAX_FIELDS - 1) + ')?'.repeat(MAX_FIELDS - 1);
const FLAT = new RegExp(`^\\{${FIELD}${MORE_FIELDS}\\}$`);

/**
 * Reads a record that is written exactly as this bot writes most of them, in a fraction of the time that JSON.parse takes.
 * Null for all others, which may still be good. Its result is the same as that of `parseRecordFully`.
 */
export function parseRecordFast(bytes: string): ChainedRecord | null {
  const found = RECORD.exec(bytes);
  if (found === null) return null;
  const event = found[5] as string;
  if (EVENTS_WITH_DETAIL.includes(event) || !hasDistinctFields(found[6] as string)) return null;
  return {
    log: found[1] as string,
    seq: Number(found[2]),
    prev: found[3] as string,
    at: found[4] as string,
    event,
    detail: null,
  };
}

function hasDistinctFields(detail: string): boolean {
  if (detail === 'null') return true;
  const names = FLAT.exec(detail);
  if (names === null) return false;
  for (let place = 2; names[place] !== undefined; place++) {
    // The whole match, at 0, is not the name of a field.
    if (names.indexOf(names[place] as string, 1) !== place) return false;
  }
  return true;
}
