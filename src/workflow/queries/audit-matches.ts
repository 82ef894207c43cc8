import { type AuditRecord, taskOf } from '../../domain/audit/audit-record.ts';
import type { AuditQuery } from '../ports/audit/audit-query.ts';

/** Whether a record matches a query. */
export function matches(record: AuditRecord, query: AuditQuery): boolean {
  const { request, execution, task, user, account, event, channel, since, until } = query;
  const is = (asked: string | null, found: string | null) => asked === null || asked === found;
  return (
    is(request, record.request) &&
    is(execution, record.execution) &&
    is(task, record.execution === null ? null : taskOf(record.execution)) &&
    (user === null || (record.actor?.team === user.team && record.actor.user === user.user)) &&
    is(account, record.account) &&
    is(event, record.event) &&
    is(channel, record.channel) &&
    (since === null || record.at >= since) &&
    (until === null || record.at < until)
  );
}
