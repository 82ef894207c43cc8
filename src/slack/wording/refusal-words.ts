import { formatRate } from '../../domain/rate/rate.ts';
import type { Refusal } from '../../domain/request/refusal.ts';
import { formatDuration, writeDuration } from '../../domain/time/duration.ts';
import { otherPolicyNote } from '../views/text/approval-words.ts';
import { mentions } from '../views/text/people-words.ts';
import { code, link, mentionUser } from '../views/text/text.ts';
import { approversUnknown, OUTSIDER, sharedChannel } from './access-words.ts';
import { groupsUnknown, mayNotAsk, mayNotDecide, ruleName, sentenceRule, UNCHANGED } from './denial-words.ts';
import { untilWords, type Words } from './reply-words.ts';
import {
  cannotUndo,
  capped,
  maxRate,
  noRule,
  notOpen,
  notUpdatable,
  rateOutside,
  rateProblem,
  tooFew,
  tooLongInSum,
} from './request-refusal-words.ts';
import { openLimitWords } from './usage-limit-words.ts';

/**
 * A refusal for the refused person: what happened, what it means, what to do, and who may do it. Only sent privately,
 * since it mentions people. `link`: to the card of the request that is already open, if any.
 */
export function refusalWords(refusal: Refusal, more: { link?: string | null; other?: string | undefined } = {}): Words {
  const words = ownWords(refusal, more);
  return more.other === undefined ? words : { ...words, text: `${words.text}\n${otherPolicyNote(more.other)}` };
}

function ownWords(refusal: Refusal, more: { link?: string | null }): Words {
  switch (refusal.why) {
    case 'not-a-member':
      return { text: OUTSIDER, field: null };
    case 'no-rule':
      return { text: noRule(refusal), field: 'execution' };
    case 'may-not-ask':
      return { text: mayNotAsk(refusal.denial, refusal.rule), field: null };
    case 'groups-unknown':
      return { text: groupsUnknown(refusal), field: null };
    case 'rate-outside':
      return { text: rateOutside(refusal), field: 'rate' };
    case 'policies-differ':
      return {
        text: `Another bot runs a policy that can’t be read here, so only requests that lower a limit are accepted until all bots run the same one. ${UNCHANGED} Try again in a minute; if it lasts, tell whoever runs the bot.`,
        field: null,
      };
    case 'unlimited-not-allowed':
      return {
        text: `${sentenceRule(refusal.rule)} doesn’t allow to lift the limit altogether. ${UNCHANGED} Ask for a rate${maxRate(refusal.rule)}.`,
        field: 'rate',
      };
    case 'rate':
      return { text: rateProblem(refusal), field: 'rate' };
    case 'capped':
      return { text: capped(refusal), field: 'rate' };
    case 'until':
      return untilWords(refusal.problem);
    case 'reason-required':
      return { text: `${sentenceRule(refusal.rule)} needs a reason. Ask again, with one.`, field: 'reason' };
    case 'duration-too-long': {
      if (refusal.held !== undefined) return { text: tooLongInSum(refusal, refusal.held), field: 'duration' };
      const most = `${formatDuration(refusal.max)} at most`;
      const text = `${sentenceRule(refusal.rule)} allows ${most}; you asked for ${formatDuration(refusal.asked)}. ${UNCHANGED} Ask again with \`for ${writeDuration(refusal.max)}\` or less.`;
      return { text, field: 'duration' };
    }
    case 'too-few-approvers':
      return { text: tooFew(refusal), field: null };
    case 'approvers-unknown':
      return { text: approversUnknown(ruleName(refusal.rule)), field: null };
    case 'shared-channel':
      return { text: sharedChannel(ruleName(refusal.rule)), field: null };
    case 'not-updatable':
      return { text: notUpdatable(refusal.status), field: 'execution' };
    case 'already-open': {
      const open = more.link ? link(more.link, 'see the open one') : 'see `/datasync-throttle requests`';
      return {
        text: `A request for this execution is open already: ${code(refusal.request)}, ${open}. Nothing was added. Wait until that one is decided, or have it cancelled first.`,
        field: 'execution',
      };
    }
    case 'limit':
      return { text: openLimitWords(refusal), field: null };
    case 'not-held':
      return {
        text: 'This limit doesn’t apply any more, or a newer one does. Nothing was changed. See the card.',
        field: null,
      };
    case 'cannot-extend':
      return {
        text: `The limit was changed since: this request set ${formatRate(refusal.set)}, in force now is ${formatRate(refusal.current)}. More time for it would mean nothing, and when its time is over the bot leaves the limit as it is. Ask for the rate that you want.`,
        field: null,
      };
    case 'cannot-undo':
      return { text: cannotUndo(refusal), field: null };
    case 'may-not-revert': {
      const others = refusal.rule
        ? ` or an admin; if it raised the limit, also the approvers of ${ruleName(refusal.rule)}: ${mentions(refusal.rule.approvers, refusal.requester)}`
        : ' or an admin';
      return {
        text: `You can’t end this limit early. ${UNCHANGED}\nAllowed: ${mentionUser(refusal.requester)}${others}.`,
        field: null,
      };
    }
    case 'unknown-request':
      return {
        text: 'There is no such request any more, so there is nothing to decide. See `/datasync-throttle requests` for the open ones.',
        field: null,
      };
    case 'not-open':
      return { text: notOpen(refusal.status), field: null };
    case 'may-not-decide':
      return { text: mayNotDecide(refusal.denial, refusal.rule), field: null };
    case 'decided-already':
      return {
        text: 'You have approved this request already, and one person counts once. It waits for somebody else.',
        field: null,
      };
    case 'comment-required':
      return {
        text: 'To deny, say why in the comment: the requester will read it. The request stays open.',
        field: 'comment',
      };
    case 'not-the-requester':
      return {
        text: `Only the requester can cancel this request; it stays as it is. If it should not happen, an approver can deny it.\nThe requester: ${mentionUser(refusal.requester)}.`,
        field: null,
      };
    case 'under-way':
      return {
        text: 'Too late to cancel: the change has been sent to AWS. Its result comes in the channel. To set the limit back, make a new request.',
        field: null,
      };
  }
}
