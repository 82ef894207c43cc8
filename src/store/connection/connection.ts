import { setTimeout as sleep } from 'node:timers/promises';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { RedisAccess, RedisTarget } from '../../config/redis-target.ts';
import { followFailovers } from './sentinel-failover.ts';

/** A connection to one Redis, to a Sentinel's primary, or to a Cluster. */
export type Connection = Redis | Cluster;

/** How long a person may wait for Redis; after that the outcome is unknown. */
const ANSWER_MS = 1500;
const CONNECT_MS = 2000;
/**
 * How long one blocking read waits for work. A connection that is silent for ANSWER_MS longer than that is broken, so this is also
 * how soon a Redis that takes commands and never answers is noticed.
 */
export const BLOCK_MS = 2000;
/** How long the end of a connection waits for the other side, which may be gone. */
const DISCONNECT_MS = 500;

type Options = Omit<RedisOptions, 'replyMapping' | 'himportFieldsets'> & { replyMapping: 'legacy' };

/**
 * Opens a connection. `commands`: every command has a time limit, and the client neither queues nor repeats any, since one that is
 * sent again after a reconnect could be carried out twice. `blocking`: only for the blocking read, which a time limit on commands
 * would break; there, silence means a broken connection, and never "no work".
 */
export function openConnection(target: RedisTarget, purpose: 'commands' | 'blocking'): Connection {
  const options: Options = {
    replyMapping: 'legacy',
    lazyConnect: true,
    connectTimeout: CONNECT_MS,
    autoResendUnfulfilledCommands: false,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    keepAlive: 10_000,
    disconnectTimeout: DISCONNECT_MS,
    // After a reconnect the same address may lead to the new primary. The command itself is not repeated.
    reconnectOnError: (fault) => /^(READONLY|UNBLOCKED)\b/.test(fault.message),
    retryStrategy: backoff,
    ...(purpose === 'commands'
      ? { commandTimeout: ANSWER_MS, socketTimeout: ANSWER_MS }
      : { socketTimeout: BLOCK_MS + ANSWER_MS }),
  };
  switch (target.kind) {
    case 'single':
      return new Redis({ ...options, ...access(target), host: target.host, port: target.port, db: target.db });
    case 'sentinel': {
      const { username, password } = target.sentinelAccess;
      const connection = new Redis({
        ...options,
        ...access(target),
        sentinels: [...target.sentinels],
        name: target.name,
        // Without both options TLS is silently left out, and the password is sent in the clear.
        ...(target.tls && { sentinelTLS: target.tls, enableTLSForSentinelMode: true }),
        ...(username && { sentinelUsername: username }),
        ...(password && { sentinelPassword: password }),
        sentinelRetryStrategy: backoff,
        // Without it the client would wait for ever for a sentinel that accepts the connection and never answers.
        sentinelCommandTimeout: ANSWER_MS,
      });
      const sentinelAccess = access({ ...target.sentinelAccess, ...(target.tls && { tls: target.tls }) });
      const limits = { commandTimeout: ANSWER_MS, socketTimeout: ANSWER_MS };
      const listening = { ...options, ...limits, autoResubscribe: false, enableReadyCheck: false };
      const sentinels = target.sentinels.map((sentinel) => new Redis({ ...listening, ...sentinelAccess, ...sentinel }));
      followFailovers(connection, sentinels, target.name);
      return connection;
    }
    case 'cluster': {
      const { enableOfflineQueue: _, retryStrategy: __, ...nodeOptions } = options;
      return new Cluster([...target.nodes], {
        lazyConnect: true,
        enableOfflineQueue: false,
        clusterRetryStrategy: backoff,
        slotsRefreshTimeout: CONNECT_MS,
        // A certificate names the host, not the address that it resolves to.
        ...(target.tls && { dnsLookup: (name, done) => done(null, name) }),
        redisOptions: { ...nodeOptions, ...access(target) },
      });
    }
  }
}

function access({ username, password, tls }: RedisAccess): Pick<RedisOptions, 'username' | 'password' | 'tls'> {
  return { ...(username && { username }), ...(password && { password }), ...(tls && { tls }) };
}

function backoff(times: number): number {
  return Math.min(50 * times, 500) + Math.random() * 50;
}

/**
 * Connects and waits until the connection can carry commands.
 * @throws Error after `timeoutMs`; the connection goes on trying in the background.
 */
export async function connect(connection: Connection, timeoutMs: number): Promise<void> {
  const first = connection.connect().catch((cause: unknown) => cause);
  if (connection.status === 'ready') return;
  const late = new AbortController();
  const ready = new Promise<true>((resolve) => connection.once('ready', () => resolve(true)));
  const tooLate = sleep(timeoutMs, false, { signal: late.signal }).catch(() => false);
  const inTime = await Promise.race([ready, tooLate]);
  late.abort();
  if (!inTime) throw new Error('Redis does not answer', { cause: await Promise.race([first, sleep(0)]) });
}
