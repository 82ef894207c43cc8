import type { Result } from '../domain/result.ts';
import type { ConfigFault } from './config-fault.ts';
import { createEnvironmentReader, type Environment } from './environment-reader.ts';
import { keyPrefix, type RedisTarget, readRedis } from './redis-target.ts';

/** Where the bot's data is. */
export interface RedisConfig {
  readonly target: RedisTarget;
  readonly prefix: string;
}

/** Reads it, or returns all faults. */
export function readRedisConfig(env: Environment): Result<RedisConfig, ConfigFault[]> {
  const reader = createEnvironmentReader(env);
  const target = readRedis(reader);
  const prefix = reader.optional('REDIS_KEY_PREFIX', keyPrefix) ?? 'dst';
  if (reader.faults.length > 0 || target === null) return { ok: false, problem: reader.faults };
  return { ok: true, value: { target, prefix } };
}
