/** What the chain needs of a record. */
export interface Chained {
  log: string;
  seq: number;
  prev: string;
  at: string;
  event: string;
  /** Null where the event is none of `TELLING`. */
  detail: unknown;
}

/** The events whose detail the chain goes by. */
export const TELLING: readonly string[] = ['audit.archived', 'loss.accepted'];

// Text without anything that JSON escapes, and whole numbers that JSON keeps: what stands in a record as it was written.
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
const AS_WRITTEN = new RegExp(
  [
    `^\\{"v":1,"log":"(${CHARACTER}+)","seq":([1-9][0-9]{0,14}),"prev":"(${HEX})","at":"(${TIME})"`,
    `"event":"([a-z.]+)","request":${TEXT_OR_NULL},"version":${NUMBER_OR_NULL},"actor":${PERSON}`,
    `"channel":${TEXT_OR_NULL},"execution":${TEXT_OR_NULL},"account":${TEXT_OR_NULL},"region":${TEXT_OR_NULL}`,
    `"from":${NUMBER_OR_NULL},"to":${NUMBER_OR_NULL},"reason":${TEXT_OR_NULL},"rule":${TEXT_OR_NULL}`,
    `"policy":${TEXT_OR_NULL},"op":${TEXT},"aws":${AWS},"detail":([^]*)\\}$`,
  ].join(','),
);

/** A detail without anything nested in it; the names of its fields are what is captured. */
const MOST_FIELDS = 8;
const FIELD = `"([A-Za-z]+)":(?:true|false|${NUMBER_OR_NULL}|${TEXT})`;
const MORE_FIELDS = `(?:,${FIELD}`.repeat(MOST_FIELDS - 1) + ')?'.repeat(MOST_FIELDS - 1);
const FLAT = new RegExp(`^\\{${FIELD}${MORE_FIELDS}\\}$`);

/**
 * Reads a record that stands exactly as this bot writes most of them, at a fraction of the time of reading any JSON; null
 * for all others, which may still be good. What it reads is what reading slowly would find.
 */
export function readAsWritten(bytes: string): Chained | null {
  const found = AS_WRITTEN.exec(bytes);
  if (found === null) return null;
  const event = found[5] as string;
  if (TELLING.includes(event) || !saysEachOnce(found[6] as string)) return null;
  return {
    log: found[1] as string,
    seq: Number(found[2]),
    prev: found[3] as string,
    at: found[4] as string,
    event,
    detail: null,
  };
}

function saysEachOnce(detail: string): boolean {
  if (detail === 'null') return true;
  const names = FLAT.exec(detail);
  if (names === null) return false;
  for (let place = 2; names[place] !== undefined; place++) {
    // The whole match, at 0, is no name.
    if (names.indexOf(names[place] as string, 1) !== place) return false;
  }
  return true;
}
