import { asRecord } from '../../domain/audit/audit-record.ts';
import { createWholeLog, type WholeLog } from '../../domain/proof/whole-log.ts';
import type { Connection } from '../../store/connection/connection.ts';
import type { Keys } from '../../store/connection/keys.ts';
import type { AuditKey } from '../format/audit-chain.ts';
import { createLogFollower } from '../log/log-follower.ts';

/** Folds the whole log that Redis has. A part that was archived is not in it. */
export async function readWholeLog(
  redis: Connection,
  keys: Keys,
  auditKeys: readonly AuditKey[],
): Promise<{ whole: WholeLog; last: { seq: number; hash: string } | null }> {
  const whole = createWholeLog();
  const fold = {
    add(raw: Record<string, unknown>, seq: number, hash: string): void {
      const record = asRecord(raw);
      const { request, execution } = raw;
      if (record) whole.add(record, hash);
      else if (typeof request === 'string')
        whole.addUnknown(request, typeof execution === 'string' ? execution : null, seq);
    },
    clear: whole.clear,
  };
  const follower = createLogFollower({ redis, keys, auditKeys, fold, startAt: async () => 0 });
  await follower.toEnd();
  return { whole, last: follower.position() };
}
