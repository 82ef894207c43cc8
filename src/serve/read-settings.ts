import type { KeyObject } from 'node:crypto';
import { highestOf, readOwnCheckpoints } from '../audit/continuity/own-checkpoints.ts';
import type { Checkpoint } from '../audit/format/checkpoint-format.ts';
import { appendCheckpoints } from '../audit/log/checkpoint-file.ts';
import { describeConfigFaults } from '../config/config-fault.ts';
import { ConfigurationError } from '../config/configuration-error.ts';
import { readCheckpointPath, readPolicyPath } from '../config/file-paths.ts';
import { type Config, readConfig } from '../config/read-config.ts';
import { bad, good, type Result } from '../domain/result.ts';
import { openPolicyFile, type PolicyFile } from '../policy-file/open-policy-file.ts';

/** All that the bot is started with: the environment and the files that it names, valid. */
export interface Settings {
  config: Config;
  policyFile: PolicyFile;
  /** The highest record in the checkpoint file; null = no file outside Redis vouches for the log. */
  witness: Checkpoint | null;
}

/** @throws ConfigurationError with every fault of the environment and the files at once */
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

/** @returns the highest record that the bot's own checkpoints vouch for, or a described fault of the configuration */
async function readKnownCheckpoints(
  file: string | null,
  signingKey: KeyObject | null,
): Promise<Result<Checkpoint | null, string>> {
  if (file === null) return good(null);
  try {
    // Appending nothing finds a file that can't be written now, and not at the first checkpoint.
    await appendCheckpoints(file, []);
    const own = await readOwnCheckpoints(file, signingKey);
    return own.ok ? good(highestOf(own.value)) : own;
  } catch (fault) {
    const problem = `can't be written and read: ${fault instanceof Error ? fault.message : String(fault)}`;
    const expected = 'the path of a file outside Redis that the bot may write';
    return bad(describeConfigFaults([{ name: 'AUDIT_CHECKPOINT_FILE', problem, expected }]));
  }
}
