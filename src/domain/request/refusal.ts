import { type Denial, type Groups, type Person, type Rule, unreadableOf } from '../policy/policy.ts';
import type { RateProblem } from '../rate/rate.ts';
import type { Takeover } from '../run/timed-grant.ts';
import type { UntilProblem } from '../time/until.ts';
import type { RequestStatus } from './throttle-request.ts';

/** The rule that would have matched in another channel: so that the answer can say where to request it. */
export interface ElsewhereRule {
  rule: string;
  channels: string[];
}

/** Slack can't say who is in the rule's groups. `unreadable`: those that it will not say by waiting either. */
interface GroupsUnknown {
  why: 'groups-unknown';
  rule: Rule;
  unreadable: string[];
}

/** A bot runs whose policy can't be read here: only what lowers a limit is let through. */
interface PoliciesDiffer {
  why: 'policies-differ';
}

export function groupsUnknown(rule: Rule, groups: Groups): GroupsUnknown {
  return { why: 'groups-unknown', rule, unreadable: unreadableOf(rule, groups) };
}

/** The reason may pass within a minute: nothing was recorded, and the same may be sent again. */
export function mayPass({ why }: RequestRefusal | DecisionRefusal): boolean {
  return why === 'groups-unknown' || why === 'policies-differ' || why === 'approvers-unknown';
}

/** Judged before anything else, so that its answer tells nothing of rules, executions and requests. */
interface NotAMember {
  why: 'not-a-member';
  kind: Exclude<Person['kind'], 'member'>;
}

/** Why somebody may not request this. The closed list: `words.ts` has a sentence for each. */
export type RequestRefusal =
  | NotAMember
  | { why: 'no-rule'; account: string; region: string; elsewhere: ElsewhereRule[] }
  | { why: 'may-not-ask'; denial: Denial; rule: Rule }
  | GroupsUnknown
  | PoliciesDiffer
  | { why: 'rate-outside'; rule: Rule; to: number; min: number | null; max: number | null }
  /** `takeover`: it is what the running limit reverts to, and the request would let that come sooner, or let others bring it about. */
  | { why: 'unlimited-not-allowed'; rule: Rule; takeover?: Takeover }
  | { why: 'rate'; problem: RateProblem; current: number }
  | { why: 'until'; problem: UntilProblem }
  | { why: 'reason-required'; rule: Rule }
  /** `held`: seconds that the limit was given already, where more of them are requested. */
  | { why: 'duration-too-long'; rule: Rule; asked: number; max: number; held?: number }
  | { why: 'too-few-approvers'; rule: Rule; needed: number; possible: number }
  /** Slack can't say who the approvers are, so that nobody knows whether there are enough. */
  | { why: 'approvers-unknown'; rule: Rule }
  /** People of other organizations are in the channel, and the rule is not for such channels. */
  | { why: 'shared-channel'; rule: Rule }
  | { why: 'not-updatable'; status: string }
  | { why: 'already-open'; request: string }
  /** As many of their requests are open as the policy allows. */
  | { why: 'limit'; limit: 'openPerUser'; most: number; open: string[] }
  /** Its time is over, or another request took its place: there is nothing to lengthen. */
  | { why: 'not-held' }
  /** Somebody has changed the limit since: more time for what was set would mean nothing. */
  | { why: 'cannot-extend'; set: number; current: number }
  | { why: 'cannot-undo'; request: string; problem: UndoProblem };

/** Why a request can't be undone. */
export type UndoProblem =
  | { kind: 'unknown' }
  | { kind: 'not-applied'; status: RequestStatus }
  /** It only gave more time. */
  | { kind: 'no-rate' }
  | { kind: 'changed'; set: number; current: number };

/** Why somebody may not revert a limit now. */
export type RevertRefusal =
  | NotAMember
  | { why: 'unknown-request' }
  | { why: 'not-held' }
  | GroupsUnknown
  | { why: 'may-not-revert'; requester: string; rule: Rule | null };

/** Why somebody may not decide, or cancel, this request. */
export type DecisionRefusal =
  | NotAMember
  | { why: 'unknown-request' }
  | { why: 'not-open'; status: RequestStatus }
  | { why: 'may-not-decide'; denial: Denial; rule: Rule }
  | GroupsUnknown
  | PoliciesDiffer
  | { why: 'decided-already' }
  | { why: 'comment-required' }
  | { why: 'not-the-requester'; requester: string }
  | { why: 'under-way' };

export type Refusal = RequestRefusal | DecisionRefusal | RevertRefusal;

const ASK_POLICY_REFUSALS: ReadonlySet<RequestRefusal['why']> = new Set([
  'not-a-member',
  'no-rule',
  'may-not-ask',
  'rate-outside',
  'unlimited-not-allowed',
  'reason-required',
  'duration-too-long',
  'too-few-approvers',
  'shared-channel',
  'limit',
]);

/** Refused by the policy, and so on record; the rest is a mistake or a moment, and is only answered. */
export function isByPolicy(refusal: RequestRefusal): boolean {
  return ASK_POLICY_REFUSALS.has(refusal.why);
}
