import type { ModalView } from '@slack/types';
import { OutcomeUnknown } from '../workflow/faults.ts';
import type { Bot, Caller } from './bot.ts';
import { slackError } from './clients.ts';
import { noticeModal } from './views/notices.ts';
import { settledWords } from './words.ts';
import { faultWords } from './words-fault.ts';

export type Doing = 'asking' | 'deciding' | 'looking';

/**
 * The one place where a fault becomes words for a person: said at once, and where it was not known yet, followed by
 * the truth.
 */
export async function tellFault(
  fault: unknown,
  doing: Doing,
  say: (text: string) => Promise<void>,
  { log, bot }: { log: Caller['log']; bot: Pick<Bot, 'background'> },
): Promise<void> {
  log.warn({ err: fault, doing }, 'told somebody of a fault');
  await say(faultWords(fault, doing).text);
  if (fault instanceof OutcomeUnknown) {
    bot.background(fault.settled.then((outcome) => say(settledWords(outcome, doing))));
  }
}

/** Opens a modal at once, since a trigger lives 3 s, and fills it when the facts are there. */
export async function openAndFill(
  bot: Bot,
  caller: Caller,
  frame: { loading: ModalView; title: string; doing: Doing },
  fill: () => Promise<ModalView>,
): Promise<void> {
  if (!caller.triggerId) throw new Error('nothing to open a modal with');
  const opened = await bot.clients.prompt.views.open({ trigger_id: caller.triggerId, view: frame.loading });
  const id = opened.view?.id;
  if (!id) throw new Error('views.open answered without a view');
  await fillModal(bot, caller, { id, title: frame.title, doing: frame.doing }, fill);
}

/** Puts into an open modal what comes of some work, be it a fault. */
export async function fillModal(
  bot: Bot,
  caller: Caller,
  modal: { id: string; title: string; doing: Doing },
  fill: () => Promise<ModalView>,
): Promise<void> {
  const show = (view: ModalView) => updateModal(bot, caller, modal.id, view);
  const say = (text: string) => show(noticeModal(modal.title, text));
  try {
    await show(await fill());
  } catch (fault) {
    await tellFault(fault, modal.doing, say, { log: caller.log, bot });
  }
}

/** A modal that was closed meanwhile takes no view: what it was to say goes to the person's direct messages. */
async function updateModal(bot: Bot, caller: Caller, id: string, view: ModalView): Promise<void> {
  try {
    await bot.clients.patient.views.update({ view_id: id, view });
  } catch (fault) {
    if (slackError(fault) !== 'not_found') throw fault;
    caller.log.info({ view: id }, 'the modal was closed before it was filled');
  }
}
