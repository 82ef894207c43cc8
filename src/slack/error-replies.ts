import { randomBytes } from 'node:crypto';
import type { ModalView } from '@slack/types';
import { OutcomeUnknown } from '../workflow/faults.ts';
import type { Bot, Caller } from './bot.ts';
import { slackError } from './clients.ts';
import { faultWords } from './fault-words.ts';
import { canResubmit } from './refilled-form.ts';
import { reply } from './reply.ts';
import { type Doing, settledWords } from './reply-words.ts';
import { isViewGone } from './slack-fault-words.ts';
import { noticeModal } from './views/notices.ts';
import type { MessageView } from './views/text.ts';

/**
 * The one place where a fault becomes words for a person: said at once, and where it was not known yet, followed by
 * the truth. Until then the interaction is not done: should this bot end, another one tells them.
 */
export async function replyWithFault(
  fault: unknown,
  doing: Doing,
  /** `again`: nothing was recorded, so that the same can be sent once more. */
  say: (text: string, again: boolean) => Promise<void>,
  { log }: Pick<Caller, 'log'>,
): Promise<void> {
  const reference = randomBytes(4).toString('hex');
  log.warn({ err: fault, doing, reference }, 'told somebody of a fault');
  await say(faultWords(fault, doing, reference).text, canResubmit(fault));
  if (fault instanceof OutcomeUnknown) {
    const outcome = await fault.settled;
    await say(settledWords(outcome, doing), outcome === 'not-recorded');
  }
}

/** Opens a modal at once, since a trigger lives 3 s, and fills it when the facts are there. */
export async function openThenFill(
  bot: Bot,
  caller: Caller,
  frame: { loading: ModalView; title: string; doing: Doing },
  fill: () => Promise<ModalView>,
): Promise<void> {
  if (!caller.triggerId) throw new Error('nothing to open a modal with');
  const opened = await bot.clients.interactive.views.open({ trigger_id: caller.triggerId, view: frame.loading });
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
  try {
    await updateModal(bot, caller, modal.id, await fill());
  } catch (fault) {
    const say = (text: string) => showInModal(bot, caller, modal, text);
    await replyWithFault(fault, modal.doing, say, caller);
  }
}

/** Ends the matter in an open modal; whoever closed it meanwhile is told by the way that is left. */
export async function showInModal(
  bot: Bot,
  caller: Caller,
  modal: { id: string; title: string },
  text: string,
): Promise<void> {
  if (await updateModal(bot, caller, modal.id, noticeModal(modal.title, text))) return;
  await caller.say(text);
}

/** False where the modal was closed meanwhile; with the `hash` that it had, also where it shows something else by now. */
export async function updateModal(
  bot: Bot,
  caller: Caller,
  id: string,
  view: ModalView,
  hash?: string,
): Promise<boolean> {
  try {
    await bot.clients.background.views.update({ view_id: id, view, ...(hash === undefined ? {} : { hash }) });
    return true;
  } catch (fault) {
    const error = slackError(fault);
    if (!isViewGone(error)) throw fault;
    caller.log.info({ view: id, error }, 'the modal was closed or changed before it was filled');
    return false;
  }
}

/**
 * Where they asked, seen by them alone; in their direct messages where no response URL came along, or it takes nothing any more:
 * a truth that was waited for may come after its 30 minutes.
 */
export async function replyPrivately(
  bot: Pick<Bot, 'clients' | 'log'>,
  user: string,
  responseUrl: string | undefined,
  message: MessageView | string,
): Promise<void> {
  if (!responseUrl) return sendDirectMessage(bot, user, message);
  try {
    await reply(responseUrl, message);
  } catch (err) {
    bot.log.info({ err, user }, 'not answered where they asked, so told directly');
    await sendDirectMessage(bot, user, message);
  }
}

/** To a person's direct messages: where there is no channel, modal or response URL to answer in. */
export async function sendDirectMessage(
  { clients }: Pick<Bot, 'clients'>,
  user: string,
  message: MessageView | string,
): Promise<void> {
  const said = typeof message === 'string' ? { text: message } : message;
  await clients.background.chat.postMessage({ channel: user, ...said });
}
