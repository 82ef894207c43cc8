import { createPublicKey, type KeyObject } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { type AuditKeys, readAuditKeys, readCheckpointPath, readLedgerConfig } from '../config.ts';
import type { Unverified } from '../ledger/audit-chain-check.ts';
import { verifyLive } from '../ledger/audit-live.ts';
import { type LogPart, type Verification, verifyParts, withFlaw } from '../ledger/audit-verify.ts';
import { type KnownCheckpoint, readWitness } from '../ledger/audit-witness.ts';
import { signatureOf } from '../ledger/checkpoint-format.ts';
import { linePagesOf, readHeadLine, readRecordLine } from '../ledger/export-format.ts';
import { CannotRun } from './cannot-run.ts';
import { orCannotRun, withLog } from './open-log.ts';
import { type ExitCode, type Terminal, table } from './terminal.ts';

export interface VerifyOptions {
  /** Exports and archives that are one log together: then without Redis. */
  file?: string | string[];
  /** Archives that come before what is in Redis. */
  archive?: string | string[];
  /** Else those of AUDIT_CHECKPOINT_FILE, where the log in Redis is checked. */
  checkpoints?: string;
  /** Public halves of signing keys, PEM. */
  publicKey?: string | string[];
}

/** What to check signatures and macs with. */
interface Keyring {
  keys: AuditKeys['keys'];
  signers: readonly KeyObject[];
}

/** Checks the log in Redis, or exports, and says what it found of each of the three. */
export async function verifyAudit(options: VerifyOptions, terminal: Terminal): Promise<ExitCode> {
  const files = [options.file ?? []].flat();
  const archives = [options.archive ?? []].flat();
  if (files.length > 0 && archives.length > 0) {
    throw new CannotRun('--archive goes with the log in Redis; offline, give each file with --file');
  }
  const keyring = await readKeyring(options, terminal);
  const given = options.checkpoints === undefined ? null : await readGiven(options.checkpoints, keyring, terminal);
  const found =
    files.length > 0
      ? await verifyParts(await openExports(files, keyring), keyring.keys, given)
      : await verifyRedis(archives, keyring, given, terminal);
  const { integrity, completeness, authenticity, firstBad } = found;
  const verdicts = Object.entries({ integrity, completeness, authenticity });
  terminal.out.write(table(verdicts.map(([name, { verdict, why }]) => [name, verdict, why])));
  if (!found.faulty) return 0;
  terminal.out.write(`first bad seq: ${firstBad ?? 'none, the fault is not in a record'}\n`);
  return 1;
}

async function readKeyring({ publicKey }: VerifyOptions, { env }: Terminal): Promise<Keyring> {
  const { keys, signingKey } = orCannotRun(readAuditKeys(env));
  const publics = await Promise.all([publicKey ?? []].flat().map(readPublicKey));
  return { keys, signers: [...(signingKey ? [signingKey] : []), ...publics] };
}

async function readPublicKey(file: string): Promise<KeyObject> {
  const expected = '\n  expected: the PEM that `audit key` prints';
  const text = await readFile(file).catch((cause: unknown) => {
    throw new CannotRun(`${file} can't be read${expected}`, { cause });
  });
  const key = toPublicKey(text);
  if (key?.asymmetricKeyType !== 'ed25519') throw new CannotRun(`${file} is no public Ed25519 key${expected}`);
  return key;
}

function toPublicKey(text: Buffer): KeyObject | null {
  try {
    return createPublicKey(text);
  } catch {
    return null;
  }
}

/** Checkpoints that somebody named: without them nothing is checked. */
async function readGiven(file: string, { signers }: Keyring, terminal: Terminal): Promise<KnownCheckpoint[]> {
  const { checkpoints, flaw } = await readWitness(file, file, signers);
  if (checkpoints === null) throw new CannotRun(flaw ?? file);
  if (flaw !== null) terminal.say(`note: ${flaw}`);
  return checkpoints;
}

async function verifyRedis(
  archives: string[],
  keyring: Keyring,
  given: KnownCheckpoint[] | null,
  terminal: Terminal,
): Promise<Verification> {
  const { redis: target } = orCannotRun(readLedgerConfig(terminal.env));
  const file = given === null ? readCheckpointPath(terminal.env) : null;
  const kept = file === null ? null : await readWitness(file, 'AUDIT_CHECKPOINT_FILE', keyring.signers);
  const checkpoints = given ?? kept?.checkpoints ?? null;
  const open = () => openExports(archives, keyring, archives.length > 0);
  return withLog(target, async (redis, keys) => {
    const found = (await verifyLive(redis, keys, keyring.keys, checkpoints, open)) ?? nothingThere(target.prefix);
    return kept?.flaw ? withFlaw(found, kept.flaw, kept.checkpoints === null) : found;
  });
}

/** Nothing was found bad, and nothing good either: it may be another prefix, or a log that somebody emptied. */
function nothingThere(prefix: string): Verification {
  const unknown = { verdict: 'unknown', seq: null, why: `Redis holds no log under the prefix ${prefix}` } as const;
  return { integrity: unknown, completeness: unknown, authenticity: unknown, faulty: false, firstBad: null };
}

/** In the order of their records, whatever the order that they were given in. */
async function openExports(files: string[], { signers }: Keyring, several = files.length > 1): Promise<LogPart[]> {
  const parts: LogPart[] = [];
  for (const file of files) parts.push(await openExport(file, signers, several));
  const firstOf = ({ witness }: LogPart) => witness.claim?.first ?? 0;
  return parts.sort((a, b) => firstOf(a) - firstOf(b));
}

/** @param several whether its name has to be said */
async function openExport(file: string, signers: readonly KeyObject[], several: boolean): Promise<LogPart> {
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
  const name = several ? `the head of ${file}` : "the export's head";
  const witness = { name, claim: head ? head.head : null, signature: head && signatureOf(head, signers) };
  return { witness, records: fromLines(pages, rest, head ? null : line, several ? `${file}, ` : '') };
}

/** `first` is the first line where that is no head: it may be a record, of an export that lost its head. */
async function* fromLines(
  pages: AsyncIterable<string[]>,
  begin: string[],
  first: string | null,
  file: string,
): AsyncGenerator<Unverified[]> {
  const firstRecord = first === null ? null : readRecordLine(first);
  if (firstRecord && !('problem' in firstRecord)) yield [{ where: `${file}line 1`, ...firstRecord }];
  let number = 1;
  const read = (line: string): Unverified => {
    number += 1;
    const record = readRecordLine(line);
    const where = `${file}line ${number}`;
    if ('problem' in record) return { where, problem: record.problem };
    const { bytes, hash, mac, kid } = record;
    return { where, bytes, hash, mac, kid };
  };
  yield begin.map(read);
  for await (const lines of pages) yield lines.map(read);
}
