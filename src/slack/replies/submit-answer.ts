import { setTimeout as sleep } from 'node:timers/promises';
import type { SlackClients } from '../connection/clients.ts';
import type { ViewPayload } from '../connection/payloads.ts';
import type { Caller, SubmitAnswer } from '../context/interaction.ts';
import { loadingModal, noticeModal } from '../views/modals/notices.ts';
import type { Doing } from '../wording/reply-words.ts';
import { replyWithFault } from './error-replies.ts';
import { updateModal } from './modal-updates.ts';
import { refilledForm } from './refilled-form.ts';

/** A submit must be answered within 3 s. Longer work continues behind a "checking" view. */
const ANSWER_DUE_MS = 2400;
/** If an update arrived before the answer, the answer would overwrite it. */
const ANSWER_SHOWN_MS = 300;

/** Replaces the form with this text, as its final state. */
export function noticeAnswer(title: string, text: string): SubmitAnswer {
  const view = noticeModal(title, text);
  return { now: { response_action: 'update', view }, later: { view, text } };
}

/** Keeps the form, with the text on top, so that it can be sent again. */
export function refilledFormAnswer(title: string, text: string): SubmitAnswer {
  return { now: { response_action: 'keep' }, later: noticeAnswer(title, text).later };
}

interface Submit {
  /** The form as Slack sent it. */
  form: ViewPayload;
  title: string;
  doing: Doing;
  ack: (response?: unknown) => Promise<void>;
}

/**
 * Answers a submitted modal with the result of the work: directly if it is ready in time, otherwise later in the modal.
 */
export async function answerSubmit(
  deps: { clients: SlackClients },
  caller: Caller,
  { form, title, doing, ack }: Submit,
  work: () => Promise<SubmitAnswer>,
): Promise<void> {
  const working = work().then(
    (answer) => ({ answer }),
    (fault: unknown) => ({ fault }),
  );
  const soon = await Promise.race([working, sleep(ANSWER_DUE_MS, null, { ref: false })]);
  /** The filled form if it can be sent again, otherwise a final notice. */
  const shown = (text: string, again: boolean) => (again ? refilledForm(form, text) : null) ?? noticeModal(title, text);
  const inModal = async (text: string, again: boolean) => {
    if (!(await updateModal(deps, caller, form.id, shown(text, again)))) await caller.say(text);
  };
  if (soon && 'answer' in soon) {
    const { now, later } = soon.answer;
    return ack(now.response_action === 'keep' ? { response_action: 'update', view: shown(later.text, true) } : now);
  }
  if (soon) {
    let say = async (text: string, again: boolean) => {
      say = inModal;
      await ack({ response_action: 'update', view: shown(text, again) });
    };
    return replyWithFault(soon.fault, doing, (text, again) => say(text, again), caller);
  }
  await ack({ response_action: 'update', view: loadingModal(title, 'Checking… this takes longer than usual.') });
  const [done] = await Promise.all([working, sleep(ANSWER_SHOWN_MS)]);
  if ('fault' in done) return replyWithFault(done.fault, doing, inModal, caller);
  const { now, later } = done.answer;
  // By now an error can't be shown at its field any more.
  if (now.response_action === 'errors' || now.response_action === 'keep') return inModal(later.text, true);
  if (!(await updateModal(deps, caller, form.id, later.view))) await caller.say(later.text);
}
