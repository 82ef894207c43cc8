import type { Result } from '../domain/result.ts';
import { type AuditKeys, readAuditKeys } from './audit-keys.ts';
import type { ConfigFault } from './config-fault.ts';
import type { Environment } from './environment-reader.ts';
import { type RedisConfig, readRedisConfig } from './redis-config.ts';

/** What the audit commands need to read the log in Redis, without Slack. */
export interface LedgerConfig extends AuditKeys {
  readonly redis: RedisConfig;
}

/** Reads it, or returns all faults. */
export function readLedgerConfig(env: Environment): Result<LedgerConfig, ConfigFault[]> {
  const redis = readRedisConfig(env);
  const audit = readAuditKeys(env);
  if (redis.ok && audit.ok) return { ok: true, value: { redis: redis.value, ...audit.value } };
  return { ok: false, problem: [...(redis.ok ? [] : redis.problem), ...(audit.ok ? [] : audit.problem)] };
}
