import { type AuditRecord, taskOf } from '../../domain/audit/audit-record.ts';
import type { Keys } from '../connection/keys.ts';

/** The look-up indexes that name a record. */
export function indexKeysOf(
  { request, execution, actor }: Pick<AuditRecord, 'request' | 'execution' | 'actor'>,
  keys: Keys,
): string[] {
  return [
    request && keys.indexRequest(request),
    execution && keys.indexExecution(execution),
    execution && keys.indexTask(taskOf(execution)),
    actor && keys.indexUser(actor.team, actor.user),
  ].filter((key): key is string => Boolean(key));
}
