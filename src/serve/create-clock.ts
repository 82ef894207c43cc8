import type { Log } from '../logging/logger.ts';
import { createRedisClock } from '../store/connection/redis-clock.ts';
import { createWriteProbe } from '../store/work/write-probe.ts';
import type { Clock } from '../workflow/ports/clock.ts';
import type { OpenRedis } from './open-redis.ts';

/**
 * The clock that the bot decides by: Redis's, which all bots share, unless a test or the demo gives one. `read` reads it once
 * before anything is decided. Then it is read with each probe of Redis and each look for what is due.
 */
export function createClock({
  store: { redis, keys },
  given,
  machine = { now: () => new Date() },
  replica,
  abandonedMs,
  log,
}: {
  store: OpenRedis;
  given: Clock | undefined;
  machine: Clock | undefined;
  replica: string;
  abandonedMs: number | undefined;
  log: Log;
}) {
  const redisClock = createRedisClock(machine);
  const onTime = redisClock.measured;
  const probeWrite = createWriteProbe(redis, keys, { replica, abandonedMs, onTime });
  async function read(): Promise<void> {
    await probeWrite().catch((err: unknown) => log.warn({ err }, "Redis's clock could not be read yet"));
  }
  return { read, clock: given ?? redisClock, givenClock: given, machine, probeWrite, onTime };
}
