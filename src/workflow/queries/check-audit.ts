import { mayReadAudit, type NotRead, type ReadDeps, type Reading, refuseReading } from '../people/may-read-audit.ts';
import type { AuditReader, AuditVerdicts, ExportedFile } from '../ports/audit/audit-reader.ts';
import type { Clock } from '../ports/clock.ts';

type AuditDeps = ReadDeps & { audit: AuditReader };
type Busy = { kind: 'busy' };

/** Verifies the whole log for a reader. @throws PersonUnknown, NotRecorded, OutcomeUnknown, LedgerLost */
export async function checkAudit(
  deps: AuditDeps,
  ask: Reading,
): Promise<{ kind: 'checked'; verdicts: AuditVerdicts } | NotRead> {
  const may = await mayReadAudit(deps, ask.user);
  if (may.kind !== 'may') return refuseReading(deps, ask, may, { execution: null, what: 'verify' });
  return { kind: 'checked', verdicts: await deps.audit.verify() };
}

/** Exports the log for a reader. @throws PersonUnknown, NotRecorded, OutcomeUnknown, LedgerLost */
export async function takeExport(
  deps: AuditDeps & { clock: Clock },
  ask: Reading & { sinceSeconds: number | null },
): Promise<{ kind: 'exported'; file: ExportedFile } | NotRead | Busy> {
  const may = await mayReadAudit(deps, ask.user);
  if (may.kind !== 'may') return refuseReading(deps, ask, may, { execution: null, what: 'export' });
  const { team, user, name } = may.person;
  const since = ask.sinceSeconds === null ? null : new Date(deps.clock.now().getTime() - ask.sinceSeconds * 1000);
  const file = await deps.audit.export(since, { team, user, name }, ask.channel);
  return file ? { kind: 'exported', file } : { kind: 'busy' };
}
