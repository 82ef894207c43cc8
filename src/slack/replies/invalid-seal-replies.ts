import type { Caller, SubmitAnswer } from '../context/interaction.ts';
import { noticeModal } from '../views/modals/notices.ts';
import { INVALID_SEAL } from '../wording/ignored-words.ts';

/** Answers a click on a button with an invalid seal; nothing else is done. */
export async function replyInvalidButton(caller: Caller): Promise<void> {
  caller.log.warn('a button whose id does not open');
  await caller.say(INVALID_SEAL);
}

/** Replaces a form with an invalid seal by an explanation; nothing else is done. */
export function invalidFormAnswer(caller: Caller, title: string): SubmitAnswer {
  caller.log.warn('a form whose id does not open');
  const view = noticeModal(title, INVALID_SEAL);
  return { now: { response_action: 'update', view }, later: { view, text: INVALID_SEAL } };
}
