import { type Denial, type Groups, type Person, type Rule, unreadableOf } from '../policy/policy.ts';
import type { RateProblem } from '../rate/rate.ts';
import type { UntilProblem } from '../time/until.ts';
import type { RequestStatus } from './throttle-request.ts';

/** A rule that would have matched in another channel, so that the answer can say where to make the request. */
export interface ElsewhereRule {
  rule: string;
  channels: string[];
}

/** Slack does not say who is in the rule's groups. `unreadable`: the groups for which waiting does not help. */
interface GroupsUnknown {
  why: 'groups-unknown';
  rule: Rule;
  unreadable: string[];
}

/** A bot runs with a policy that can't be read here, so only requests that lower a limit are allowed. */
interface PoliciesDiffer {
  why: 'policies-differ';
}

export function groupsUnknown(rule: Rule, groups: Groups): GroupsUnknown {
  return { why: 'groups-unknown', rule, unreadable: unreadableOf(rule, groups) };
}

/** The cause may be gone within a minute: nothing was recorded, and the same input may be sent again. */
export function mayPass({ why }: RequestRefusal | DecisionRefusal): boolean {
  return why === 'groups-unknown' || why === 'policies-differ' || why === 'approvers-unknown';
}

/** Checked before anything else, so that the answer reveals nothing about rules, executions and requests. */
interface NotAMember {
  why: 'not-a-member';
  kind: Exclude<Person['kind'], 'member'>;
}

/** Why a request is refused. `wording/` has a sentence for each. */
export type RequestRefusal =
  | NotAMember
  | { why: 'no-rule'; account: string; region: string; elsewhere: ElsewhereRule[] }
  | { why: 'may-not-ask'; denial: Denial; rule: Rule }
  | GroupsUnknown
  | PoliciesDiffer
  | { why: 'rate-outside'; rule: Rule; to: number; min: number | null; max: number | null }
  | { why: 'unlimited-not-allowed'; rule: Rule }
  | { why: 'rate'; problem: RateProblem; current: number }
  /** The link allows less for the whole time, so it would change nothing. */
  | { why: 'capped'; link: string; to: number; allowed: number }
  | { why: 'until'; problem: UntilProblem }
  | { why: 'reason-required'; rule: Rule }
  /** `held`: seconds that the limit has been granted already, if more are requested. */
  | { why: 'duration-too-long'; rule: Rule; asked: number; max: number; held?: number }
  | { why: 'too-few-approvers'; rule: Rule; needed: number; possible: number }
  /** Slack does not say who the approvers are, so it is unknown whether there are enough. */
  | { why: 'approvers-unknown'; rule: Rule }
  /** People of other organizations are in the channel, and the rule does not allow such channels. */
  | { why: 'shared-channel'; rule: Rule }
  | { why: 'not-updatable'; status: string }
  | { why: 'already-open'; request: string }
  /** The person has as many open requests as the policy allows. */
  | { why: 'limit'; limit: 'openPerUser'; most: number; open: string[] }
  /** Its time is over, or another request replaced it, so there is nothing to extend. */
  | { why: 'not-held' }
  /** Somebody has changed the limit since, so extending the old rate would be meaningless. */
  | { why: 'cannot-extend'; set: number; current: number }
  | { why: 'cannot-undo'; request: string; problem: UndoProblem };

/**
 * Why a request can't be undone. `over`: its limit has ended, or was changed outside the bot. `covered`: a limit that was set
 * later applies, so requesting another one would not undo it.
 */
export type UndoProblem =
  | { kind: 'unknown' }
  | { kind: 'not-applied'; status: RequestStatus }
  | { kind: 'over' }
  | { kind: 'covered' };

/** Why a limit is not reverted early. */
export type RevertRefusal =
  | NotAMember
  | { why: 'unknown-request' }
  | { why: 'not-held' }
  | GroupsUnknown
  | { why: 'may-not-revert'; requester: string; rule: Rule | null };

/** Why a decision or a cancellation is refused. */
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

/** Whether the policy refused it. Only such refusals are recorded; others are mistakes or temporary. */
export function isByPolicy(refusal: RequestRefusal): boolean {
  return ASK_POLICY_REFUSALS.has(refusal.why);
}
