import type { Caller, SubmitAnswer } from '../context/interaction.ts';
import { noticeModal } from '../views/modals/notices.ts';
import { INVALID_SEAL } from '../wording/ignored-words.ts';

/** A button whose id does not open: nothing is done, and the person hears so. */
export async function replyInvalidButton(caller: Caller): Promise<void> {
  caller.log.warn('a button whose id does not open');
  await caller.say(INVALID_SEAL);
}

/** A form whose id does not open: nothing is done, and that stands in its place. */
export function invalidFormAnswer(caller: Caller, title: string): SubmitAnswer {
  caller.log.warn('a form whose id does not open');
  const view = noticeModal(title, INVALID_SEAL);
  return { now: { response_action: 'update', view }, later: { view, text: INVALID_SEAL } };
}
