import {
  known,
  mayDecide,
  membersOf,
  type Person,
  personKey,
  type Rule,
  samePerson,
} from '../../domain/policy/policy.ts';
import { approverIds } from '../../domain/policy/possible-approvers.ts';
import { ruleNow, rulesNow } from '../../domain/request/decide-review.ts';
import { reminderDue, reminderTimes } from '../../domain/request/reminders.ts';
import type { ThrottleRequest } from '../../domain/request/throttle-request.ts';
import { lookUpPeople } from '../people/known-people.ts';
import { groupsOfAll } from '../people/rule-groups.ts';
import type { Clock } from '../ports/clock.ts';
import type { Change } from '../ports/commit.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { People } from '../ports/people.ts';
import type { PolicySource } from '../ports/policy-source.ts';
import { DONE, later, type WorkOutcome } from '../work-outcome.ts';

/** Which reminders went to whom, over all bots. */
export interface Reminders {
  /** False if this person has had this reminder, or another bot is sending it. */
  begin(request: string, nth: number, user: string): Promise<boolean>;
  /** It was certainly not sent. */
  undo(request: string, nth: number, user: string): Promise<void>;
}

export interface RemindDeps {
  ledger: Ledger;
  people: People;
  policy: PolicySource;
  clock: Clock;
  reminders: Reminders;
  /**
   * `wait`: not sent, and to be tried again after that many seconds. `never`: Slack does not accept it for this person.
   */
  remind(user: string, request: ThrottleRequest): Promise<'sent' | 'never' | { wait: number }>;
}

/** A group may be a whole department, and the card mentions it anyway. */
const MAX_REMINDED = 20;
/** Slack allows 100 look-ups a minute, which are needed for other things too. */
const MAX_LOOKED_UP = 60;
const AGAIN_SECONDS = 30;

/** The timer of the first reminder, for the commit of a request that needs approval. */
export function reminderTimers(
  rule: { reminders: boolean },
  request: { approvals: number; requestedAt: Date; expiresAt: string },
): NonNullable<Change['timers']> {
  if (!rule.reminders || request.approvals === 0) return [];
  const [first] = reminderTimes({ requestedAt: request.requestedAt.toISOString(), expiresAt: request.expiresAt });
  return first ? [{ kind: 'remind', at: first }] : [];
}

/**
 * Reminds everybody who can decide a request and has not, each once per reminder; does nothing if it was decided
 * meanwhile. Those whom Slack does not answer for are tried again later.
 */
export async function remindApprovers(deps: RemindDeps, id: string): Promise<WorkOutcome> {
  const stored = await deps.ledger.load(id);
  const inForce = deps.policy.current();
  const rule = stored && ruleNow(stored.request, inForce);
  if (stored?.request.status !== 'pending' || !rule?.reminders) return DONE;
  const { request } = stored;
  const { nth, next } = reminderDue(request, deps.clock.now());
  const atNext = (): WorkOutcome =>
    next === null ? DONE : later(secondsUntil(next, deps.clock), 'the next reminder is not due yet');
  if (nth === 0) return atNext();
  const rules = rulesNow(request, inForce);
  const groups = await deps.people.groups(groupsOfAll(rules));
  const took = [request.requester, ...request.approvals.map(({ by }) => by)];
  const parties = await lookUpPeople(
    deps.people,
    took.map(({ user }) => user),
  );
  const done: Person[] = [];
  let unknown = rule.approvers.groups.some((group) => membersOf(groups, group) === null);
  let budget = MAX_LOOKED_UP;
  for (const user of approverIds(rule, groups)) {
    if (done.length === MAX_REMINDED) break;
    if (!deps.people.remembers(user)) budget -= 1;
    // The next run gets further, because those who were looked up are remembered.
    if (budget < 0) {
      unknown = true;
      break;
    }
    const person = (await lookUpPeople(deps.people, [user])).get(user);
    if (!person) {
      unknown = true;
      continue;
    }
    // Each person once, whatever ids they have, and nobody who requested or approved.
    const over = [...done, ...took.map((one) => known(one, parties))].some((one) => samePerson(one, person));
    const requester = known(request.requester, parties);
    const may = (one: Rule | null) => one !== null && mayDecide(one, person, requester, groups).allowed;
    if (over || !rules.every(may)) continue;
    done.push(person);
    if (!(await deps.reminders.begin(id, nth, personKey(person)))) continue;
    const sent = await deps.remind(user, request);
    if (typeof sent !== 'string') {
      await deps.reminders.undo(id, nth, personKey(person));
      return later(sent.wait, 'Slack asks to wait');
    }
  }
  if (unknown) return later(AGAIN_SECONDS, 'Slack can not say who all of them are');
  return atNext();
}

function secondsUntil(time: Date, clock: Clock): number {
  return Math.max(0, (time.getTime() - clock.now().getTime()) / 1000);
}
