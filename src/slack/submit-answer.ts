import { setTimeout as sleep } from 'node:timers/promises';
import type { Bot, Caller, SubmitAnswer, View } from './bot.ts';
import { sayInModal, tellFault, updateModal } from './door.ts';
import { loadingModal, noticeModal } from './views/notices.ts';
import { type Doing, plainWords } from './words.ts';

/** A submit must be answered within 3 s: what takes longer goes on behind a "checking" view. */
const ANSWER_DUE_MS = 2400;
/** An update that overtakes the answer would be covered by it. */
const ANSWER_SHOWN_MS = 300;

/** The end of the matter: the form becomes these words. */
export function noticeAnswer(title: string, text: string): SubmitAnswer {
  const view = noticeModal(title, text);
  return { now: { response_action: 'update', view }, later: { view, text } };
}

/** The form stays as it is, with the words under its first field: the same may be sent again. */
export function keptFormAnswer(title: string, text: string, { values }: View): SubmitAnswer {
  const ended = noticeAnswer(title, text);
  const block = [...values.keys()][0]?.split('/')[0];
  const plain = plainWords({ text, field: null });
  if (block === undefined || plain === null) return ended;
  return { now: { response_action: 'errors', errors: { [block]: plain } }, later: ended.later };
}

interface Submit {
  viewId: string;
  title: string;
  doing: Doing;
  ack: (response?: unknown) => Promise<void>;
}

/** Answers a submitted modal by what comes of the work, in time or in the modal later. */
export async function answerSubmit(
  bot: Bot,
  caller: Caller,
  { viewId, title, doing, ack }: Submit,
  work: () => Promise<SubmitAnswer>,
): Promise<void> {
  const working = work().then(
    (answer) => ({ answer }),
    (fault: unknown) => ({ fault }),
  );
  const soon = await Promise.race([working, sleep(ANSWER_DUE_MS, null, { ref: false })]);
  if (soon && 'answer' in soon) return ack(soon.answer.now);
  const modal = { id: viewId, title };
  const inModal = (text: string) => sayInModal(bot, caller, modal, text);
  const about = { log: caller.log, bot };
  if (soon) {
    let say = async (text: string) => {
      say = inModal;
      await ack({ response_action: 'update', view: noticeModal(title, text) });
    };
    return tellFault(soon.fault, doing, (text) => say(text), about);
  }
  await ack({ response_action: 'update', view: loadingModal(title, 'Checking… this takes longer than usual.') });
  const [done] = await Promise.all([working, sleep(ANSWER_SHOWN_MS)]);
  if ('fault' in done) return tellFault(done.fault, doing, inModal, about);
  const { view, text } = done.answer.later;
  if (!(await updateModal(bot, caller, viewId, view))) await caller.say(text);
}
