import { requestOf } from '../../domain/run/limit-in-force.ts';
import type { Connection } from '../../store/connection/connection.ts';
import type { Keys } from '../../store/connection/keys.ts';
import { parseObject } from '../format/parse-json.ts';

/**
 * The lowest place of a record of a request that is stored as open, or that is in force with an end; null: there is none.
 * It is where the log has to be read from, as far as Redis says: what is stored may not be true.
 */
export async function firstOfStored(redis: Connection, keys: Keys): Promise<number | null> {
  const [open, inForce] = await Promise.all([redis.zrange(keys.open, '0', '-1'), redis.hvals(keys.inForce)]);
  const granted = await Promise.all(
    inForce.map(requestOf).map(async (id) => {
      const { hold } = parseObject((await redis.hget(keys.request(id), 'state')) ?? '') ?? {};
      const isGranted = typeof hold === 'object' && hold !== null && 'end' in hold && hold.end === null;
      return isGranted ? [id] : [];
    }),
  );
  const firsts = await Promise.all([...open, ...granted.flat()].map((id) => firstOf(redis, keys, id)));
  return firsts.reduce<number | null>((least, seq) => (seq === null ? least : Math.min(least ?? seq, seq)), null);
}

/** The place of the first record of a request, by its index. */
async function firstOf(redis: Connection, keys: Keys, request: string): Promise<number | null> {
  const [first] = await redis.zrange(keys.indexRequest(request), '0', '0');
  return first === undefined ? null : Number(first);
}
