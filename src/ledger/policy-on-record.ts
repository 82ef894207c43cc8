import type { AuditKey } from './audit-chain.ts';
import { oneEntry, readEntries } from './audit-entries.ts';
import type { Connection } from './connection.ts';
import { createEntryCheck } from './entry-check.ts';
import { parseRecord } from './export-format.ts';
import type { Keys } from './keys.ts';

/** Where the record lies further back than this, the policy is put on record once more. */
const MOST_READ = 5000;

/**
 * Whether the log's newest `policy.loaded` names this digest. What Redis says of where that record is, is a hint and no
 * more: who can write to Redis must not keep a policy off the record by it.
 */
export async function isPolicyOnRecord(
  redis: Connection,
  keys: Keys,
  auditKeys: readonly AuditKey[],
  digest: string,
): Promise<boolean> {
  const [, place = ''] = /^\S+ (\d{1,15})$/.exec((await redis.get(keys.policyCurrent)) ?? '') ?? [];
  if (place === '') return false;
  const at = `${Number(place)}-0`;
  const found = createEntryCheck(auditKeys)(
    Number(place),
    await oneEntry(redis, keys, { from: at, to: at, end: 'first' }),
  );
  if ('untrusted' in found || !tells(found.record, (policy) => policy === digest)) return false;
  let read = 0;
  for await (const entries of readEntries(redis, keys, { from: `(${at}`, to: '+' })) {
    read += entries.length;
    if (read > MOST_READ) return false;
    if (entries.some(({ bytes }) => tells(parseRecord(bytes ?? ''), (policy) => policy !== digest))) return false;
  }
  return true;
}

function tells(record: Record<string, unknown> | null, fits: (policy: unknown) => boolean): boolean {
  return record?.event === 'policy.loaded' && fits(record.policy);
}
