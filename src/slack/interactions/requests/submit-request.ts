import { createHash } from 'node:crypto';
import type { RequestThrottleDeps } from '../../../workflow/commands/consider-request.ts';
import { requestThrottle } from '../../../workflow/commands/request-throttle.ts';
import type { Caller, SubmitAnswer, View } from '../../context/interaction.ts';
import { invalidFormAnswer } from '../../replies/invalid-seal-replies.ts';
import { isRefusedBefore, type RequestOutcomeDeps, requestOutcomeWords } from '../../replies/request-outcome-words.ts';
import { openModalSeal, type SealDeps } from '../../seals/sealed-ids.ts';
import { noticeModal } from '../../views/modals/notices.ts';
import { requestModal } from '../../views/modals/request-modal.ts';
import { REFUSED_BEFORE, type Words } from '../../wording/reply-words.ts';
import { errorsByBlock, readTyped, typedValues } from './request-form.ts';

type Deps = RequestThrottleDeps & RequestOutcomeDeps & SealDeps;

/** The request modal comes back: makes the request, or shows what is wrong in the form, with what was typed. */
export async function submitRequest(deps: Deps, caller: Caller, view: View): Promise<SubmitAnswer> {
  const modal = openModalSeal(deps, view.metadata, caller.user);
  if (!modal) return invalidFormAnswer(caller, 'Throttle');
  const typed = typedValues(view);
  const again = (problem: string) => ({
    text: problem,
    view: requestModal({
      metadata: view.metadata,
      values: typed,
      problem,
      preview: null,
      previewProblem: null,
      now: deps.clock.now(),
    }),
  });
  const refuse = (problems: readonly Words[]): SubmitAnswer => {
    const later = again(problems.map(({ text }) => text).join('\n'));
    const errors = errorsByBlock(problems);
    return {
      now: errors ? { response_action: 'errors', errors } : { response_action: 'update', view: later.view },
      later,
    };
  };
  const read = readTyped(typed);
  if (!read.ok) return refuse(read.problems);
  const op = requestOp(caller.op, view);
  const asked = await requestThrottle(deps, { ...read.value, user: caller.user, channel: modal.c, op });
  if (isRefusedBefore(asked)) return refuse([{ text: REFUSED_BEFORE, field: null }]);
  const words = await requestOutcomeWords(deps, caller.user, asked);
  if (asked.kind === 'asked' || asked.kind === 'repeated') {
    const done = words.text;
    return { now: { response_action: 'clear' }, later: { view: noticeModal('Throttle', done), text: done } };
  }
  return refuse([words]);
}

/** The operation key. The same form with the same values is a repeat; with other values it is a new try. */
export function requestOp(op: string, view: View): string {
  const words = createHash('sha256')
    .update(JSON.stringify(typedValues(view)))
    .digest('hex');
  return `${op}:${words.slice(0, 16)}`;
}
