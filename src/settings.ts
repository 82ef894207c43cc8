import { type Config, describeConfigFaults, readConfig } from './config.ts';
import { appendCheckpoints, type Checkpoint } from './ledger/checkpoint-format.ts';
import { highestOf, readOwnCheckpoints } from './ledger/own-checkpoints.ts';
import { openPolicyFile, type PolicyFile } from './policy-source.ts';

/** The environment or the policy file is wrong; the message lists every fault. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/** What the bot is started with, all of it read and found good. */
export interface Settings {
  config: Config;
  policy: PolicyFile;
  /** Null: nothing outside Redis vouches for the log. */
  witness: Checkpoint | null;
}

/** @throws ConfigurationError */
export async function readSettings(env: NodeJS.ProcessEnv): Promise<Settings> {
  const config = readConfig(env);
  if (!config.ok) throw new ConfigurationError(describeConfigFaults(config.problem));
  const policy = await openPolicyFile(config.value.policyFile);
  if (!policy.ok) throw new ConfigurationError(policy.problem);
  return { config: config.value, policy: policy.value, witness: await readWitness(config.value) };
}

/** The highest record that the bot's own checkpoints vouch for. */
async function readWitness({ audit }: Config): Promise<Checkpoint | null> {
  const { checkpointFile: file, signingKey } = audit;
  if (file === null) return null;
  // Rather now than at the first checkpoint.
  const opened = appendCheckpoints(file, []).then(() => readOwnCheckpoints(file, signingKey));
  const own = await opened.catch((cause: unknown) => {
    throw new ConfigurationError("AUDIT_CHECKPOINT_FILE can't be written\n  expected: a path of a file outside Redis", {
      cause,
    });
  });
  if (!own.ok) throw new ConfigurationError(own.problem);
  return highestOf(own.value);
}
