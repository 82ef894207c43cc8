import type { Connection } from '../../store/connection/connection.ts';
import type { Keys } from '../../store/connection/keys.ts';
import type { AuditKey } from '../format/audit-chain.ts';
import { parseRecord } from '../format/parse-json.ts';
import { createEntryCheck } from '../verify/entry-check.ts';
import { oneEntry, readEntries } from './audit-entries.ts';

/** Where more records than this follow the one of the policy, the policy is recorded again. */
const MAX_READ = 5000;

/**
 * Whether the log's newest `policy.loaded` names a digest. Redis also keeps where that record is, but only as a hint:
 * somebody who can write to Redis must not be able to keep a policy off the record with it.
 */
export function policyOnRecord(redis: Connection, keys: Keys, auditKeys: readonly AuditKey[]) {
  return (digest: string) => isOnRecord(redis, keys, auditKeys, digest);
}

async function isOnRecord(
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
  if ('untrusted' in found || !isLoadOf(found.record, (policy) => policy === digest)) return false;
  let read = 0;
  for await (const entries of readEntries(redis, keys, { from: `(${at}`, to: '+' })) {
    read += entries.length;
    if (read > MAX_READ) return false;
    if (entries.some(({ bytes }) => isLoadOf(parseRecord(bytes ?? ''), (policy) => policy !== digest))) return false;
  }
  return true;
}

function isLoadOf(record: Record<string, unknown> | null, matches: (policy: unknown) => boolean): boolean {
  return record?.event === 'policy.loaded' && matches(record.policy);
}
