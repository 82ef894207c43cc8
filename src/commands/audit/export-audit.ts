import { randomUUID } from 'node:crypto';
import { access, link, open, rm } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { csv } from '../../audit/format/export-csv.ts';
import { type ExportForm, jsonLines } from '../../audit/format/export-format.ts';
import { type ExportPlan, exportedEvent, exportText, planExport } from '../../audit/log/audit-export.ts';
import type { AuditKeys } from '../../config/audit-keys.ts';
import { readLedgerConfig } from '../../config/ledger-config.ts';
import { printable } from '../../domain/text/printable.ts';
import type { Connection } from '../../store/connection/connection.ts';
import type { Keys } from '../../store/connection/keys.ts';
import { CannotRun } from '../cannot-run.ts';
import type { ExitCode, Terminal } from '../terminal.ts';
import { readMoment } from './moment.ts';
import { openLedger, orCannotRun, withLog } from './open-log.ts';
import { progressLine } from './progress-line.ts';

export interface ExportOptions {
  since?: string;
  until?: string;
  format: string;
  out?: string;
}

/** Writes the log, or the part of it between two moments, as JSON lines or CSV to stdout or to a new file. */
export async function exportAudit(options: ExportOptions, terminal: Terminal): Promise<ExitCode> {
  const now = terminal.now();
  const since = options.since === undefined ? null : readMoment('--since', options.since, now);
  const until = options.until === undefined ? null : readMoment('--until', options.until, now);
  if (since && until && since >= until) throw new CannotRun('--since is not before --until');
  const { redis: target, ...keyring } = orCannotRun(readLedgerConfig(terminal.env));
  const form = formOf(options.format, keyring.signingKey);
  const { out } = options;
  if (out !== undefined) await refuseExisting(out);
  const plan = await withLog(target, async (redis, keys) => {
    const planned = await planExport(redis, keys, { since, until }, now);
    const progress = (count: number) => terminal.progress?.(progressLine('exported', count, planned.head.count));
    const write = (to?: NodeJS.WritableStream) =>
      pipeline(Readable.from(exportText(redis, keys, planned, form, progress)), to ?? terminal.exported, {
        // stdout stays open after the export.
        end: to !== undefined,
      }).finally(() => terminal.progress?.(''));
    // The record comes first, so that there is never an export without one.
    const record = () => recordExport(redis, keys, planned, keyring, terminal);
    if (out === undefined) {
      await record();
      await write();
    } else {
      await writeWholeFile(out, record, write);
    }
    return planned;
  });
  const { count, first, last } = plan.head;
  terminal.say(
    `${count} records${count === 0 ? '' : `, ${first} to ${last}`}${out === undefined ? '' : `, in ${printable(out)}`}`,
  );
  return 0;
}

function formOf(format: string, signingKey: Parameters<typeof jsonLines>[0]): ExportForm {
  if (format === 'jsonl') return jsonLines(signingKey);
  if (format === 'csv') return csv;
  throw new CannotRun(`--format ${JSON.stringify(format.slice(0, 60))} is not known\n  expected: jsonl or csv`);
}

export async function refuseExisting(out: string): Promise<void> {
  const exists = await access(out).then(
    () => true,
    () => false,
  );
  if (exists) throw new CannotRun(`${printable(out)} is there already, and an export replaces nothing`);
}

/** `out` gets its name when it is complete. Only its owner can read it, since it names people. */
export async function writeWholeFile(
  out: string,
  record: () => Promise<void>,
  write: (to: NodeJS.WritableStream) => Promise<void>,
): Promise<void> {
  const partial = `${out}.${process.pid}.partial`;
  const file = await open(partial, 'wx', 0o600).catch((cause: unknown) => {
    throw new CannotRun(`${printable(out)} can't be written`, { cause });
  });
  try {
    await record();
    await write(file.createWriteStream({ flush: true }));
    await link(partial, out).catch((cause: unknown) => {
      const isThere = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
      if (isThere)
        throw new CannotRun(`${printable(out)} was made by somebody else meanwhile, and an export replaces nothing`);
      throw new CannotRun(`${printable(out)} can't be written`, { cause });
    });
  } finally {
    await rm(partial, { force: true });
  }
  // The file's name must be on disk too, before anything relies on the file.
  const folder = await open(dirname(out), 'r');
  await folder.sync().finally(() => folder.close());
}

async function recordExport(
  redis: Connection,
  keys: Keys,
  { head }: ExportPlan,
  { keys: auditKeys, signingKey }: AuditKeys,
  terminal: Terminal,
): Promise<void> {
  if (head.log === null) return terminal.say('note: there is no such record, so no export is recorded');
  if (auditKeys === null) return terminal.say('note: AUDIT_KEYS is not set, so this export is not recorded in the log');
  const { ledger, lost } = await openLedger(redis, keys, auditKeys, { signingKey, terminal });
  if (lost !== null)
    return terminal.say(`note: ${lost}\n  So this is what is left of it, and the export is not recorded`);
  const event = exportedEvent(head, `command line, ${userInfo().username}`);
  await ledger.commit({ op: `export:${randomUUID()}`, prior: null, events: [event] });
}
