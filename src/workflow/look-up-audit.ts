import { groupsOf, mayRead } from '../domain/policy.ts';
import type { AuditEvent } from '../domain/throttle-request.ts';
import type { AuditIndex, AuditLine, Clock, Ledger, People, PolicySource } from './ports.ts';

export type LookedUp =
  | { kind: 'lines'; lines: AuditLine[] }
  | { kind: 'refused'; readers: { users: string[]; groups: string[] } }
  | { kind: 'groups-unknown' };

const PAGE = 10;
/** How much of a log is read to find what somebody who is no reader may see. */
const MOST_READ = 200;

/**
 * The newest ten records of what matches. Who is no reader sees requests that they asked or decided; the attempt to
 * see more is on record.
 * @throws PersonUnknown, NotRecorded, OutcomeUnknown, LedgerLost
 */
export async function lookUpAudit(
  deps: { ledger: Ledger; people: People; policy: PolicySource; clock: Clock },
  ask: { user: string; by: AuditIndex; sinceSeconds: number | null; channel: string | null; op: string },
): Promise<LookedUp> {
  const inForce = deps.policy.current();
  const person = await deps.people.person(ask.user);
  const may = mayRead(inForce.policy, person, await deps.people.groups(groupsOf(inForce.policy.audit.readers)));
  const since =
    ask.sinceSeconds === null ? '' : new Date(deps.clock.now().getTime() - ask.sinceSeconds * 1000).toISOString();
  const recent = (lines: AuditLine[]) => lines.filter(({ record }) => record.at >= since).slice(0, PAGE);
  if (may.allowed) return { kind: 'lines', lines: recent(await deps.ledger.lookUp(ask.by, PAGE)) };
  const own = person.kind === 'member' ? await ownLines(deps.ledger, person, ask.by) : null;
  if (own) return { kind: 'lines', lines: recent(own) };
  if (may.why === 'unknown-groups') return { kind: 'groups-unknown' };
  const { team, user, name } = person;
  const refused: AuditEvent = {
    ...{ event: 'refused', request: null, version: null, actor: { team, user, name }, channel: ask.channel },
    execution: ask.by.kind === 'execution' ? ask.by.arn : null,
    ...{ account: null, region: null, from: null, to: null, reason: null, rule: null, aws: null },
    policy: inForce.digest,
    detail: { why: 'not-a-reader', denial: may.why, of: ask.by },
  };
  await deps.ledger.commit({ op: ask.op, prior: null, events: [refused] });
  return { kind: 'refused', readers: inForce.policy.audit.readers ?? { users: [], groups: [] } };
}

/** Records of requests that this person asked or decided; null where they ask for somebody else's. */
async function ownLines(
  ledger: Ledger,
  person: { team: string; user: string },
  by: AuditIndex,
): Promise<AuditLine[] | null> {
  const { team, user } = person;
  if (by.kind === 'user') return by.user === user ? ledger.lookUp(by, PAGE) : null;
  if (by.kind === 'all') return null;
  const lines = await ledger.lookUp(by, MOST_READ);
  const took = new Set(
    lines.filter(({ record }) => record.actor?.user === user && record.actor.team === team).map(requestOf),
  );
  const own = lines.filter((line) => line.record.request !== null && took.has(line.record.request));
  return own.length > 0 ? own : null;
}

function requestOf({ record }: AuditLine): string | null {
  return record.event === 'decision.refused' ? null : record.request;
}
