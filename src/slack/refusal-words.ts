import { formatDuration, writeDuration } from '../domain/duration.ts';
import type { Denial, Principals, Rule } from '../domain/policy.ts';
import { formatRate } from '../domain/rate.ts';
import type { AskRefusal, ElsewhereRule, Refusal } from '../domain/refusal.ts';
import { isBeyondChange } from '../domain/task-execution.ts';
import type { RequestStatus } from '../domain/throttle-request.ts';
import { approversUnknown, OUTSIDER, sharedChannel, unreadableWords } from './access-words.ts';
import { untilWords, type Words } from './reply-words.ts';
import { openLimitWords } from './usage-limit-words.ts';
import { endNotAllowed, otherPolicyNote } from './views/approval-words.ts';
import { mentions } from './views/people-words.ts';
import { clip, code, count, entities, escapeText, link, listed, mentionUser } from './views/text.ts';

const UNCHANGED = 'Nothing was changed; the transfer goes on as it is.';
const MOST_CHANNELS = 10;
const MOST_RULES = 3;

/**
 * A refusal for the one who was refused: what happened, what it means, what to do, and who could. Privately only: it
 * mentions people. `link` is the address of the open request's card, where there is one.
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
      if (refusal.takeover)
        return { text: endNotAllowed(sentenceRule(refusal.rule), refusal.takeover, UNCHANGED), field: 'duration' };
      return {
        text: `${sentenceRule(refusal.rule)} doesn’t allow to lift the limit altogether. ${UNCHANGED} Ask for a rate${maxRate(refusal.rule)}.`,
        field: 'rate',
      };
    case 'rate':
      return { text: rateProblem(refusal), field: 'rate' };
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
        text: 'No time runs for this limit any more: it was set back, left alone, or another request took its place. Nothing was changed. The card shows how it stands.',
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
        ? `, who approved it, or whoever may decide by ${ruleName(refusal.rule)}: ${mentions(refusal.rule.approvers, refusal.requester)}`
        : ' or who approved it';
      return {
        text: `You may not set this limit back. ${UNCHANGED}\nWho could: ${mentionUser(refusal.requester)}${others}.`,
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

function groupsUnknown({ rule, unreadable }: Extract<Refusal, { why: 'groups-unknown' }>): string {
  if (unreadable.length > 0) return unreadableWords(unreadable, ruleName(rule), `nobody is let through. ${UNCHANGED}`);
  return `Slack can’t say just now who is in the groups of ${ruleName(rule)}, so nobody is let through. ${UNCHANGED} Try again in a minute.`;
}

function tooLongInSum({ rule, asked, max }: Extract<AskRefusal, { why: 'duration-too-long' }>, held: number): string {
  const left = Math.floor(max - held);
  const next = left >= 60 ? `Ask for \`${writeDuration(left)}\` more or less.` : 'No more can be added.';
  return `${sentenceRule(rule)} allows ${formatDuration(max)} in all, counted from when the limit came into force; it would be ${formatDuration(asked)}. The limit ends as it was to end. ${next}`;
}

function cannotUndo({ request, problem }: Extract<AskRefusal, { why: 'cannot-undo' }>): string {
  const of = code(request);
  switch (problem.kind) {
    case 'unknown':
      return `There is no request ${of} that is kept, so there is nothing to undo. \`/datasync-throttle audit\` finds older ones.`;
    case 'not-applied':
      return `Request ${of} set no limit (it ${NOT_OPEN[problem.status]}), so there is nothing to undo. ${UNCHANGED}`;
    case 'no-rate':
      return `Request ${of} gave more time and changed no rate, so there is nothing to undo. ${UNCHANGED} *Revert now* on its card sets the limit back.`;
    case 'changed':
      return `The limit was changed since: ${of} set ${formatRate(problem.set)}, in force now is ${formatRate(problem.current)}. Undoing it would undo somebody else’s change. ${UNCHANGED} Ask for the rate that you want.`;
  }
}

function noRule({ account, region, elsewhere }: Extract<AskRefusal, { why: 'no-rule' }>): string {
  const where = `account ${escapeText(account)} in ${escapeText(region)}`;
  const start = `No rule of the policy allows to change this execution from here (${where}). ${UNCHANGED}`;
  if (elsewhere.length === 0) return `${start} Whoever keeps the policy file could add a rule for it.`;
  const left = elsewhere.length - MOST_RULES;
  const more = left > 0 ? [`${count(left, 'more rule')} would, in other channels.`] : [];
  return [start, ...elsewhere.slice(0, MOST_RULES).map(elsewhereWords), ...more].join('\n');
}

function elsewhereWords({ rule, channels }: ElsewhereRule): string {
  const left = channels.length - MOST_CHANNELS;
  const names = channels.slice(0, MOST_CHANNELS).map((channel) => `<#${channel}>`);
  return `The rule ${code(rule)} would, in ${listed([...names, ...(left > 0 ? [`${left} more`] : [])])}: ask there.`;
}

function mayNotAsk(denial: Denial, rule: Rule): string {
  const who = `You may not ask for a limit here: ${denialWords(denial, rule, 'ask')}. ${UNCHANGED}`;
  return `${who}\n${could('ask', rule.requesters)}`;
}

function mayNotDecide(denial: Denial, rule: Rule): string {
  const who = `You may not decide this request: ${denialWords(denial, rule, 'decide')}. It stays as it is.`;
  return `${who}\n${could('decide', rule.approvers)}`;
}

function denialWords(denial: Denial, rule: Rule, doing: 'ask' | 'decide'): string {
  switch (denial) {
    case 'guest':
      return `guests never may (${ruleName(rule)})`;
    case 'stranger':
    case 'other-team':
      return `people from outside this workspace never may (${ruleName(rule)})`;
    case 'deactivated':
      return `your account is deactivated (${ruleName(rule)})`;
    case 'bot':
      return `bots never may (${ruleName(rule)})`;
    case 'requester':
      return `you asked for it yourself, and who asks never decides (${ruleName(rule)})`;
    case 'not-a-requester':
    case 'not-an-approver':
    case 'not-a-reader':
    case 'not-a-viewer':
      return `you are not among those that ${ruleName(rule)} lets ${doing}`;
  }
}

function could(what: string, principals: Principals | null): string {
  return `Who could ${what}: ${mentions(principals)}.`;
}

function rateOutside({ rule, to, min, max }: Extract<AskRefusal, { why: 'rate-outside' }>): string {
  const bounds =
    min !== null && max !== null
      ? `rates from ${formatRate(min)} to ${formatRate(max)}`
      : min !== null
        ? `rates from ${formatRate(min)}`
        : `rates up to ${formatRate(max ?? Number.NaN)}`;
  return `${sentenceRule(rule)} allows ${bounds}; you asked for ${formatRate(to)}. ${UNCHANGED} Ask for a rate within these.`;
}

function maxRate({ rate }: Rule): string {
  return rate.max === null ? ' instead' : ` of at most ${formatRate(rate.max)}`;
}

function rateProblem({ problem, current }: Extract<AskRefusal, { why: 'rate' }>): string {
  const what = problem.kind === 'same-as-now' ? `is the limit in force already` : 'can’t be set';
  const now = problem.kind === 'same-as-now' ? '' : ` In force now: ${formatRate(current)}.`;
  return `${code(problem.quoted)} ${what}: ${entities(problem.instead)}.${now} Nothing was asked.`;
}

function tooFew({ rule, needed, possible }: Extract<AskRefusal, { why: 'too-few-approvers' }>): string {
  const can =
    possible === 0
      ? 'nobody but you could give one'
      : `only ${count(possible, 'person', 'people')} beside you could give one`;
  return `${sentenceRule(rule)} needs ${count(needed, 'approval')} for this change, and ${can}. It could never be agreed, so nothing was asked. ${UNCHANGED}\nApprovers now: ${mentions(rule.approvers)}. Whoever keeps the policy or the groups has to add some.`;
}

function notUpdatable(status: string): string {
  const known: Record<string, string> = {
    SUCCESS: 'This execution has ended',
    ERROR: 'This execution has ended with an error',
    CANCELLING: 'This execution is being cancelled',
  };
  if (!isBeyondChange(status)) {
    return `This execution is in the status ${code(clip(status, 40))}, in which its limit can’t be changed now. Nothing was asked. Ask again when it is queued or running.`;
  }
  const what = Object.hasOwn(known, status) ? known[status] : 'AWS takes no change of this execution';
  return `${what} (${escapeText(clip(status, 40))}), so its limit can’t be changed any more. Nothing was asked. For the task’s next run, ask when it is queued or running.`;
}

const NOT_OPEN: Readonly<Record<RequestStatus, string>> = {
  pending: 'is still open',
  approved: 'is agreed already, and about to be set',
  applying: 'is agreed already, and on its way to AWS',
  applied: 'is done already: the limit was set',
  failed: 'has ended already: the change failed',
  stale: 'has ended already: it was out of date',
  denied: 'was denied already',
  cancelled: 'was cancelled already',
  expired: 'has expired already',
};

function notOpen(status: RequestStatus): string {
  return `This request ${NOT_OPEN[status]}, so there is nothing to decide. Its card shows how it stands now.`;
}

function ruleName(rule: Rule): string {
  return `the rule ${code(rule.name)}`;
}

const sentenceRule = (rule: Rule) => `The rule ${code(rule.name)}`;
