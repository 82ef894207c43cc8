import { isBeyondChange } from '../../domain/execution/task-execution.ts';
import type { Rule } from '../../domain/policy/policy.ts';
import { formatRate } from '../../domain/rate/rate.ts';
import type { ElsewhereRule, RequestRefusal } from '../../domain/request/refusal.ts';
import type { RequestStatus } from '../../domain/request/throttle-request.ts';
import { count } from '../../domain/text/count.ts';
import { formatDuration, writeDuration } from '../../domain/time/duration.ts';
import { mentions } from '../views/text/people-words.ts';
import { clip, code, entities, escapeText, listed } from '../views/text/text.ts';
import { sentenceRule, UNCHANGED } from './denial-words.ts';

const MAX_CHANNELS = 10;
const MAX_RULES = 3;

export function tooLongInSum(
  { rule, asked, max }: Extract<RequestRefusal, { why: 'duration-too-long' }>,
  held: number,
): string {
  const left = Math.floor(max - held);
  const next = left >= 60 ? `Ask for \`${writeDuration(left)}\` more or less.` : 'No more can be added.';
  return `${sentenceRule(rule)} allows ${formatDuration(max)} in all, counted from when the limit came into force; it would be ${formatDuration(asked)}. The limit ends as it was to end. ${next}`;
}

export function cannotUndo({ request, problem }: Extract<RequestRefusal, { why: 'cannot-undo' }>): string {
  const of = code(request);
  switch (problem.kind) {
    case 'unknown':
      return `There is no request ${of} that is kept, so there is nothing to undo. \`/datasync-throttle audit\` finds older ones.`;
    case 'not-applied':
      return `Request ${of} set no limit (it ${NOT_OPEN[problem.status]}), so there is nothing to undo. ${UNCHANGED}`;
    case 'over':
      return `The limit of request ${of} doesn’t apply any more, so there is nothing to undo. ${UNCHANGED}`;
    case 'covered':
      return `A newer limit applies now, and you can’t end the one of request ${of}. ${UNCHANGED} Its requester or an admin can end it.`;
  }
}

export function noRule({ account, region, elsewhere }: Extract<RequestRefusal, { why: 'no-rule' }>): string {
  const where = `account ${escapeText(account)} in ${escapeText(region)}`;
  const start = `No rule of the policy allows to change this execution from here (${where}). ${UNCHANGED}`;
  if (elsewhere.length === 0) return `${start} Whoever keeps the policy file could add a rule for it.`;
  return [start, ...elsewhereLines(elsewhere)].join('\n');
}

/** The rules that would match in other channels, a line each. */
export function elsewhereLines(elsewhere: readonly ElsewhereRule[]): string[] {
  const left = elsewhere.length - MAX_RULES;
  const more = left > 0 ? [`${count(left, 'more rule')} would, in other channels.`] : [];
  return [...elsewhere.slice(0, MAX_RULES).map(elsewhereWords), ...more];
}

function elsewhereWords({ rule, channels }: ElsewhereRule): string {
  const left = channels.length - MAX_CHANNELS;
  const names = channels.slice(0, MAX_CHANNELS).map((channel) => `<#${channel}>`);
  return `The rule ${code(rule)} would, in ${listed([...names, ...(left > 0 ? [`${left} more`] : [])])}: ask there.`;
}

export function rateOutside({ rule, to, min, max }: Extract<RequestRefusal, { why: 'rate-outside' }>): string {
  const bounds =
    min !== null && max !== null
      ? `rates from ${formatRate(min)} to ${formatRate(max)}`
      : min !== null
        ? `rates from ${formatRate(min)}`
        : `rates up to ${formatRate(max ?? Number.NaN)}`;
  return `${sentenceRule(rule)} allows ${bounds}; you asked for ${formatRate(to)}. ${UNCHANGED} Ask for a rate within these.`;
}

export function maxRate({ rate }: Rule): string {
  return rate.max === null ? ' instead' : ` of at most ${formatRate(rate.max)}`;
}

export function rateProblem({ problem, current }: Extract<RequestRefusal, { why: 'rate' }>): string {
  const what = problem.kind === 'same-as-now' ? `is the limit in force already` : 'can’t be set';
  const now = problem.kind === 'same-as-now' ? '' : ` In force now: ${formatRate(current)}.`;
  return `${code(problem.quoted)} ${what}: ${entities(problem.instead)}.${now} Nothing was asked.`;
}

export function capped({ link, to, allowed }: Extract<RequestRefusal, { why: 'capped' }>): string {
  const status = code(`/datasync-throttle status ${link}`);
  return `Link ${code(link)} allows ${formatRate(allowed)} for all of this time, so ${formatRate(to)} would change nothing. Request not created. Request a lower rate, or a time beyond the window: ${status} shows it.`;
}

export function tooFew({ rule, needed, possible }: Extract<RequestRefusal, { why: 'too-few-approvers' }>): string {
  const can =
    possible === 0
      ? 'nobody but you could give one'
      : `only ${count(possible, 'person', 'people')} beside you could give one`;
  return `${sentenceRule(rule)} needs ${count(needed, 'approval')} for this change, and ${can}. It could never be agreed, so nothing was asked. ${UNCHANGED}\nApprovers now: ${mentions(rule.approvers)}. Whoever keeps the policy or the groups has to add some.`;
}

export function notUpdatable(status: string): string {
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

export function notOpen(status: RequestStatus): string {
  return `This request ${NOT_OPEN[status]}, so there is nothing to decide. Its card shows how it stands now.`;
}
