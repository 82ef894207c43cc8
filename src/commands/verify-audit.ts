import type { KeyObject } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type AuditKeys, readAuditKeys, readLedgerConfig } from '../config.ts';
import type { Unverified } from '../ledger/audit-chain-check.ts';
import { verifyLive } from '../ledger/audit-live.ts';
import { type Verification, verifyLog, type Witness } from '../ledger/audit-verify.ts';
import { type KnownCheckpoint, knownCheckpoints } from '../ledger/audit-witness.ts';
import { readCheckpointFile } from '../ledger/checkpoint-format.ts';
import { type HeadLine, isSignedBy, linePagesOf, readHeadLine, readRecordLine } from '../ledger/export-format.ts';
import { CannotRun } from './cannot-run.ts';
import { orCannotRun, withLog } from './open-log.ts';
import { type ExitCode, type Terminal, table } from './terminal.ts';

export interface VerifyOptions {
  /** Exports and archives that are one log together: then without Redis. */
  file?: string | string[];
  /** Archives that come before what is in Redis. */
  archive?: string | string[];
  checkpoints?: string;
}

interface ExportFile {
  file: string;
  head: HeadLine | null;
  records: AsyncIterable<readonly Unverified[]>;
}

/** Checks the log in Redis, or exports, and says what it found of each of the three. */
export async function verifyAudit(options: VerifyOptions, terminal: Terminal): Promise<ExitCode> {
  const files = [options.file ?? []].flat();
  const archives = [options.archive ?? []].flat();
  if (files.length > 0 && archives.length > 0) {
    throw new CannotRun('--archive goes with the log in Redis; offline, give each file with --file');
  }
  const keyring = orCannotRun(readAuditKeys(terminal.env));
  const checkpoints =
    options.checkpoints === undefined ? null : await readWitness(options.checkpoints, keyring, terminal);
  const found =
    files.length > 0
      ? await verifyFiles(files, keyring, checkpoints)
      : await verifyRedis(archives, keyring, checkpoints, terminal);
  const { integrity, completeness, authenticity, firstBad } = found;
  const verdicts = Object.entries({ integrity, completeness, authenticity });
  terminal.out.write(table(verdicts.map(([name, { verdict, why }]) => [name, verdict, why])));
  if (!found.faulty) return 0;
  terminal.out.write(`first bad seq: ${firstBad ?? 'none, the fault is not in a record'}\n`);
  return 1;
}

async function readWitness(file: string, { signingKey }: AuditKeys, terminal: Terminal): Promise<KnownCheckpoint[]> {
  const { lines, bad } = await readCheckpointFile(file).catch((cause: unknown) => {
    throw new CannotRun(`${file} can't be read`, { cause });
  });
  if (lines.length === 0) throw new CannotRun(`${file} has no checkpoint in it`);
  if (bad.length > 0) terminal.say(`note: ${file} has lines that are no checkpoint: ${bad.slice(0, 5).join(', ')}`);
  return knownCheckpoints(lines, signingKey);
}

async function verifyRedis(
  archives: string[],
  keyring: AuditKeys,
  checkpoints: KnownCheckpoint[] | null,
  { env }: Terminal,
): Promise<Verification> {
  const { redis: target } = orCannotRun(readLedgerConfig(env));
  const parts = await openExports(archives);
  const unsound = headFault(parts, keyring.signingKey);
  if (unsound) throw new CannotRun(unsound);
  const archive = parts.length === 0 ? null : { heads: headsOf(parts), records: recordsOf(parts) };
  return withLog(target, async (redis, keys) => {
    const found = await verifyLive(redis, keys, keyring.keys, checkpoints, archive);
    return found ?? nothingThere(target.prefix);
  });
}

/** Nothing was found bad, and nothing good either: it may be another prefix, or a log that somebody emptied. */
function nothingThere(prefix: string): Verification {
  const unknown = { verdict: 'unknown', seq: null, why: `Redis holds no log under the prefix ${prefix}` } as const;
  return { integrity: unknown, completeness: unknown, authenticity: unknown, faulty: false, firstBad: null };
}

async function verifyFiles(
  files: string[],
  keyring: AuditKeys,
  checkpoints: KnownCheckpoint[] | null,
): Promise<Verification> {
  const parts = await openExports(files);
  const [only] = parts;
  if (parts.length === 1 && only) {
    const { head, records } = only;
    const signature = head && signatureOf(head, keyring.signingKey);
    const witness: Witness = { name: "the export's head", claim: head?.head ?? null, signature };
    return verifyLog(records, witness, keyring.keys, checkpoints);
  }
  const heads = headsOf(parts);
  const whole = heads.length === parts.length;
  const last = heads.at(-1);
  const claim = whole &&
    last && { ...last, first: heads[0]?.first ?? null, count: heads.reduce((sum, { count }) => sum + count, 0) };
  const signatures = parts.map(({ head }) => head && signatureOf(head, keyring.signingKey));
  const worst = ['bad', 'unsigned-though-key', 'unsigned', 'unchecked', 'good'] as const;
  const signature = worst.find((kind) => signatures.includes(kind)) ?? null;
  const witness: Witness = { name: `the head of ${parts.length} exports`, claim: claim || null, signature };
  return verifyLog(recordsOf(parts), witness, keyring.keys, checkpoints);
}

/** In the order of their records, whatever the order that they were given in. */
async function openExports(files: string[]): Promise<ExportFile[]> {
  const parts: ExportFile[] = [];
  for (const file of files) parts.push(await openExport(file));
  return parts.sort((a, b) => (a.head?.head.first ?? 0) - (b.head?.head.first ?? 0));
}

async function openExport(file: string): Promise<ExportFile> {
  const pages = linePagesOf(createReadStream(file));
  let first: IteratorResult<string[]>;
  try {
    first = await pages.next();
  } catch (cause) {
    throw new CannotRun(`${file} can't be read`, { cause });
  }
  if (first.done) throw new CannotRun(`${file} is empty, and an export never is`);
  const [line = '', ...rest] = first.value;
  const head = readHeadLine(line);
  return { file, head, records: fromLines(pages, rest, head ? null : line) };
}

function headsOf(parts: readonly ExportFile[]) {
  return parts.flatMap(({ head }) => (head && head.head.count > 0 ? [head.head] : []));
}

async function* recordsOf(parts: readonly ExportFile[]): AsyncGenerator<Unverified[]> {
  for (const { file, records } of parts) {
    for await (const page of records) yield page.map((record) => ({ ...record, where: `${file}, ${record.where}` }));
  }
}

function headFault(parts: readonly ExportFile[], signingKey: KeyObject | null): string | null {
  for (const { file, head } of parts) {
    if (!head) return `${file} has no head: it is no archive`;
    if (signatureOf(head, signingKey) === 'bad') return `the head of ${file} is not signed by AUDIT_SIGNING_KEY`;
  }
  return null;
}

function signatureOf(head: HeadLine, signingKey: KeyObject | null): NonNullable<Witness['signature']> {
  if (head.sig === null) return signingKey ? 'unsigned-though-key' : 'unsigned';
  if (!signingKey) return 'unchecked';
  return isSignedBy(head, signingKey) ? 'good' : 'bad';
}

/** `first` is the first line where that is no head: it may be a record, of an export that lost its head. */
async function* fromLines(
  pages: AsyncIterable<string[]>,
  begin: string[],
  first: string | null,
): AsyncGenerator<Unverified[]> {
  const firstRecord = first === null ? null : readRecordLine(first);
  if (firstRecord && !('problem' in firstRecord)) yield [{ where: 'line 1', ...firstRecord }];
  let number = 1;
  const read = (line: string): Unverified => {
    number += 1;
    const record = readRecordLine(line);
    const where = `line ${number}`;
    if ('problem' in record) return { where, problem: record.problem };
    const { bytes, hash, mac, kid } = record;
    return { where, bytes, hash, mac, kid };
  };
  yield begin.map(read);
  for await (const lines of pages) yield lines.map(read);
}
