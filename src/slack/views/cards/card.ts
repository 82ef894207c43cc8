import type { Button, KnownBlock } from '@slack/types';
import { averageRate, impact, timeLeftAt } from '../../../domain/execution/impact.ts';
import { isActive, type TaskExecution } from '../../../domain/execution/task-execution.ts';
import type { Principals, Rule } from '../../../domain/policy/policy.ts';
import { formatRate } from '../../../domain/rate/rate.ts';
import { isOpen, type ThrottleRequest } from '../../../domain/request/throttle-request.ts';
import { cappedAt, desiredLimit, rateOf, withoutGrant } from '../../../domain/run/desired-limit.ts';
import { mayShow } from '../../../domain/run/evolve-run.ts';
import { hasOpenGrant, isReverting } from '../../../domain/run/grant/timed-grant.ts';
import { afterLimit, afterRequested, coverOf } from '../../../domain/run/limit-ends.ts';
import { grantOf, type Run } from '../../../domain/run/run.ts';
import type { RecordRef } from '../../../workflow/ports/commit.ts';
import { exceedsNote } from '../text/approval-words.ts';
import { actions, button, context, factSection, plain, quotedSection, section } from '../text/blocks.ts';
import {
  closingLine,
  etaWords,
  executionFact,
  limitNote,
  measuredWords,
  modeWarning,
  ONE_RUN,
  progressBar,
  stayingNote,
} from '../text/execution-words.ts';
import { approvalComments, approverNames, mentions, personName } from '../text/people-words.ts';
import { clip, code, dateToken, escapeText, LIMITS, type MessageView, oneLine } from '../text/text.ts';
import { cappedNote } from './capped-words.ts';
import { countdown, extensionNote } from './limit-status-words.ts';
import { requestStatusWords } from './request-status-words.ts';

export const REVIEW_ACTION = 'review';
export const CANCEL_ACTION = 'cancel';
export const ASK_AGAIN_ACTION = 'ask-again';
export const REVERT_NOW_ACTION = 'revert-now';
export const EXTEND_ACTION = 'extend';

/** Characters of the reason in `text`, which a screen reader may read aloud. */
const MAX_SPOKEN_LENGTH = 200;
const HASH_SHOWN = 12;

export interface CardFacts {
  request: ThrottleRequest;
  record: RecordRef;
  /** The rule that applies now; null if none does. */
  rule: Rule | null;
  /** The rule's approvers, limited to people who may be named. */
  approvers?: Principals | null;
  /** Null: AWS did not answer. */
  execution: TaskExecution | null;
  /** Why AWS did not answer; mrkdwn. */
  problem?: string | null;
  now: Date;
  /** Bytes per second between two readings of the execution under its current limit; null: not measured. */
  measured?: number | null;
  /** The request that set the limit of the execution; null: none did. */
  limitSetBy?: string | null;
  /** That request, if it is not this one. */
  running?: ThrottleRequest | null;
  /** Null: the bot has not changed its limit. */
  run?: Run | null;
  /** Seals a request id as the value of a button. */
  seal: (id: string) => string;
}

/** The request's message in the channel: posted once, then edited in place. It mentions only people who can decide. */
export function cardMessage(facts: CardFacts): MessageView {
  const { request, record } = facts;
  const { headline, sentence, plainHeadline } = requestStatusWords(request, { ...facts, runOver: isRunOver(facts) });
  const comment = request.ending?.comment;
  const proof = `Request ${code(request.id)} · audit record ${record.seq} ${code(record.hash.slice(0, HASH_SHOWN))}`;
  const spoken = request.reason ? ` Reason: ${escapeText(clip(oneLine(request.reason), MAX_SPOKEN_LENGTH))}` : '';
  const blocks: KnownBlock[] = [
    section(sentence ? `${headline}\n${sentence}` : headline),
    factSection([...requestFacts(request), ...liveFacts(facts)]),
    ...closing(facts),
    ...(request.reason ? [quotedSection('Reason', request.reason)] : []),
    ...approvalComments(request.approvals),
    ...(comment ? [quotedSection('Comment', comment)] : []),
    ...(request.status === 'pending' ? [section(whoDecides(facts))] : []),
    ...actions(buttons(facts)),
    context([...notes(facts), proof].join('\n')),
  ];
  return { text: `${plainHeadline}${spoken}`, blocks };
}

function requestFacts(request: ThrottleRequest): [string, string][] {
  const { approvals, approvalsNeeded: needed } = request;
  const names = approverNames(approvals);
  const agreed = needed === 0 ? 'none needed' : `${approvals.length} of ${needed}${names ? `: ${names}` : ''}`;
  return [
    ['Execution', executionFact(request)],
    ['Asked by', `${personName(request.requester)}\n${dateToken(request.requestedAt)}`],
    ['Approvals', agreed],
    ['Rule', escapeText(request.rule)],
  ];
}

/** The progress of the execution and, while the change can still come, its effect on the time left. */
function liveFacts(facts: CardFacts): [string, string][] {
  const { request, execution } = facts;
  const open = isOpen(request);
  if (!execution) {
    const until = timeLeft(facts);
    return open || until.length > 0 ? [['At AWS', 'AWS could not say just now'], ...until] : [];
  }
  const status: [string, string][] = [
    ['At AWS', `${escapeText(clip(execution.status, 40))}, ${dateToken(execution.lookedAt)}`],
    ['Progress', progressBar(execution)],
  ];
  if (request.status === 'applied') return [...status, ...limitFacts(facts, execution)];
  if (!open) return [];
  if (request.extends) return status;
  const { run = null, limitSetBy = null, measured = null, now } = facts;
  // Once the bot has set a limit, the average since the start mixes several limits.
  const speed = measured ?? (limitSetBy === null ? averageRate(execution) : null);
  const { before, after } = impact(execution, request.from, cappedAt(run, request.to, now).rate, speed, {
    before: afterLimit(run, now),
    after: afterRequested(request, run, now),
  });
  return [...status, ['Time left at the old limit', etaWords(before)], ['Time left at the new limit', etaWords(after)]];
}

/** For a limit that is set: the speed under it, the time left, and when it reverts. */
function limitFacts(facts: CardFacts, execution: TaskExecution): [string, string][] {
  const { measured = null, run = null, now } = facts;
  if (!isActive(execution.status)) return [];
  const left = timeLeftAt(execution, execution.bytesPerSecond, measured, afterLimit(run, now));
  return [['Measured', measuredWords(measured, execution)], ['Time left', etaWords(left)], ...timeLeft(facts)];
}

function timeLeft({ request, run = null, now }: CardFacts): [string, string][] {
  const until = countdown(request, run, now);
  return until ? [['Goes back by itself', until]] : [];
}

function closing({ request, execution }: CardFacts): KnownBlock[] {
  const over = request.status === 'applied' && execution && !isActive(execution.status);
  return over ? [section(`:checkered_flag: ${closingLine(execution)}`)] : [];
}

/** A limit ends with its execution. */
function isRunOver({ request, execution }: CardFacts): boolean {
  return request.status === 'applied' && execution !== null && !isActive(execution.status);
}

function whoDecides({ request, rule, approvers, now }: CardFacts): string {
  const over = now.getTime() >= Date.parse(request.expiresAt);
  const open = over ? 'Its time is over.' : `Open until ${dateToken(request.expiresAt)}.`;
  const until = request.exceeds ? `${open}\n${exceedsNote(request.exceeds)}` : open;
  if (!rule) return `Nobody can decide: the policy has no rule for this any more. ${until}`;
  return `Can decide: ${mentions(approvers ?? rule.approvers, request.requester.user)}. ${until}`;
}

/** Whether AWS shows a limit that it may have according to the records; any other one was set by somebody else. */
export function isAsRecorded(
  { status, from, to }: ThrottleRequest,
  run: Run | null,
  { bytesPerSecond: rate }: TaskExecution,
): boolean {
  if (status === 'applied') return run === null || mayShow(run, rate) || run.change?.to === rate;
  return rate === from || (status === 'applying' && rate === to);
}

function notes(facts: CardFacts): string[] {
  const { request, execution, limitSetBy = null } = facts;
  const { status } = request;
  if (request.extends && status !== 'applied') return [extensionNote(request.extends)];
  if (!isOpen(request) && status !== 'applied') return [limitNote(request, 'would')];
  if (status === 'applied' && limitSetBy !== null && limitSetBy !== request.id) {
    return [ONE_RUN];
  }
  const moved =
    execution && !isAsRecorded(request, facts.run ?? null, execution)
      ? [`*In force now: ${formatRate(execution.bytesPerSecond)}.* Somebody has changed the limit meanwhile.`]
      : [];
  const warning = isOpen(request) ? modeWarning(execution?.mode ?? request.mode) : null;
  const capped = isOpen(request) ? cappedNote(request, facts.run ?? null, facts.now) : null;
  if (isRunOver(facts)) return [...moved, ONE_RUN];
  return [
    ...moved,
    ...(warning ? [warning] : []),
    ...(capped ? [capped] : []),
    status === 'applied' ? (request.hold ? ONE_RUN : stayingNote(request)) : limitNote(request),
  ];
}

/** For a limit that is in force or covered: end it now, or request more time. `run` null: not looked up. */
export function limitButtons(
  request: ThrottleRequest,
  { run = null, now, seal }: { run?: Run | null; now: Date; seal: (id: string) => string },
): Button[] {
  const isOver = run !== null ? grantOf(run, request.id) === null : !hasOpenGrant(request);
  if (isOver || request.status !== 'applied' || isReverting(request) || request.hold?.by) return [];
  const value = seal(request.id);
  const cover = coverOf(run, request.id, now);
  const rest = run && rateOf(desiredLimit(withoutGrant(run, request.id), { now }));
  const next = rest ?? request.hold?.base ?? request.from;
  const then = cover
    ? 'A newer limit applies now, so nothing changes at once; this one will not apply again.'
    : `The limit becomes ${formatRate(next)}, unless someone changes it first. No approval is needed.`;
  const revert = button(REVERT_NOW_ACTION, 'Revert now', value, {
    confirm: {
      title: plain('End this limit now?'),
      text: plain(then, LIMITS.confirmText),
      confirm: plain('Revert now'),
      deny: plain('Close'),
    },
  });
  return hasOpenGrant(request) && !cover ? [revert, button(EXTEND_ACTION, 'Extend', value)] : [revert];
}

function buttons(facts: CardFacts): Button[] {
  const { request, seal } = facts;
  const value = seal(request.id);
  const cancel = button(CANCEL_ACTION, 'Cancel', value, {
    confirm: {
      title: plain('Cancel this request?'),
      text: plain(
        `Nothing is sent to AWS, and ${request.extends ? 'the time runs on as it was' : 'the limit stays as it is'}. Only the requester can do this.`,
        LIMITS.confirmText,
      ),
      confirm: plain('Cancel the request'),
      deny: plain('Keep it'),
    },
  });
  switch (request.status) {
    case 'pending':
      return [button(REVIEW_ACTION, 'Review', value, { style: 'primary' }), cancel];
    case 'approved':
      return [cancel];
    case 'stale':
      return request.extends ? [] : [button(ASK_AGAIN_ACTION, 'Ask again', value)];
    case 'applied':
      return isRunOver(facts) || facts.limitSetBy === null ? [] : limitButtons(request, facts);
    default:
      return [];
  }
}
