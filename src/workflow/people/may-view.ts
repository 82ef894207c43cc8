import { plainEvent } from '../../domain/audit/audit-record.ts';
import { knownPolicies, strictnessOf, underEach } from '../../domain/policy/policies-in-force.ts';
import { mayView, type Person, type Principals, unreadableOf } from '../../domain/policy/policy.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { People } from '../ports/people.ts';
import type { PolicySource } from '../ports/policy-source.ts';
import { type Attempt, placeOf } from './admit-person.ts';
import { nameable } from './known-people.ts';
import { groupsToLookUp } from './rule-groups.ts';

export interface ViewDeps {
  ledger: Pick<Ledger, 'commit'>;
  people: People;
  policy: PolicySource;
}

/**
 * `viewers`: who may view, as far as they may be named. `unreadable`: groups that Slack does not let the app read, so
 * that waiting does not help.
 */
export type NotViewed =
  | { kind: 'not-a-viewer'; viewers: Principals }
  | { kind: 'viewers-unknown'; unreadable: string[] };

export type MayView = { kind: 'may'; person: Person } | ({ person: Person } & NotViewed);

/** Whether each policy that counts has this person among its `viewers`. @throws PersonUnknown */
export async function mayViewAll(deps: Omit<ViewDeps, 'ledger'>, user: string): Promise<MayView> {
  const inForce = deps.policy.current();
  const person = await deps.people.person(user);
  const each = knownPolicies(inForce).map(({ policy }) => policy.viewers);
  const groups = await deps.people.groups(groupsToLookUp(person, each));
  const { may, viewers } = underEach(
    inForce,
    ({ policy }) => ({ may: mayView(policy, person, groups), viewers: policy.viewers }),
    (answer) => strictnessOf(answer.may),
  );
  if (may.allowed) return { kind: 'may', person };
  if (may.why === 'unknown-groups') {
    return { kind: 'viewers-unknown', person, unreadable: unreadableOf(viewers, groups) };
  }
  return { kind: 'not-a-viewer', person, viewers: await nameable(deps.people, viewers ?? NOBODY) };
}

/**
 * Null: they may view. Otherwise the attempt is put on record, unless the reason is only that Slack did not answer.
 * @throws PersonUnknown, NotRecorded, OutcomeUnknown, LedgerLost
 */
export async function refuseViewing(deps: ViewDeps, viewing: Attempt): Promise<NotViewed | null> {
  const may = await mayViewAll(deps, viewing.user);
  if (may.kind === 'may') return null;
  if (may.kind === 'viewers-unknown') return may;
  const { team, user, name } = may.person;
  const refused = plainEvent('refused', {
    actor: { team, user, name },
    channel: viewing.channel,
    ...placeOf(viewing.about.execution),
    policy: deps.policy.current().digest,
    detail: { why: 'not-a-viewer', of: viewing.what },
  });
  await deps.ledger.commit({ op: viewing.op, prior: null, events: [refused] });
  return may;
}

const NOBODY: Principals = { users: [], groups: [] };
