import type { Person } from '../domain/policy.ts';
import { mayReadAudit } from './may-read-audit.ts';
import type { AuditIndex, AuditLine, Ledger, People, PolicySource } from './ports.ts';

/** How much is read to find what somebody who is no reader may see. */
const MOST_READ = 100;

/**
 * The newest records that this person may see beside something else: all for a reader, else those of requests that they
 * asked or decided. Nothing is refused by it, so nothing is recorded.
 * @throws PersonUnknown
 */
export async function visibleAudit(
  deps: { ledger: Ledger; people: People; policy: PolicySource },
  ask: { user: string; by: AuditIndex; limit: number },
): Promise<AuditLine[]> {
  const may = await mayReadAudit(deps, ask.user);
  const { person } = may;
  if (person.kind !== 'member') return [];
  if (may.kind === 'may') return deps.ledger.lookUp(ask.by, ask.limit);
  if (ask.by.kind === 'all') return newestOwn(deps.ledger, person, ask.limit);
  return ownOf(await deps.ledger.lookUp(ask.by, MOST_READ), person).slice(0, ask.limit);
}

/** The newest of all requests that this person had a part in lately. */
async function newestOwn(ledger: Ledger, person: Person, limit: number): Promise<AuditLine[]> {
  const did = await ledger.lookUp({ kind: 'user', team: person.team, user: person.user }, limit);
  const requests = [...new Set(did.map(({ record }) => record.request))].filter((id) => id !== null);
  const told = await Promise.all(requests.map((id) => ledger.lookUp({ kind: 'request', id }, limit)));
  const own = ownOf(told.flat(), person);
  return own.sort((one, other) => other.seq - one.seq).slice(0, limit);
}

function ownOf(lines: readonly AuditLine[], { team, user }: Person): AuditLine[] {
  const took = new Set(
    lines
      .filter(({ record }) => record.actor?.user === user && record.actor.team === team)
      .filter(({ record }) => record.event !== 'decision.refused')
      .map(({ record }) => record.request),
  );
  return lines.filter(({ record }) => record.request !== null && took.has(record.request));
}
