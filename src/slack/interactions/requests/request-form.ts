import { parseExecutionArn } from '../../../domain/execution/task-execution.ts';
import { parseRate } from '../../../domain/rate/rate.ts';
import { MAX_REASON_LENGTH } from '../../command-text/command-request.ts';
import { findOverlooked } from '../../command-text/overlooked-words.ts';
import { readEnd } from '../../command-text/typed-end.ts';
import { isQuoted } from '../../command-text/typed-words.ts';
import { type View, valueKey } from '../../context/interaction.ts';
import { REQUEST_FIELDS, type RequestValues } from '../../views/modals/request-modal.ts';
import { plainWords, problemWords, type Words } from '../../wording/reply-words.ts';

type Field = keyof typeof REQUEST_FIELDS;

/** What was typed in the request modal. */
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

/** The request that was typed, or what is wrong with each field. */
export function readTyped(typed: RequestValues) {
  const execution = parseExecutionArn(typed.execution?.arn ?? '');
  const rate = parseRate(typed.rate);
  const taken = readEnd(typed.duration);
  const reason = typed.reason.trim();
  const unread = typed.duration.trim() === '' ? unreadEnd(reason) : null;
  if (execution.ok && rate.ok && taken.kind === 'end' && unread === null && reason.length <= MAX_REASON_LENGTH) {
    const value = { execution: execution.value, rate: rate.value, ...taken.end, reason: reason || null };
    return { ok: true, value } as const;
  }
  const problems: Words[] = [
    ...(execution.ok ? [] : [{ text: 'Choose a running or queued execution.', field: 'execution' } as const]),
    ...(rate.ok ? [] : [problemWords(rate.problem, 'rate')]),
    ...(taken.kind === 'end' ? [] : [problemWords(taken.problem, 'duration')]),
    ...(unread === null ? [] : [unread]),
    ...(reason.length <= MAX_REASON_LENGTH ? [] : [{ text: TOO_LONG, field: 'reason' } as const]),
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

const TOO_LONG = `The reason may have ${MAX_REASON_LENGTH} characters at most: write a shorter one.`;

/** Each problem under its field; null if one has no field or can't be shown under it: then all are shown on top of the form. */
export function errorsByBlock(problems: readonly Words[]): Record<string, string> | null {
  const errors: Record<string, string> = {};
  for (const words of problems) {
    const { field } = words;
    const plain = plainWords(words);
    if (field === null || field === 'comment' || plain === null) return null;
    errors[REQUEST_FIELDS[field].block] = plain;
  }
  return errors;
}
