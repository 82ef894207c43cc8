import { randomUUID } from 'node:crypto';
import type { Connection } from './connection.ts';
import { createGate } from './gate.ts';
import { loadScript } from './script.ts';

/** A lock that this process took. It is renewed until it is released, however long the work takes. */
export interface Lock {
  /**
   * Whether it is still this one's, as Redis says now: then for its whole life from now on. To be asked before each write that
   * two must not make, since a process that stood still for a while has lost its locks without noticing.
   * @throws NotRecorded where Redis does not answer
   */
  isHeld(): Promise<boolean>;
  /** Waits for Redis: else an outage would keep everybody out for as long as the lock lives. */
  release(): Promise<void>;
  /** Keeps everybody out for one more life from now on, and is over then. */
  leave(): Promise<void>;
}

/** How often a lock is renewed while it lives once: two renewals may be lost. */
const RENEWALS = 3;

/** Locks in Redis, each with a time to live: a bot that dies with one keeps the others out no longer than that. */
export function createLocks(redis: Connection) {
  const { read, untilAnswered } = createGate(redis);
  const runLock = loadScript(redis, 'lock');
  return {
    /** @returns null where another has it */
    async take(key: string, liveMs: number, token: string = randomUUID()): Promise<Lock | null> {
      let lost = false;
      const renew = async (): Promise<boolean> => {
        if (!lost) lost = (await runLock([key], [token, liveMs])) !== 1;
        return !lost;
      };
      const remove = () => untilAnswered(() => runLock([key], [token, 0]));
      const taking = redis.set(key, token, 'PX', liveMs, 'NX');
      // It may have been taken by a command whose answer was lost; where Redis is closed for good nobody can tell.
      taking.catch(() => remove().catch(() => undefined));
      if ((await taking) === null) return null;
      const renewing = setInterval(() => {
        // One that fails is made up for by the next, or by whoever asks.
        renew().catch(() => undefined);
      }, liveMs / RENEWALS);
      renewing.unref();
      return {
        isHeld: () => read(renew),
        async release() {
          clearInterval(renewing);
          await remove();
        },
        async leave() {
          clearInterval(renewing);
          await read(renew);
        },
      };
    },
  };
}
