import { stringify } from 'csv-stringify/sync';
import { UNLIMITED } from '../../domain/rate/rate.ts';
import { printable } from '../../domain/text/printable.ts';
import type { ExportForm } from './export-format.ts';
import { parseRecord } from './parse-json.ts';

const COLUMNS = [
  'seq',
  'at',
  'event',
  'request',
  'version',
  'actor_name',
  'actor_user',
  'actor_team',
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
  'aws_request',
  'detail',
  'log',
  'prev',
  'hash',
  'mac',
  'kid',
] as const;

/** For spreadsheets: RFC 4180, UTF-8 with a byte order mark, a row of names first. Unlike JSON lines it can't be verified. */
export const csv: ExportForm = {
  head: () => `\ufeff${row(COLUMNS)}`,
  record({ bytes, hash, mac, kid }) {
    const record = parseRecord(bytes) ?? {};
    const actor = (record.actor ?? {}) as Record<string, unknown>;
    const aws = (record.aws ?? {}) as Record<string, unknown>;
    const values: Record<(typeof COLUMNS)[number], unknown> = {
      ...(record as Record<(typeof COLUMNS)[number], unknown>),
      actor_name: actor.name,
      actor_user: actor.user,
      actor_team: actor.team,
      aws_request: aws.requestId,
      from: rate(record.from),
      to: rate(record.to),
      hash,
      mac,
      kid,
    };
    return row(COLUMNS.map((column) => values[column]));
  },
};

function rate(value: unknown): unknown {
  return value === UNLIMITED ? 'unlimited' : value;
}

/** The library quotes cells with a comma or a double quote by itself; these are the other characters to quote for. */
const STYLE = { record_delimiter: '\r\n', quoted_match: /[,;']/ };

function row(values: readonly unknown[]): string {
  return stringify([values.map(cell)], STYLE);
}

/** The beginning of a formula. A spreadsheet ignores spaces and invisible characters before it. */
const FORMULA = '[\\s\u200c\u200d]*[=+\\-@\\uff1d\\uff0b\\uff0d\\uff20]';
const BEGINS_AS_FORMULA = new RegExp(`^${FORMULA}`);
/** A spreadsheet may be set to split at semicolons, and then ignores our quotes: a cell may begin after one. */
const FORMULA_WITHIN = new RegExp(`;(?=${FORMULA})`, 'g');

/**
 * The text of a cell, on one line and without control characters. A text that begins with one of `= + - @` would be a
 * formula: an apostrophe before it makes it text.
 */
function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = printable(typeof value === 'object' ? JSON.stringify(value) : String(value));
  return `${BEGINS_AS_FORMULA.test(text) ? "'" : ''}${text.replace(FORMULA_WITHIN, ";'")}`;
}
