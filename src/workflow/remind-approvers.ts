import { ruleNow, rulesNow, samePerson } from '../domain/decide-review.ts';
import { mayDecide, possibleApprovers, type Rule } from '../domain/policy.ts';
import { reminderDue, reminderTimes } from '../domain/reminders.ts';
import type { ThrottleRequest } from '../domain/throttle-request.ts';
import type { Applied } from './apply-throttle.ts';
import type { Change, Clock, Ledger, People, PolicySource } from './ports.ts';
import { groupsOfAll } from './request-facts.ts';

/** Who was reminded of what, over all bots. */
export interface Reminders {
  /** False where this person got this reminder, or is getting it from another bot. */
  begin(request: string, nth: number, user: string): Promise<boolean>;
  /** It could not be sent, for certain. */
  undo(request: string, nth: number, user: string): Promise<void>;
}

export interface RemindDeps {
  ledger: Ledger;
  people: People;
  policy: PolicySource;
  clock: Clock;
  reminders: Reminders;
  /** `wait`: not sent, and not before so many seconds; `never`: Slack does not take it for this person. */
  remind(user: string, request: ThrottleRequest): Promise<'sent' | 'never' | { wait: number }>;
}

/** A group may be a whole department; the card mentions it anyway. */
const MOST_REMINDED = 20;
const AGAIN_SECONDS = 30;

/** The timer of the first reminder, for the commit that makes a request which somebody has to agree to. */
export function reminderTimers(
  rule: { reminders: boolean },
  request: { approvals: number; requestedAt: Date; expiresAt: string },
): NonNullable<Change['timers']> {
  if (!rule.reminders || request.approvals === 0) return [];
  const [first] = reminderTimes({ requestedAt: request.requestedAt.toISOString(), expiresAt: request.expiresAt });
  return first ? [{ kind: 'remind', at: first }] : [];
}

/**
 * Reminds those who can decide a request and have not, each once a reminder; nothing where it was decided meanwhile.
 * @throws PersonUnknown: the worker tries again
 */
export async function remindApprovers(deps: RemindDeps, id: string): Promise<Applied> {
  const stored = await deps.ledger.load(id);
  const inForce = deps.policy.current();
  const rule = stored && ruleNow(stored.request, inForce);
  if (stored?.request.status !== 'pending' || !rule?.reminders) return { kind: 'done' };
  const { request } = stored;
  const { nth, next } = reminderDue(request, deps.clock.now());
  const atNext = (): Applied =>
    next === null ? { kind: 'done' } : { ...until(next, deps.clock), why: 'the next reminder is not due yet' };
  if (nth === 0) return atNext();
  const rules = rulesNow(request, inForce);
  const groups = await deps.people.groups(groupsOfAll(rules));
  const possible = possibleApprovers(rule, request.requester, groups);
  let toRemind = MOST_REMINDED;
  for (const user of possible.users) {
    if (toRemind === 0) break;
    const person = await deps.people.person(user);
    const agreed = request.approvals.some(({ by }) => samePerson(by, person));
    const may = (one: Rule | null) => one !== null && mayDecide(one, person, request.requester, groups).allowed;
    if (agreed || !rules.every(may)) continue;
    toRemind -= 1;
    if (!(await deps.reminders.begin(id, nth, user))) continue;
    const sent = await deps.remind(user, request);
    if (typeof sent !== 'string') {
      await deps.reminders.undo(id, nth, user);
      return { kind: 'later', seconds: sent.wait, why: 'Slack asks to wait' };
    }
  }
  if (possible.unknown) return { kind: 'later', seconds: AGAIN_SECONDS, why: 'Slack can not say who is in a group' };
  return atNext();
}

function until(time: Date, clock: Clock): { kind: 'later'; seconds: number } {
  return { kind: 'later', seconds: Math.max(0, (time.getTime() - clock.now().getTime()) / 1000) };
}
