import { USE_WINDOW_MS, type Use } from '../domain/limits.ts';
import type { UseCounter } from '../workflow/count-use.ts';
import type { Connection } from './connection.ts';
import { createGate } from './gate.ts';
import type { Keys } from './keys.ts';
import { loadScript } from './script.ts';

/** Counts over all bots, by Redis's clock. No audit, no state: what is lost was of the last minute. */
export function createUseCounter(redis: Connection, keys: Keys): UseCounter {
  const { read } = createGate(redis);
  const runCount = loadScript(redis, 'count-use');
  return {
    async count({ use, person, channel }, most): Promise<Use> {
      const [who, where] = [keys.usesOf('perUser', person), keys.usesOf('perChannel', channel ?? '')];
      const marks = [keys.limitRefused('perUser', person), keys.limitRefused('perChannel', channel ?? '')];
      const mostHere = channel === null ? '' : most.perChannel;
      const answer = await read(() => runCount([who, where, ...marks], [use, USE_WINDOW_MS, most.perUser, mostHere]));
      const [kind, limit, waitMs, record, now] = answer as [string, 'perUser' | 'perChannel', number, string, string];
      if (kind === 'counted') return { kind };
      const about = limit === 'perUser' ? person : (channel ?? '');
      return { kind: 'over', limit, waitMs, record: record === 'record' ? `limit:${limit}:${about}:${now}` : null };
    },
    async firstRefusal(limit, about) {
      const mark = () => redis.set(keys.limitRefused(limit, about), '1', 'PX', USE_WINDOW_MS, 'NX');
      return (await read(mark)) !== null;
    },
    async forgetRefusal(limit, about) {
      await read(() => redis.del(keys.limitRefused(limit, about)));
    },
  };
}
