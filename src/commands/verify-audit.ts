import { createReadStream } from 'node:fs';
import { type AuditKeys, readAuditKeys, readLedgerConfig } from '../config.ts';
import { type LogEntry, readEntries, readSnapshot } from '../ledger/audit-entries.ts';
import { type Unverified, type Verification, verifyLog, type Witness } from '../ledger/audit-verify.ts';
import {
  type HeadLine,
  isSignedBy,
  linesOf,
  readFields,
  readHeadLine,
  readRecordLine,
} from '../ledger/export-format.ts';
import { CannotRun } from './cannot-run.ts';
import { orCannotRun, withLog } from './open-log.ts';
import { type ExitCode, type Terminal, table } from './terminal.ts';

/** Checks the log in Redis, or an export, and says what it found of each of the three. */
export async function verifyAudit({ file }: { file?: string }, terminal: Terminal): Promise<ExitCode> {
  const found = file === undefined ? await verifyLive(terminal) : await verifyExport(file, terminal);
  const { integrity, completeness, authenticity, firstBad } = found;
  const verdicts = Object.entries({ integrity, completeness, authenticity });
  terminal.out.write(table(verdicts.map(([name, { verdict, why }]) => [name, verdict, why])));
  if (!verdicts.some(([, { verdict }]) => verdict === 'fault')) return 0;
  terminal.out.write(`first bad seq: ${firstBad ?? 'none, the fault is not in a record'}\n`);
  return 1;
}

async function verifyLive({ env }: Terminal): Promise<Verification> {
  const { redis: target, keys: auditKeys } = orCannotRun(readLedgerConfig(env));
  return withLog(target, async (redis, keys) => {
    const { head, ends } = await readSnapshot(redis, keys);
    if (!head && !ends) return nothingThere(target.prefix);
    const claim = head && { log: head.log, first: 1, last: head.seq, hash: head.hash, count: null };
    const witness: Witness = { name: 'the head in Redis', claim, signature: null };
    // Up to where the log ended just now: a bot may go on writing.
    const pages = ends ? readEntries(redis, keys, { from: '-', to: ends.last }) : none();
    return verifyLog(fromEntries(pages), witness, auditKeys);
  });
}

/** Nothing was found bad, and nothing good either: it may be another prefix, or a log that somebody emptied. */
function nothingThere(prefix: string): Verification {
  const unknown = { verdict: 'unknown', seq: null, why: `Redis holds no log under the prefix ${prefix}` } as const;
  return { integrity: unknown, completeness: unknown, authenticity: unknown, firstBad: null };
}

async function* none(): AsyncGenerator<LogEntry[]> {}

async function* fromEntries(pages: AsyncIterable<LogEntry[]>): AsyncGenerator<Unverified> {
  for await (const page of pages) {
    for (const { id, ...fields } of page) yield { where: `entry ${id}`, id, ...readFields(fields) };
  }
}

async function verifyExport(file: string, { env }: Terminal): Promise<Verification> {
  const keyring = orCannotRun(readAuditKeys(env));
  const lines = linesOf(createReadStream(file, 'utf8'));
  let first: IteratorResult<string>;
  try {
    first = await lines.next();
  } catch (cause) {
    throw new CannotRun(`${file} can't be read`, { cause });
  }
  if (first.done) throw new CannotRun(`${file} is empty, and an export never is`);
  const head = readHeadLine(first.value);
  const witness: Witness = {
    name: "the export's head",
    claim: head?.head ?? null,
    signature: head && signatureOf(head, keyring),
  };
  return verifyLog(fromLines(lines, head ? null : first.value), witness, keyring.keys);
}

function signatureOf(head: HeadLine, { signingKey }: AuditKeys): Witness['signature'] {
  if (head.sig === null) return signingKey ? 'unsigned-though-key' : 'unsigned';
  if (!signingKey) return 'unchecked';
  return isSignedBy(head, signingKey) ? 'good' : 'bad';
}

/** `first` is the first line where that is no head: it may be a record, of an export that lost its head. */
async function* fromLines(lines: AsyncIterable<string>, first: string | null): AsyncGenerator<Unverified> {
  const firstRecord = first === null ? null : readRecordLine(first);
  if (firstRecord && !('problem' in firstRecord)) yield { where: 'line 1', ...firstRecord };
  let number = 1;
  for await (const line of lines) {
    number += 1;
    yield { where: `line ${number}`, ...readRecordLine(line) };
  }
}
