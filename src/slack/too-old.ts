import type { Caller, SubmitAnswer } from './bot.ts';
import { noticeModal } from './views/notices.ts';
import { TOO_OLD } from './words-dropped.ts';

/** A button whose id does not open: nothing is done, and the person hears so. */
export async function sayTooOld(caller: Caller): Promise<void> {
  caller.log.warn('a button whose id does not open');
  await caller.say(TOO_OLD);
}

/** A form whose id does not open: nothing is done, and that stands in its place. */
export function tooOldForm(caller: Caller, title: string): SubmitAnswer {
  caller.log.warn('a form whose id does not open');
  const view = noticeModal(title, TOO_OLD);
  return { now: { response_action: 'update', view }, later: { view, text: TOO_OLD } };
}
