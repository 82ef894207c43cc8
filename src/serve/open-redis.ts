import { ConfigurationError } from '../config/configuration-error.ts';
import type { Config } from '../config/read-config.ts';
import { printable } from '../domain/text/printable.ts';
import type { Log } from '../logging/logger.ts';
import { type Connection, connect, openConnection } from '../store/connection/connection.ts';
import { createKeys, type Keys } from '../store/connection/keys.ts';
import { isTlsFault, type RedisOutage, rootMessage } from '../store/connection/redis-outage.ts';
import type { StreamName } from '../workflow/ports/outbox.ts';
import type { Part } from './stop/stop-stack.ts';

/** How long a start waits for Redis before it goes on without. */
const FIRST_ANSWER_MS = 3000;

export interface OpenRedis extends Part {
  /** For commands. */
  redis: Connection;
  /** For the blocking read of each stream alone: one that waits for work with Slack must not hold up work with AWS. */
  blocking: Record<StreamName, Connection>;
  keys: Keys;
  /**
   * Resolves once all connections can carry commands, or Redis has not answered in time and is waited for in the background.
   * Rejects with a ConfigurationError where TLS is required and can't be set up: waiting would not help.
   */
  connected: Promise<void>;
  /** Ends the blocking reads. From then on a lost connection is no outage. */
  stopBlocking(): void;
}

/** Begins to connect to Redis. */
export function openRedis({
  config,
  outage,
  log,
}: {
  config: Pick<Config, 'redis'>;
  outage: RedisOutage;
  log: Log;
}): OpenRedis {
  const { target, prefix } = config.redis;
  const redis = openConnection(target, 'commands');
  const blocking = { aws: openConnection(target, 'blocking'), slack: openConnection(target, 'blocking') };
  const reading = Object.values(blocking);
  outage.watch([redis, ...reading], log);

  function stopBlocking(): void {
    outage.stop();
    for (const one of reading) one.disconnect();
  }
  function stop(): void {
    stopBlocking();
    redis.disconnect();
  }

  const connected = Promise.all([redis, ...reading].map((one) => connect(one, FIRST_ANSWER_MS))).then(
    () => undefined,
    () => {
      const fault = outage.lastFault();
      if (isTlsFault(fault)) throw encryptionFault(fault);
      log.error('Redis does not answer yet: started all the same, and waiting for it');
    },
  );
  return { redis, blocking, keys: createKeys(prefix), connected, stopBlocking, stop };
}

function encryptionFault(cause: Error | null): ConfigurationError {
  const problem = `asks for TLS, which could not be set up: ${printable(rootMessage(cause))}`;
  const expected =
    'a Redis that speaks TLS, with a certificate for the name in REDIS_URL; REDIS_CA_FILE where its CA is your own';
  return new ConfigurationError(`REDIS_URL ${problem}\n  expected: ${expected}`, { cause });
}
