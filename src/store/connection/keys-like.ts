import { Cluster, type Redis } from 'ioredis';
import type { Connection } from './connection.ts';

/** Keys that are read at once. */
const AT_ONCE = 500;

/** The names of all keys that match a pattern of SCAN, in parts. SCAN may return one twice. */
export async function* keysLike(redis: Connection, pattern: string): AsyncGenerator<string[]> {
  // In a cluster one node has all of them, and SCAN reads only the node that it is sent to.
  const nodes: Redis[] = redis instanceof Cluster ? redis.nodes('master') : [redis];
  for (const node of nodes) {
    let cursor = '0';
    do {
      const [next, names] = await node.scan(cursor, 'MATCH', pattern, 'COUNT', AT_ONCE);
      cursor = next;
      if (names.length > 0) yield names;
    } while (cursor !== '0');
  }
}
