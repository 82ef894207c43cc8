import { randomUUID } from 'node:crypto';
import { access, open, rename, rm } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type AuditKeys, readLedgerConfig } from '../config.ts';
import { type ExportPlan, exportedEvent, exportText, planExport } from '../ledger/audit-export.ts';
import type { Connection } from '../ledger/connection.ts';
import type { Keys } from '../ledger/keys.ts';
import { createLedger } from '../ledger/ledger.ts';
import { CannotRun } from './cannot-run.ts';
import { readMoment } from './moment.ts';
import { orCannotRun, withLog } from './open-log.ts';
import type { ExitCode, Terminal } from './terminal.ts';

export interface ExportOptions {
  since?: string;
  until?: string;
  format: string;
  out?: string;
}

/** Writes the log, or the part of it between two moments, as JSON lines to stdout or to a new file. */
export async function exportAudit(options: ExportOptions, terminal: Terminal): Promise<ExitCode> {
  if (options.format !== 'jsonl') throw new CannotRun(wrongFormat(options.format));
  const now = terminal.now();
  const since = options.since === undefined ? null : readMoment('--since', options.since, now);
  const until = options.until === undefined ? null : readMoment('--until', options.until, now);
  if (since && until && since >= until) throw new CannotRun('--since is not before --until');
  const { redis: target, ...keyring } = orCannotRun(readLedgerConfig(terminal.env));
  const { out } = options;
  if (out !== undefined) await refuseExisting(out);
  const plan = await withLog(target, async (redis, keys) => {
    const planned = await planExport(redis, keys, { since, until }, now);
    const write = (to?: NodeJS.WritableStream) =>
      pipeline(Readable.from(exportText(redis, keys, planned, keyring.signingKey)), to ?? terminal.out, {
        // stdout stays open, whatever was sent through it.
        end: to !== undefined,
      });
    // On record first: there is no export that the log does not know of.
    const record = () => recordExport(redis, keys, planned, keyring, terminal);
    if (out === undefined) {
      await record();
      await write();
    } else {
      await writeFile(out, record, write);
    }
    return planned;
  });
  const { count, first, last } = plan.head;
  terminal.say(
    `${count} records${count === 0 ? '' : `, ${first} to ${last}`}${out === undefined ? '' : `, in ${out}`}`,
  );
  return 0;
}

function wrongFormat(format: string): string {
  const what =
    format === 'csv' ? 'csv is not there yet' : `--format ${JSON.stringify(format.slice(0, 60))} is not known`;
  return `${what}\n  expected: jsonl`;
}

async function refuseExisting(out: string): Promise<void> {
  const exists = await access(out).then(
    () => true,
    () => false,
  );
  if (exists) throw new CannotRun(`${out} is there already, and an export replaces nothing`);
}

/** Whoever sees `out` sees a whole export: until then it has another name. For its owner alone, since it names people. */
async function writeFile(
  out: string,
  record: () => Promise<void>,
  write: (to: NodeJS.WritableStream) => Promise<void>,
): Promise<void> {
  const partial = `${out}.${process.pid}.partial`;
  const file = await open(partial, 'wx', 0o600).catch((cause: unknown) => {
    throw new CannotRun(`${out} can't be written`, { cause });
  });
  try {
    await record();
    await write(file.createWriteStream({ flush: true }));
    await rename(partial, out);
  } catch (cause) {
    await rm(partial, { force: true });
    throw cause;
  }
}

async function recordExport(
  redis: Connection,
  keys: Keys,
  { head }: ExportPlan,
  { keys: auditKeys }: AuditKeys,
  terminal: Terminal,
): Promise<void> {
  if (head.log === null) return terminal.say('note: there is no such record, so no export is recorded');
  if (auditKeys === null) return terminal.say('note: AUDIT_KEYS is not set, so this export is not recorded in the log');
  const ledger = createLedger({ redis, keys, auditKeys, clock: terminal, newLogId: randomUUID });
  const event = exportedEvent(head, `command line, ${userInfo().username}`);
  await ledger.commit({ op: `export:${randomUUID()}`, prior: null, events: [event] });
}
