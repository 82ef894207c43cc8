import type { Result } from '../domain/result.ts';
import { type AuditKeys, readAuditKeys } from './audit-keys.ts';
import type { ConfigFault } from './config-fault.ts';
import { createEnvironmentReader, type Environment } from './environment-reader.ts';
import { keyPrefix, type RedisTarget, readRedis } from './redis-target.ts';

/** What the audit commands need to read the log in Redis, without Slack. */
export interface LedgerConfig extends AuditKeys {
  readonly redis: { readonly target: RedisTarget; readonly prefix: string };
}

/** Reads it, or returns all faults. */
export function readLedgerConfig(env: Environment): Result<LedgerConfig, ConfigFault[]> {
  const reader = createEnvironmentReader(env);
  const { faults, optional } = reader;
  const target = readRedis(reader);
  const prefix = optional('REDIS_KEY_PREFIX', keyPrefix) ?? 'dst';
  const audit = readAuditKeys(env);
  if (!audit.ok) faults.push(...audit.problem);
  if (faults.length > 0 || target === null || !audit.ok) return { ok: false, problem: faults };
  return { ok: true, value: { redis: { target, prefix }, ...audit.value } };
}
