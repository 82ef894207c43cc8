import { setTimeout as sleep } from 'node:timers/promises';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { RedisAccess, RedisTarget } from '../config-redis.ts';
import { followFailovers } from './sentinel-failover.ts';

/** A connection to one Redis, to a Sentinel's primary, or to a Cluster. */
export type Connection = Redis | Cluster;

/** How long a person may be kept waiting for Redis: then its answer is "not known". */
const ANSWER_MS = 1500;
const CONNECT_MS = 2000;
/**
 * How long a blocking read waits for work before it asks again. A connection that is silent for ANSWER_MS longer than
 * that is broken, so this is also how soon a Redis that swallows is noticed.
 */
export const BLOCK_MS = 2000;
/** An orderly end of a connection waits for the other side: of a server that is gone nothing comes. */
const GOODBYE_MS = 500;

type Options = Omit<RedisOptions, 'replyMapping' | 'himportFieldsets'> & { replyMapping: 'legacy' };

/**
 * Opens a connection. `commands`: every command has a time limit and none is queued or sent twice by the client, since
 * a command re-sent after a reconnect would be done twice. `blocking`: for the blocking read alone, which a time limit
 * on commands would break; its silence is a broken connection too, and never taken for "no work".
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
    disconnectTimeout: GOODBYE_MS,
    // Connected anew, the same address may lead to the new primary. The command itself is not sent again.
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
        // Two switches: without them TLS is left out silently, and the password goes out in the clear.
        ...(target.tls && { sentinelTLS: target.tls, enableTLSForSentinelMode: true }),
        ...(username && { sentinelUsername: username }),
        ...(password && { sentinelPassword: password }),
        sentinelRetryStrategy: backoff,
        // Without it one that takes the connection and says nothing is waited for for ever.
        sentinelCommandTimeout: ANSWER_MS,
      });
      const getIn = access({ ...target.sentinelAccess, ...(target.tls && { tls: target.tls }) });
      const limits = { commandTimeout: ANSWER_MS, socketTimeout: ANSWER_MS };
      const listening = { ...options, ...limits, autoResubscribe: false, enableReadyCheck: false };
      const sentinels = target.sentinels.map((sentinel) => new Redis({ ...listening, ...getIn, ...sentinel }));
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
        // A certificate is for the name, not for the address that it leads to.
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
 * @throws Error where that takes longer than `timeoutMs`; it goes on trying in the background.
 */
export async function connect(connection: Connection, timeoutMs: number): Promise<void> {
  const first = connection.connect().catch((cause: unknown) => cause);
  const until = Date.now() + timeoutMs;
  while (connection.status !== 'ready') {
    if (Date.now() > until) throw new Error('Redis does not answer', { cause: await Promise.race([first, sleep(0)]) });
    await sleep(20);
  }
}
