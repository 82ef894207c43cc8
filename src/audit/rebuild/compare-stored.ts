import type { Connection } from '../../store/connection/connection.ts';
import { keysLike } from '../../store/connection/keys-like.ts';
import type { Write } from '../../store/ledger/commit-batch.ts';
import type { Difference } from './difference.ts';
import { askEach, type Reply } from './stored.ts';

export type StoredFields = Record<string, string>;

/** One kind of state that has a hash of its own for each request or execution. */
interface StoredKind<R> {
  part: Difference['part'];
  /** What the log says, by id. */
  recorded: ReadonlyMap<string, R>;
  keyOf: (id: string) => string;
  /** The pattern of all such keys. */
  everyKey: string;
  /** The newest schema that is known here. */
  schema: number;
  /** `lifetime`: in seconds; negative: for ever. */
  isAsRecorded: (found: StoredFields, recorded: R, lifetime: number) => boolean;
  writes: (recorded: R) => Write[];
  /** Whether nothing follows from what is stored, so that it stays where its records were archived. */
  isAtRest: (found: StoredFields) => boolean;
  isLeft: (id: string) => boolean;
}

/** Compares all that is stored of one kind with the log. What a newer version wrote is left to that. */
export async function compareStored<R>(redis: Connection, kind: StoredKind<R>): Promise<Difference[]> {
  const { part, recorded, keyOf, schema } = kind;
  const ids = [...recorded.keys()];
  const stored = await askEach<StoredFields>(redis, ids, (all, id) => all.hgetall(keyOf(id)));
  const lifetimes = (await askEach<number>(redis, ids, (all, id) => all.ttl(keyOf(id)))) as number[];
  const differences: Difference[] = [];
  for (const [place, [id, one]] of [...recorded].entries()) {
    const found = stored[place] as Reply<StoredFields>;
    if (isNewer(found, schema)) continue;
    if (found !== 'wrong-type' && kind.isAsRecorded(found, one, lifetimes[place] ?? -1)) continue;
    const isMissing = found !== 'wrong-type' && Object.keys(found).length === 0;
    const how = isMissing ? 'missing' : 'different';
    differences.push({ part, of: id, how, ...(isMissing ? {} : { drop: keyOf(id) }), write: kind.writes(one) });
  }
  for await (const names of keysLike(redis, kind.everyKey)) {
    const others = names.map((name) => name.slice(keyOf('').length));
    const unknown = others.filter((id) => !recorded.has(id) && !kind.isLeft(id));
    const found = await askEach<StoredFields>(redis, unknown, (all, id) => all.hgetall(keyOf(id)));
    for (const [place, id] of unknown.entries()) {
      const fields = found[place] as Reply<StoredFields>;
      if (isNewer(fields, schema) || (fields !== 'wrong-type' && kind.isAtRest(fields))) continue;
      differences.push({ part, of: id, how: 'extra', drop: keyOf(id), write: [] });
    }
  }
  return differences;
}

export function isNewer(found: Reply<StoredFields>, schema: number): boolean {
  return found !== 'wrong-type' && Number(found.schema ?? schema) > schema;
}
