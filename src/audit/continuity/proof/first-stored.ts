import { requestOf } from '../../../domain/run/limit-in-force.ts';
import type { Connection } from '../../../store/connection/connection.ts';
import type { Keys } from '../../../store/connection/keys.ts';
import { parseObject } from '../../format/parse-json.ts';

/**
 * The lowest place of a record of a request that is stored as open, or that is in force with an end; null: there is none.
 * It is where the log has to be read from, as far as Redis says: what is stored may not be true.
 */
export async function firstOfStored(redis: Connection, keys: Keys): Promise<number | null> {
  const [open, limits] = await Promise.all([redis.zrange(keys.open, '0', '-1'), redis.hgetall(keys.inForce)]);
  const [executions, inForce] = [Object.keys(limits), Object.values(limits)];
  const granted = await Promise.all(
    inForce.map(requestOf).map(async (id) => {
      const { hold } = parseObject((await redis.hget(keys.request(id), 'state')) ?? '') ?? {};
      const isGranted = typeof hold === 'object' && hold !== null && 'end' in hold && hold.end === null;
      return isGranted ? [id] : [];
    }),
  );
  const indexes = [
    ...[...open, ...granted.flat()].map(keys.indexRequest),
    // The limits of a run rest on all its records.
    ...executions.map(keys.indexExecution),
  ];
  const firsts = await Promise.all(indexes.map((index) => firstOf(redis, index)));
  return firsts.reduce<number | null>((least, seq) => (seq === null ? least : Math.min(least ?? seq, seq)), null);
}

/** The place of the first record that an index names. */
async function firstOf(redis: Connection, index: string): Promise<number | null> {
  const [first] = await redis.zrange(index, '0', '0');
  return first === undefined ? null : Number(first);
}
