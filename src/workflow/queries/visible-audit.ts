import type { Person } from '../../domain/policy/policy.ts';
import { mayReadAudit } from '../people/may-read-audit.ts';
import type { AuditIndex, AuditLine, UnreadLine } from '../ports/audit/audit-line.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { People } from '../ports/people.ts';
import type { PolicySource } from '../ports/policy-source.ts';

type Line = AuditLine | UnreadLine;

/** How many records are read to find those that somebody who is no reader may see. */
const MAX_READ = 100;

/**
 * The newest records that this person may see as part of another view: all for a reader, otherwise those of requests
 * that they made or decided. Nobody asked for the records themselves, so nothing is refused or put on record.
 * @throws PersonUnknown
 */
export async function visibleAudit(
  deps: { ledger: Ledger; people: People; policy: PolicySource },
  ask: { user: string; by: AuditIndex; limit: number },
): Promise<Line[]> {
  const may = await mayReadAudit(deps, ask.user);
  const { person } = may;
  if (person.kind !== 'member') return [];
  if (may.kind === 'may') return deps.ledger.lookUp(ask.by, ask.limit);
  const did = await deps.ledger.lookUp({ kind: 'user', team: person.team, user: person.user }, MAX_READ);
  if (ask.by.kind === 'all') return newestOf(deps.ledger, [...involvedIn(did, person)].slice(0, ask.limit), ask.limit);
  const lines = await deps.ledger.lookUp(ask.by, MAX_READ);
  const took = involvedIn([...did, ...lines], person);
  // A record that can't be trusted is shown only by its place in the log.
  return lines.filter(({ record }) => !record || (record.request && took.has(record.request))).slice(0, ask.limit);
}

/** The newest records of these requests. */
async function newestOf(ledger: Ledger, requests: readonly string[], limit: number): Promise<Line[]> {
  const told = await Promise.all(requests.map((id) => ledger.lookUp({ kind: 'request', id }, limit)));
  return told
    .flat()
    .sort((one, other) => other.seq - one.seq)
    .slice(0, limit);
}

/** The requests that this person made or decided, according to these records. */
function involvedIn(lines: readonly Line[], { team, user }: Person): Set<string> {
  const took = lines
    .flatMap(({ record }) => record ?? [])
    .filter((record) => record.actor?.user === user && record.actor.team === team)
    .filter((record) => record.event !== 'decision.refused')
    .map((record) => record.request);
  return new Set(took.filter((id) => id !== null));
}
