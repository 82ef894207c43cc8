import { asRecord } from '../../domain/audit/audit-record.ts';
import { lossOf } from '../../domain/audit/log-claims.ts';
import { createWholeLog } from '../../domain/proof/whole-log.ts';
import type { Connection } from '../../store/connection/connection.ts';
import type { Keys } from '../../store/connection/keys.ts';
import type { AuditKey } from '../format/audit-chain.ts';
import { createLogFollower } from '../log/log-follower.ts';

/** Places whose records were lost, as a person accepted. */
export interface LostRecords {
  from: number;
  to: number;
}

/** Folds the whole log that Redis has. A part that was archived is not in it. */
export function createWholeLogReader(redis: Connection, keys: Keys, auditKeys: readonly AuditKey[]) {
  const whole = createWholeLog();
  const losses: LostRecords[] = [];
  let touched = new Set<string>();
  const fold = {
    add(raw: Record<string, unknown>, seq: number, hash: string): void {
      const record = asRecord(raw);
      const { request, execution } = raw;
      for (const about of [request, execution]) if (typeof about === 'string') touched.add(about);
      const loss = record && lossOf(record);
      if (loss) losses.push({ from: loss.from, to: seq - 1 });
      if (record) whole.add(record, hash);
      else if (typeof request === 'string')
        whole.addUnknown(request, typeof execution === 'string' ? execution : null, seq);
    },
    clear(): void {
      whole.clear();
      losses.length = 0;
    },
  };
  const follower = createLogFollower({ redis, keys, auditKeys, fold, startAt: async () => 0 });
  return {
    whole,
    losses,
    last: follower.position,
    /** Reads to the end of the log. @returns the requests and executions that the records since the last time are about */
    async readOn(): Promise<ReadonlySet<string>> {
      touched = new Set();
      await follower.toEnd();
      return touched;
    },
  };
}
