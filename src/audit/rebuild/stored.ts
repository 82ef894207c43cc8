import type { ChainableCommander } from 'ioredis';
import type { Connection } from '../../store/connection/connection.ts';

const AT_ONCE = 200;

/** The answer of Redis; 'wrong-type': the key is of another type than the bot's. */
export type Reply<T> = T | 'wrong-type';

/** Asks the same of many, a page at a time, in their order. */
export async function askEach<T>(
  redis: Connection,
  all: readonly string[],
  ask: (pipeline: ChainableCommander, one: string) => unknown,
): Promise<Reply<T>[]> {
  const found: Reply<T>[] = [];
  for (let from = 0; from < all.length; from += AT_ONCE) {
    const pipeline = redis.pipeline();
    for (const one of all.slice(from, from + AT_ONCE)) ask(pipeline, one);
    for (const [fault, reply] of (await pipeline.exec()) ?? []) {
      if (fault && !fault.message.startsWith('WRONGTYPE')) throw fault;
      found.push(fault ? 'wrong-type' : (reply as T));
    }
  }
  return found;
}

export async function readHash(redis: Connection, key: string): Promise<Reply<Map<string, string>>> {
  const [found] = await askEach<Record<string, string>>(redis, [key], (pipeline) => pipeline.hgetall(key));
  return found === 'wrong-type' ? found : new Map(Object.entries(found ?? {}));
}
