import type { Connection } from '../../store/connection/connection.ts';
import type { Keys } from '../../store/connection/keys.ts';
import { keysLike } from '../../store/connection/keys-like.ts';

/** Entries of one index that are read at a time. */
const PAGE = 1000;

/** One entry of an index. */
export interface IndexEntry {
  index: string;
  /** The place by which it is sorted. */
  score: number;
  /** The place that it names: the same, unless somebody changed it. Null: the key is not an index. */
  member: string | null;
}

/** All entries of the indexes from one place to another, in no order. An index that SCAN returns twice comes twice. */
export async function* readIndexes(
  redis: Connection,
  keys: Keys,
  from: number,
  to: number | '+inf',
): AsyncGenerator<IndexEntry[]> {
  const most = ['WITHSCORES', 'LIMIT', 0, PAGE] as const;
  for await (const indexes of keysLike(redis, keys.everyIndex)) {
    const pipeline = redis.pipeline();
    for (const index of indexes) pipeline.zrangebyscore(index, from, to, ...most);
    const replies = (await pipeline.exec()) ?? [];
    for (const [at, [fault, reply]] of replies.entries()) {
      const index = indexes[at] ?? '';
      if (fault?.message.startsWith('WRONGTYPE')) {
        yield [{ index, score: from, member: null }];
        continue;
      }
      if (fault) throw fault;
      let page = toEntries(index, reply as string[]);
      yield page;
      while (page.length === PAGE) {
        page = toEntries(index, await redis.zrangebyscore(index, `(${page.at(-1)?.score}`, to, ...most));
        yield page;
      }
    }
  }
}

function toEntries(index: string, reply: readonly string[]): IndexEntry[] {
  const entries: IndexEntry[] = [];
  for (let at = 0; at + 1 < reply.length; at += 2) {
    entries.push({ index, member: reply[at] as string, score: Number(reply[at + 1]) });
  }
  return entries;
}
