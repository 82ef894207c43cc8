import { createHash } from 'node:crypto';
import { parseDuration } from '../../domain/duration.ts';
import { parseRate } from '../../domain/rate.ts';
import { parseExecutionArn } from '../../domain/task-execution.ts';
import { requestThrottle } from '../../workflow/request-throttle.ts';
import { type Bot, type Caller, openModalSeal, type SubmitAnswer, type View } from '../bot.ts';
import { noticeModal } from '../views/notices.ts';
import { REQUEST_FIELDS, type RequestValues, requestModal } from '../views/request-modal.ts';
import { plainWords, type Words } from '../words.ts';
import { askedWords } from './ask-throttle.ts';

type Field = keyof typeof REQUEST_FIELDS;

/** The request modal comes back: asks, or says under the field what is wrong, and keeps what was typed. */
export async function submitRequest(bot: Bot, caller: Caller, view: View): Promise<SubmitAnswer | null> {
  const modal = openModalSeal(bot, view.metadata, caller.user);
  if (!modal) return null;
  const typed = typedValues(view);
  const again = (problem: string) =>
    requestModal({
      ...{ metadata: view.metadata, values: typed, problem, preview: null, previewProblem: null },
      now: bot.clock.now(),
    });
  const errors = (found: Partial<Record<Field, string>>): SubmitAnswer => ({
    now: { response_action: 'errors', errors: byBlock(found) },
    later: again(Object.values(found).join('\n')),
  });
  const read = readTyped(typed);
  if (!read.ok) return errors(read.problem);
  const op = `${caller.op}:${digest(typed)}`;
  const asked = await requestThrottle(bot, { ...read.value, user: caller.user, channel: modal.c, op });
  const words: Words | null = await askedWords(bot, asked);
  if (!words || asked.kind === 'asked') {
    const done = words?.text ?? 'This was asked already: see the channel.';
    return { now: { response_action: 'clear' }, later: noticeModal('Throttle', done) };
  }
  const { field } = words;
  if (field === null || field === 'comment') {
    const view = again(words.text);
    return { now: { response_action: 'update', view }, later: view };
  }
  return { ...errors({ [field]: plainWords(words) }), later: again(words.text) };
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
  const duration = typed.duration.trim() === '' ? null : parseDuration(typed.duration.trim());
  if (execution.ok && rate.ok && (duration === null || duration.ok)) {
    const reason = typed.reason.trim() === '' ? null : typed.reason.trim();
    const value = { execution: execution.value, rate: rate.value, durationSeconds: duration?.value ?? null, reason };
    return { ok: true, value } as const;
  }
  const problem: Partial<Record<Field, string>> = {
    ...(execution.ok ? {} : { execution: 'Choose a running or queued execution.' }),
    ...(rate.ok ? {} : { rate: sentence(rate.problem) }),
    ...(duration === null || duration.ok ? {} : { duration: sentence(duration.problem) }),
  };
  return { ok: false, problem } as const;
}

function sentence({ quoted, instead }: { quoted: string; instead: string }): string {
  return `“${quoted}” is not understood: ${instead.replaceAll('`', '')}`.slice(0, 300);
}

function byBlock(found: Partial<Record<Field, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(found).map(([field, text]) => [REQUEST_FIELDS[field as Field].block, text]));
}

/** The same modal sent again with the same words is a repeat; with others it is a new try. */
function digest(typed: RequestValues): string {
  return createHash('sha256').update(JSON.stringify(typed)).digest('hex').slice(0, 16);
}
