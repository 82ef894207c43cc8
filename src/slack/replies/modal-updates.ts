import type { ModalView } from '@slack/types';
import { type SlackClients, slackError } from '../connection/clients.ts';
import type { Caller } from '../context/interaction.ts';
import { noticeModal } from '../views/modals/notices.ts';
import type { Doing } from '../wording/reply-words.ts';
import { isViewGone } from '../wording/slack-fault-words.ts';
import { replyWithFault } from './error-replies.ts';

interface Deps {
  clients: SlackClients;
}

/** Opens a modal at once, since a trigger expires after 3 s, and fills it when the facts are there. */
export async function openThenFill(
  deps: Deps,
  caller: Caller,
  frame: { loading: ModalView; title: string; doing: Doing },
  fill: () => Promise<ModalView>,
): Promise<void> {
  const opened = await openModal(deps, caller, frame.loading);
  if (!opened?.id) throw new Error('views.open answered without a view');
  await fillModal(deps, caller, { id: opened.id, title: frame.title, doing: frame.doing }, fill);
}

export async function openModal({ clients }: Deps, { triggerId }: Caller, view: ModalView) {
  if (!triggerId) throw new Error('nothing to open a modal with');
  const opened = await clients.interactive.views.open({ trigger_id: triggerId, view });
  return opened.view;
}

/** Shows the result of some work, or its fault, in an open modal. */
export async function fillModal(
  deps: Deps,
  caller: Caller,
  modal: { id: string; title: string; doing: Doing },
  fill: () => Promise<ModalView>,
): Promise<void> {
  try {
    await updateModal(deps, caller, modal.id, await fill());
  } catch (fault) {
    const say = (text: string) => showInModal(deps, caller, modal, text);
    await replyWithFault(fault, modal.doing, say, caller);
  }
}

/** Replaces the content of an open modal with a text. If the person has closed it, they are answered elsewhere. */
export async function showInModal(
  deps: Deps,
  caller: Caller,
  modal: { id: string; title: string },
  text: string,
): Promise<void> {
  if (await updateModal(deps, caller, modal.id, noticeModal(modal.title, text))) return;
  await caller.say(text);
}

/** False if the modal was closed or, with a `hash`, if its content has changed since. */
export async function updateModal(
  { clients }: Deps,
  caller: Caller,
  id: string,
  view: ModalView,
  hash?: string,
): Promise<boolean> {
  try {
    await clients.background.views.update({ view_id: id, view, ...(hash === undefined ? {} : { hash }) });
    return true;
  } catch (fault) {
    const error = slackError(fault);
    if (!isViewGone(error)) throw fault;
    caller.log.info({ view: id, error }, 'the modal was closed or changed before it was filled');
    return false;
  }
}
