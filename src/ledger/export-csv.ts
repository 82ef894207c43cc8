import { printable } from '../domain/printable.ts';
import { UNLIMITED } from '../domain/rate.ts';
import type { ExportForm } from './export-format.ts';
import { parseRecord } from './parse-json.ts';

const COLUMNS = [
  ...['seq', 'at', 'event', 'request', 'version', 'actor_name', 'actor_user', 'actor_team', 'channel', 'execution'],
  ...['account', 'region', 'from', 'to', 'reason', 'rule', 'policy', 'op', 'aws_request', 'detail', 'log', 'prev'],
  ...['hash', 'mac', 'kid'],
] as const;

/** For spreadsheets: RFC 4180, UTF-8 with its mark, a row of names first. It can't be verified: the JSON lines can. */
export const csv: ExportForm = {
  head: () => `\ufeff${row(COLUMNS)}`,
  record({ bytes, hash, mac, kid }) {
    const record = parseRecord(bytes) ?? {};
    const actor = (record.actor ?? {}) as Record<string, unknown>;
    const aws = (record.aws ?? {}) as Record<string, unknown>;
    const values: Record<(typeof COLUMNS)[number], unknown> = {
      ...(record as Record<(typeof COLUMNS)[number], unknown>),
      ...{ actor_name: actor.name, actor_user: actor.user, actor_team: actor.team, aws_request: aws.requestId },
      ...{ from: rate(record.from), to: rate(record.to), hash, mac, kid },
    };
    return row(COLUMNS.map((column) => values[column]));
  },
};

function rate(value: unknown): unknown {
  return value === UNLIMITED ? 'unlimited' : value;
}

function row(values: readonly unknown[]): string {
  return `${values.map(cell).join(',')}\r\n`;
}

/** What is a formula where a cell begins: spaces and what can't be seen before it make no difference. */
const FORMULA = '[\\s\u200c\u200d]*[=+\\-@\\uff1d\\uff0b\\uff0d\\uff20]';
const BEGINS_ODDLY = new RegExp(`^${FORMULA}`);
/** A spreadsheet may split at other characters than commas, and take no notice of quotes then: a cell may begin there too. */
const FORMULA_WITHIN = new RegExp(`;(?=${FORMULA})`, 'g');

/**
 * One line of text with nothing in it that acts. A cell that begins with one of `= + - @` would be a formula: an apostrophe
 * makes it text.
 */
function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = printable(typeof value === 'object' ? JSON.stringify(value) : String(value));
  const safe = `${BEGINS_ODDLY.test(text) ? "'" : ''}${text.replace(FORMULA_WITHIN, ";'")}`;
  return /[",;']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
