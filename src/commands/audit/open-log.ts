import { type KeyObject, randomUUID } from 'node:crypto';
import { createAuditedLedger } from '../../audit/continuity/audited-ledger.ts';
import { highestOf, readOwnCheckpoints } from '../../audit/continuity/own-checkpoints.ts';
import type { AuditKey } from '../../audit/format/audit-chain.ts';
import type { Checkpoint } from '../../audit/format/checkpoint-format.ts';
import { readCheckpointFile } from '../../audit/log/checkpoint-file.ts';
import { type KnownCheckpoint, knownCheckpoints } from '../../audit/verify/checkpoint-check.ts';
import { describeConfigFaults } from '../../config/config-fault.ts';
import { readCheckpointPath } from '../../config/file-paths.ts';
import type { Config } from '../../config/read-config.ts';
import type { Result } from '../../domain/result.ts';
import { printable } from '../../domain/text/printable.ts';
import { type Connection, connect, openConnection } from '../../store/connection/connection.ts';
import { createKeys, type Keys } from '../../store/connection/keys.ts';
import type { RedisLedger } from '../../store/ledger/ledger.ts';
import { LedgerLost } from '../../workflow/faults.ts';
import { CannotRun } from '../cannot-run.ts';
import type { Terminal } from '../terminal.ts';

const CONNECT_WITHIN_MS = 3000;

/** Lets `work` use the Redis of the configuration, and closes the connection afterwards. */
export async function withLog<T>(
  { target, prefix }: Config['redis'],
  work: (redis: Connection, keys: Keys) => Promise<T>,
): Promise<T> {
  const redis = openConnection(target, 'commands');
  // Each command gets its own fault. This listener only keeps the client from printing it too.
  redis.on('error', () => undefined);
  try {
    await connect(redis, CONNECT_WITHIN_MS).catch((cause: unknown) => {
      throw new CannotRun("Redis can't be reached at REDIS_URL", { cause });
    });
    return await work(redis, createKeys(prefix));
  } finally {
    redis.disconnect();
  }
}

/**
 * The ledger of a command. It writes only if the log has what the bots and the checkpoint file know of it.
 * @returns `lost`: why it does not write, as a sentence; null: it does
 */
export async function openLedger(
  redis: Connection,
  keys: Keys,
  auditKeys: readonly AuditKey[],
  { signingKey, terminal }: { signingKey: KeyObject | null; terminal: Terminal },
): Promise<{ ledger: RedisLedger; lost: string | null }> {
  const checkpoint = highestOf(await readKnown(terminal.env, signingKey));
  const ledger = createAuditedLedger({
    redis,
    keys,
    auditKeys,
    clock: terminal,
    newLogId: randomUUID,
    checkpoint,
    alone: true,
  });
  const lost = await ledger.recheck().then(
    () => null,
    (fault: unknown) => {
      // The message has the log's id, which comes from Redis and may not be printable.
      if (fault instanceof LedgerLost) return printable(fault.message);
      throw fault;
    },
  );
  return { ledger, lost };
}

/** What AUDIT_CHECKPOINT_FILE knows of the log. @throws CannotRun */
export async function readKnown(env: NodeJS.ProcessEnv, signingKey: KeyObject | null): Promise<Checkpoint[]> {
  const file = readCheckpointPath(env);
  if (file === null) return [];
  const known = await readOwnCheckpoints(file, signingKey).catch((cause: unknown) => {
    throw new CannotRun(`${printable(file)} can't be read (AUDIT_CHECKPOINT_FILE)`, { cause });
  });
  if (!known.ok) throw new CannotRun(known.problem);
  return known.value;
}

/** @throws CannotRun with every fault of the configuration */
export function orCannotRun<T>(read: Result<T, Parameters<typeof describeConfigFaults>[0]>): T {
  if (read.ok) return read.value;
  throw new CannotRun(describeConfigFaults(read.problem));
}

/** The checkpoints in AUDIT_CHECKPOINT_FILE, to hold the log against; null: it is not set, or there is none yet. */
export async function readCheckpoints(
  env: NodeJS.ProcessEnv,
  signingKey: KeyObject | null,
): Promise<KnownCheckpoint[] | null> {
  const file = readCheckpointPath(env);
  if (file === null) return null;
  const read = await readCheckpointFile(file).catch((cause: unknown) => noneYet(cause, file));
  return read && knownCheckpoints(read.lines, signingKey);
}

/** Before the first checkpoint there is no file yet. A file that can't be read is an error. */
function noneYet(cause: unknown, file: string): null {
  if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return null;
  throw new CannotRun(`${printable(file)} can't be read (AUDIT_CHECKPOINT_FILE)`, { cause });
}
