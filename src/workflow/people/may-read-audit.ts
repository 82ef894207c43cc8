import { plainEvent } from '../../domain/audit/audit-record.ts';
import { knownPolicies, otherThan, strictnessOf, underEach } from '../../domain/policy/policies-in-force.ts';
import { mayRead, type Person, type Principals, unreadableOf } from '../../domain/policy/policy.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { People } from '../ports/people.ts';
import type { PolicySource } from '../ports/policy-source.ts';
import { nameable } from './known-people.ts';
import { groupsToLookUp } from './rule-groups.ts';

export interface ReadDeps {
  ledger: Pick<Ledger, 'commit'>;
  people: People;
  policy: PolicySource;
}

/** Somebody is about to read the log. */
export interface Reading {
  user: string;
  channel: string | null;
  op: string;
}

type MayRead =
  | { kind: 'may'; person: Person }
  | { kind: 'may-not'; person: Person; denial: string; readers: Principals | null; other?: string }
  | { kind: 'groups-unknown'; person: Person; unreadable: string[] };

/** `unreadable`: groups that Slack does not let the app read, so that waiting does not help. */
export type NotRead =
  | { kind: 'refused'; readers: { users: string[]; groups: string[] } }
  | { kind: 'groups-unknown'; unreadable: string[] };

/** Whether each policy that counts has this person among its `audit.readers`. @throws PersonUnknown, NotRecorded */
export async function mayReadAudit(deps: Omit<ReadDeps, 'ledger'>, user: string): Promise<MayRead> {
  const inForce = await deps.policy.counting();
  const person = await deps.people.person(user);
  const each = knownPolicies(inForce).map(({ policy }) => policy.audit.readers);
  const groups = await deps.people.groups(groupsToLookUp(person, each));
  const { may, readers, digest } = underEach(
    inForce,
    ({ policy, digest }) => ({ may: mayRead(policy, person, groups), readers: policy.audit.readers, digest }),
    (answer) => strictnessOf(answer.may),
  );
  if (may.allowed) return { kind: 'may', person };
  if (may.why === 'unknown-groups')
    return { kind: 'groups-unknown', person, unreadable: unreadableOf(readers, groups) };
  return { kind: 'may-not', person, denial: may.why, readers, ...otherThan(inForce, digest) };
}

/**
 * Puts on record that somebody who is no reader tried to read the log.
 * @throws NotRecorded, OutcomeUnknown, LedgerLost
 */
export async function refuseReading(
  deps: ReadDeps,
  reading: Reading,
  may: Exclude<MayRead, { kind: 'may' }>,
  of: { execution: string | null; what: string | Record<string, unknown> },
): Promise<NotRead> {
  if (may.kind === 'groups-unknown') return { kind: 'groups-unknown', unreadable: may.unreadable };
  const { team, user, name } = may.person;
  const refused = plainEvent('refused', {
    actor: { team, user, name },
    channel: reading.channel,
    execution: of.execution,
    policy: may.other ?? deps.policy.current().digest,
    detail: { why: 'not-a-reader', denial: may.denial, of: of.what },
  });
  await deps.ledger.commit({ op: reading.op, prior: null, events: [refused] });
  return { kind: 'refused', readers: await nameable(deps.people, may.readers ?? { users: [], groups: [] }) };
}
