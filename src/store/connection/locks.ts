import { randomUUID } from 'node:crypto';
import type { Connection } from './connection.ts';
import { createRedisOutcome } from './redis-outcome.ts';
import { loadScript } from './script.ts';

/** A lock that this process holds. It is renewed until it is released, however long the work takes. */
export interface Lock {
  /**
   * Asks Redis whether the lock is still held, and renews it if so. Ask before each write that two must not make: a process that
   * was paused for a while has lost its locks without noticing.
   * @throws NotRecorded where Redis does not answer
   */
  isHeld(): Promise<boolean>;
  /** Waits until Redis answers: otherwise a lock would outlive a short outage. */
  release(): Promise<void>;
  /** Renews the lock for a last time: it expires after its time to live. */
  letExpire(): Promise<void>;
}

/** Renewals within a lock's time to live: two may fail. */
const RENEWALS = 3;

/** Locks in Redis, each with a time to live: if a bot dies, its locks expire. */
export function createLocks(redis: Connection) {
  const { read, retryUntilAnswered } = createRedisOutcome(redis);
  const runLock = loadScript(redis, 'lock');
  return {
    /** @returns null where another holds it */
    async take(key: string, liveMs: number, token: string = randomUUID()): Promise<Lock | null> {
      let lost = false;
      const renew = async (): Promise<boolean> => {
        if (!lost) lost = (await runLock([key], [token, liveMs])) !== 1;
        return !lost;
      };
      const remove = () => retryUntilAnswered(() => runLock([key], [token, 0]));
      const taking = redis.set(key, token, 'PX', liveMs, 'NX');
      // The command may have been carried out although its answer was lost. After the connection was closed nothing can be done.
      taking.catch(() => remove().catch(() => undefined));
      if ((await taking) === null) return null;
      const renewing = setInterval(() => {
        // If one fails, the next one renews, or isHeld() does.
        renew().catch(() => undefined);
      }, liveMs / RENEWALS);
      renewing.unref();
      return {
        isHeld: () => read(renew),
        async release() {
          clearInterval(renewing);
          await remove();
        },
        async letExpire() {
          clearInterval(renewing);
          await read(renew);
        },
      };
    },
  };
}
