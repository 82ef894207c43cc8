import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { readKnownCheckpoints } from '../../audit/log/checkpoint-file.ts';
import { verifyRedisLog } from '../../audit/log/verify-redis-log.ts';
import type { KnownCheckpoint } from '../../audit/verify/checkpoint-check.ts';
import { type Verification, verifyParts, withFlaw } from '../../audit/verify/verify-log.ts';
import { type AuditKeys, readAuditKeys } from '../../config/audit-keys.ts';
import { readCheckpointPath } from '../../config/file-paths.ts';
import { readLedgerConfig } from '../../config/ledger-config.ts';
import { printable } from '../../domain/text/printable.ts';
import { CannotRun } from '../cannot-run.ts';
import { type ExitCode, type Terminal, table } from '../terminal.ts';
import { openExports } from './open-exports.ts';
import { orCannotRun, withLog } from './open-log.ts';
import { beginOf, otherFile } from './other-file.ts';

export interface VerifyOptions {
  /** Exports and archives that together are one log. They are verified without Redis. */
  file?: string | string[];
  /** Archives of the part before the log in Redis. */
  archive?: string | string[];
  /** If not given, the log in Redis is checked against AUDIT_CHECKPOINT_FILE. */
  checkpoints?: string;
  /** Public halves of signing keys, PEM. */
  publicKey?: string | string[];
}

/** The keys for signatures and MACs. */
interface Keyring {
  keys: AuditKeys['keys'];
  signers: readonly KeyObject[];
}

/** Checks the log in Redis, or exports, and prints the three verdicts. */
export async function verifyAudit(options: VerifyOptions, terminal: Terminal): Promise<ExitCode> {
  const files = [options.file ?? []].flat();
  const archives = [options.archive ?? []].flat();
  if (files.length > 0 && archives.length > 0) {
    throw new CannotRun('--archive goes with the log in Redis; offline, give each file with --file');
  }
  const keyring = await readKeyring(options, terminal);
  const note = (words: string) => terminal.say(`note: ${words}`);
  const given = options.checkpoints === undefined ? null : await readGiven(options.checkpoints, keyring, terminal);
  const found =
    files.length > 0
      ? await verifyParts(await openExports(files, keyring.signers, note), keyring.keys, given)
      : await verifyRedis(archives, keyring, given, terminal);
  const { integrity, completeness, authenticity, firstBad } = found;
  const verdicts = Object.entries({ integrity, completeness, authenticity });
  terminal.print(...table(verdicts.map(([name, { verdict, why }]) => [name, verdict, why])));
  if (!found.faulty) return 0;
  terminal.print(`first bad seq: ${firstBad ?? 'none, the fault is not in a record'}`);
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
    throw new CannotRun(`${printable(file)} can't be read${expected}`, { cause });
  });
  const key = toPublicKey(text);
  if (key?.asymmetricKeyType !== 'ed25519')
    throw new CannotRun(`${printable(file)} is no public Ed25519 key${expected}`);
  return key;
}

function toPublicKey(text: Buffer): KeyObject | null {
  try {
    return createPublicKey(text);
  } catch {
    return null;
  }
}

/** The checkpoints that were given by option. Without them nothing is checked. */
async function readGiven(file: string, { signers }: Keyring, terminal: Terminal): Promise<KnownCheckpoint[]> {
  const { checkpoints, flaw } = await readKnownCheckpoints(file, printable(file), signers);
  if (checkpoints === null) {
    const begin = await beginOf(file);
    const other = begin && otherFile(begin, 'checkpoints');
    throw new CannotRun(other ? `${printable(file)} ${other}` : (flaw ?? file));
  }
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
  const kept = file === null ? null : await readKnownCheckpoints(file, 'AUDIT_CHECKPOINT_FILE', keyring.signers);
  const checkpoints = given ?? kept?.checkpoints ?? null;
  const said = new Set<string>();
  // The files are opened again if the log changes during the check; a note is printed once.
  const note = (words: string) => {
    if (!said.has(words)) terminal.say(`note: ${words}`);
    said.add(words);
  };
  const open = () => openExports(archives, keyring.signers, note, archives.length > 0);
  return withLog(target, async (redis, keys) => {
    const found = (await verifyRedisLog(redis, keys, keyring.keys, checkpoints, open)) ?? nothingThere(target.prefix);
    return kept?.flaw ? withFlaw(found, kept.flaw, kept.checkpoints === null) : found;
  });
}

/** There is no log: the prefix may be wrong, or somebody emptied it. So the verdicts are unknown. */
function nothingThere(prefix: string): Verification {
  const unknown = { verdict: 'unknown', seq: null, why: `Redis holds no log under the prefix ${prefix}` } as const;
  return { integrity: unknown, completeness: unknown, authenticity: unknown, faulty: false, firstBad: null };
}
