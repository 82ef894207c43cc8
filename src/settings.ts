import type { KeyObject } from 'node:crypto';
import { type Config, describeConfigFaults, readCheckpointPath, readConfig, readPolicyPath } from './config.ts';
import { OPS_HOST_EXPECTED } from './config-ops.ts';
import { printable } from './domain/printable.ts';
import { bad, good, type Result } from './domain/result.ts';
import { appendCheckpoints } from './ledger/checkpoint-file.ts';
import type { Checkpoint } from './ledger/checkpoint-format.ts';
import { highestOf, readOwnCheckpoints } from './ledger/own-checkpoints.ts';
import { rootWords } from './ledger/redis-outage.ts';
import { openPolicyFile, type PolicyFile } from './policy-source.ts';

const WRONG_ADDRESS = new Set<unknown>(['EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN', 'EINVAL', 'EAFNOSUPPORT']);

/** The environment or the policy file is wrong; the message lists every fault. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/** The same of the address that OPS_PORT listens on. */
export function opsFault({ opsPort, opsHost }: Pick<Config, 'opsPort' | 'opsHost'>, fault: unknown): unknown {
  const code = fault instanceof Error && 'code' in fault ? fault.code : null;
  if (opsHost === null || !WRONG_ADDRESS.has(code)) return portFault('OPS_PORT', opsPort, fault);
  const problem = `can't be listened on: this machine has no such address (${code})`;
  const described = describeConfigFaults([{ name: 'OPS_HOST', problem, expected: OPS_HOST_EXPECTED }]);
  return new ConfigurationError(described, { cause: fault });
}

/** What a port that can't be listened on means to whoever sets it; any other fault as it is. */
export function portFault(name: 'PORT' | 'OPS_PORT', port: number, fault: unknown): unknown {
  const code = fault instanceof Error && 'code' in fault ? fault.code : null;
  if (code !== 'EADDRINUSE' && code !== 'EACCES') return fault;
  const problem =
    code === 'EADDRINUSE' ? 'is in use: something listens there already' : "isn't this user's to listen on";
  const expected = `a port that is free; PORT is for Slack's requests, OPS_PORT for /healthz, /readyz and /metrics`;
  return new ConfigurationError(`${name} ${port} ${problem}\n  expected: ${expected}`, { cause: fault });
}

/** TLS that `rediss…` asks for and that could not be had, to whoever sets it. */
export function encryptionFault(cause: Error | null): ConfigurationError {
  const problem = `asks for TLS, which could not be set up: ${printable(rootWords(cause))}`;
  const expected =
    'a Redis that speaks TLS, with a certificate for the name in REDIS_URL; REDIS_CA_FILE where its CA is your own';
  return new ConfigurationError(`REDIS_URL ${problem}\n  expected: ${expected}`, { cause });
}

/** What the bot is started with, all of it read and found good. */
export interface Settings {
  config: Config;
  policyFile: PolicyFile;
  /** Null: nothing outside Redis vouches for the log. */
  witness: Checkpoint | null;
}

/** @throws ConfigurationError with the faults of all of it, so that none is found only once another is mended */
export async function readSettings(env: NodeJS.ProcessEnv): Promise<Settings> {
  const config = readConfig(env);
  const checkpointFile = readCheckpointPath(env);
  const [policy, witness] = await Promise.all([
    openPolicyFile(readPolicyPath(env)),
    readKnownCheckpoints(checkpointFile, config.ok ? config.value.audit.signingKey : null),
  ]);
  if (config.ok && policy.ok && witness.ok) {
    return { config: config.value, policyFile: policy.value, witness: witness.value };
  }
  const faults = [
    ...(config.ok ? [] : [describeConfigFaults(config.problem)]),
    ...(witness.ok ? [] : [witness.problem]),
    ...(policy.ok ? [] : [policy.problem]),
  ];
  throw new ConfigurationError(faults.join('\n'));
}

/** The highest record that the bot's own checkpoints vouch for; the problem is a fault in the words of the settings. */
async function readKnownCheckpoints(
  file: string | null,
  signingKey: KeyObject | null,
): Promise<Result<Checkpoint | null, string>> {
  if (file === null) return good(null);
  try {
    // Rather now than at the first checkpoint.
    await appendCheckpoints(file, []);
    const own = await readOwnCheckpoints(file, signingKey);
    return own.ok ? good(highestOf(own.value)) : own;
  } catch (fault) {
    const problem = `can't be written and read: ${fault instanceof Error ? fault.message : String(fault)}`;
    const expected = 'the path of a file outside Redis that the bot may write';
    return bad(describeConfigFaults([{ name: 'AUDIT_CHECKPOINT_FILE', problem, expected }]));
  }
}
