import { type Config, describeConfigFaults } from '../config.ts';
import type { Result } from '../domain/result.ts';
import { type Connection, connect, openConnection } from '../ledger/connection.ts';
import { createKeys, type Keys } from '../ledger/keys.ts';
import { CannotRun } from './cannot-run.ts';

const CONNECT_WITHIN_MS = 3000;

/** Lets `work` use the Redis of the configuration, and closes the connection afterwards. */
export async function withLog<T>(
  { target, prefix }: Config['redis'],
  work: (redis: Connection, keys: Keys) => Promise<T>,
): Promise<T> {
  const redis = openConnection(target, 'commands');
  // Each command is told of its own fault; this only keeps the client from printing it too.
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

/** @throws CannotRun with every fault of the configuration */
export function orCannotRun<T>(read: Result<T, Parameters<typeof describeConfigFaults>[0]>): T {
  if (read.ok) return read.value;
  throw new CannotRun(describeConfigFaults(read.problem));
}
