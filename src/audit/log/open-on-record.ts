import { asRecord } from '../../domain/audit/audit-record.ts';
import { createOpenRequests, type Misfit, type OpenRequests } from '../../domain/proof/open-requests.ts';
import type { Connection } from '../../store/connection/connection.ts';
import type { Keys } from '../../store/connection/keys.ts';
import type { AuditKey } from '../format/audit-chain.ts';
import { createLogFollower, type LogFold } from './log-follower.ts';

/** Adds records as they are in the log. A record that this version does not know makes its request unproven. */
export function foldOf(open: OpenRequests, onMisfit: (misfit: Misfit) => void = () => undefined): LogFold {
  return {
    add(raw, seq) {
      const record = asRecord(raw);
      const misfit = record === null ? unknown(raw, seq) : open.add(record);
      if (misfit) onMisfit(misfit);
    },
    clear: open.clear,
  };

  function unknown({ request }: Record<string, unknown>, seq: number): Misfit | null {
    return typeof request === 'string' ? open.addUnknown(request, seq) : null;
  }
}

/** What is open by the log alone, read from its beginning. */
export async function readOpenOnRecord(
  redis: Connection,
  keys: Keys,
  auditKeys: readonly AuditKey[],
): Promise<OpenRequests> {
  const open = createOpenRequests();
  await createLogFollower({ redis, keys, auditKeys, fold: foldOf(open), startAt: async () => 0 }).toEnd();
  return open;
}
