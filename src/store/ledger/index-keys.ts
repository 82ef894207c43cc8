import { type AuditRecord, taskOf } from '../../domain/audit/audit-record.ts';
import type { Keys } from '../connection/keys.ts';

/** The look-up indexes that name a record. */
export function indexKeysOf(
  { request, link, execution, actor }: Pick<AuditRecord, 'request' | 'link' | 'execution' | 'actor'>,
  keys: Keys,
): string[] {
  return [
    request && keys.indexRequest(request),
    link && keys.indexLink(link),
    execution && keys.indexExecution(execution),
    execution && keys.indexTask(taskOf(execution)),
    actor && keys.indexUser(actor.team, actor.user),
  ].filter((key): key is string => Boolean(key));
}
