import type { Environment } from './environment-reader.ts';

/** The path of the policy file; available even if the rest of the environment has faults. */
export function readPolicyPath(env: Environment): string {
  return env.POLICY_FILE?.trim() || 'policy.yml';
}

/** The path of the file that stores checkpoints outside Redis; null: there is none. */
export function readCheckpointPath(env: Environment): string | null {
  return env.AUDIT_CHECKPOINT_FILE?.trim() || null;
}
