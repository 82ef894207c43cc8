import { createHash } from 'node:crypto';
import { parseRate } from '../../domain/rate.ts';
import { parseExecutionArn } from '../../domain/task-execution.ts';
import { type Asked, requestThrottle } from '../../workflow/request-throttle.ts';
import { type Bot, type Caller, openModalSeal, type SubmitAnswer, type View } from '../bot.ts';
import { LONGEST_REASON } from '../command-text.ts';
import { invalidFormAnswer } from '../invalid-seal-replies.ts';
import { findOverlooked } from '../overlooked-words.ts';
import { plainWords, problemWords, REFUSED_BEFORE, type Words } from '../reply-words.ts';
import { readEnd } from '../typed-end.ts';
import { isQuoted } from '../typed-words.ts';
import { noticeModal } from '../views/notices.ts';
import { REQUEST_FIELDS, type RequestValues, requestModal } from '../views/request-modal.ts';
import { requestOutcomeWords } from './request-by-command.ts';

type Field = keyof typeof REQUEST_FIELDS;

/** The request modal comes back: asks, or says under the field what is wrong, and keeps what was typed. */
export async function submitRequest(bot: Bot, caller: Caller, view: View): Promise<SubmitAnswer> {
  const modal = openModalSeal(bot, view.metadata, caller.user);
  if (!modal) return invalidFormAnswer(caller, 'Throttle');
  const typed = typedValues(view);
  const again = (problem: string) => ({
    text: problem,
    view: requestModal({
      ...{ metadata: view.metadata, values: typed, problem, preview: null, previewProblem: null },
      now: bot.clock.now(),
    }),
  });
  const refuse = (problems: readonly Words[]): SubmitAnswer => {
    const later = again(problems.map(({ text }) => text).join('\n'));
    const errors = byBlock(problems);
    return {
      now: errors ? { response_action: 'errors', errors } : { response_action: 'update', view: later.view },
      later,
    };
  };
  const read = readTyped(typed);
  if (!read.ok) return refuse(read.problems);
  const op = requestOp(caller.op, view);
  const asked = await requestThrottle(bot, { ...read.value, user: caller.user, channel: modal.c, op });
  if (isRefusedBefore(asked)) return refuse([{ text: REFUSED_BEFORE, field: null }]);
  const words = await requestOutcomeWords(bot, caller.user, asked);
  if (asked.kind === 'asked' || asked.kind === 'repeated') {
    const done = words.text;
    return { now: { response_action: 'clear' }, later: { view: noticeModal('Throttle', done), text: done } };
  }
  return refuse([words]);
}

/** What it is recorded under. The same form sent again with the same words is a repeat; with others it is a new try. */
export function requestOp(op: string, view: View): string {
  const words = createHash('sha256')
    .update(JSON.stringify(typedValues(view)))
    .digest('hex');
  return `${op}:${words.slice(0, 16)}`;
}

/** Sent again what was refused the first time, on record: no request came of it. */
export function isRefusedBefore(asked: Asked): boolean {
  return asked.kind === 'repeated' && asked.request === null;
}

/** What was typed, as the modal takes it back. */
export function typedValues(view: View): RequestValues {
  const value = (field: Field) => view.values.get(valueKey(REQUEST_FIELDS[field])) ?? '';
  const arn = value('execution');
  return {
    execution: arn ? { arn, label: view.values.get(`${valueKey(REQUEST_FIELDS.execution)} label`) ?? arn } : null,
    rate: value('rate'),
    duration: value('duration'),
    reason: value('reason'),
  };
}

export function valueKey({ block, action }: { block: string; action: string }): string {
  return `${block}/${action}`;
}

function readTyped(typed: RequestValues) {
  const execution = parseExecutionArn(typed.execution?.arn ?? '');
  const rate = parseRate(typed.rate);
  const taken = readEnd(typed.duration);
  const reason = typed.reason.trim();
  const unread = typed.duration.trim() === '' ? unreadEnd(reason) : null;
  if (execution.ok && rate.ok && taken.kind === 'end' && unread === null && reason.length <= LONGEST_REASON) {
    const value = { execution: execution.value, rate: rate.value, ...taken.end, reason: reason || null };
    return { ok: true, value } as const;
  }
  const problems: Words[] = [
    ...(execution.ok ? [] : [{ text: 'Choose a running or queued execution.', field: 'execution' } as const]),
    ...(rate.ok ? [] : [problemWords(rate.problem, 'rate')]),
    ...(taken.kind === 'end' ? [] : [problemWords(taken.problem, 'duration')]),
    ...(unread === null ? [] : [unread]),
    ...(reason.length <= LONGEST_REASON ? [] : [{ text: TOO_LONG, field: 'reason' } as const]),
  ];
  return { ok: false, problems } as const;
}

/** A time among the words of the reason, while the field for it is empty: most likely meant to end the limit. */
function unreadEnd(reason: string): Words | null {
  const unread = isQuoted(reason) ? null : findOverlooked(reason);
  if (unread?.kind !== 'unread-time') return null;
  const problem = {
    quoted: unread.part,
    instead: 'write here when the limit is to end; if this only belongs to the reason, put the reason in quotes',
  };
  return problemWords(problem, 'duration');
}

const TOO_LONG = `The reason may have ${LONGEST_REASON} characters at most: write a shorter one.`;

/** Each under its field; null where one belongs to none, or a field can't show it: all stand on top of the form then. */
function byBlock(problems: readonly Words[]): Record<string, string> | null {
  const errors: Record<string, string> = {};
  for (const words of problems) {
    const { field } = words;
    const plain = plainWords(words);
    if (field === null || field === 'comment' || plain === null) return null;
    errors[REQUEST_FIELDS[field].block] = plain;
  }
  return errors;
}
