import { isOpen } from '../../domain/request/throttle-request.ts';
import type { Log } from '../../logging/logger.ts';
import type { Cards } from '../../workflow/ports/cards.ts';
import type { Clock } from '../../workflow/ports/clock.ts';
import type { Ledger, StoredRequest } from '../../workflow/ports/ledger.ts';
import { slackError } from '../connection/clients.ts';
import { retryAfter } from '../connection/retry-after.ts';
import { isFinal, slackVerdict } from '../connection/slack-fault.ts';
import { section } from '../views/text/blocks.ts';
import type { MessageView } from '../views/text/text.ts';
import type { RetryLater } from './card-lock.ts';
import type { MessageSender } from './message-sender.ts';

interface DeliveryDeps {
  ledger: Pick<Ledger, 'load'>;
  cards: Pick<Cards, 'said' | 'kept' | 'refused'>;
  sender: Pick<MessageSender, 'post'>;
  clock: Clock;
  log: Log;
}

/** A direct message in place of one that the channel does not take; `key` names it, so that it is sent once. */
export interface DirectMessage {
  key: string;
  message: MessageView;
  to: readonly string[];
}

/**
 * Runs what posts to a request's channel, and handles what Slack answers: a rate limit is waited out, what Slack refuses for good
 * is sent as direct messages instead, and everything else is thrown, so that the worker tries again.
 */
export function createDelivery({ ledger, cards, sender, clock, log }: DeliveryDeps) {
  async function deliver(
    id: string,
    post: () => Promise<RetryLater>,
    directMessages: (stored: StoredRequest) => Promise<DirectMessage[]>,
  ): Promise<RetryLater> {
    try {
      return await post();
    } catch (fault) {
      const verdict = slackVerdict(fault);
      if (verdict?.kind === 'wait') return { againInSeconds: verdict.seconds, why: 'Slack asks to wait' };
      if (verdict?.kind !== 'refused') throw fault;
      const { error, patience } = verdict;
      if (!isFinal(patience, await cards.refused(id, error, clock.now()))) throw fault;
      log.error({ err: fault, request: id }, 'Slack does not take the message of a request');
      const stored = await ledger.load(id);
      if (stored) await sendDirectly(stored, error, await directMessages(stored));
      return null;
    }
  }

  async function sendDirectly({ request }: StoredRequest, error: string, messages: DirectMessage[]): Promise<void> {
    for (const { key, message, to } of messages) {
      const sentKey = `${error} ${key}`;
      // Once: a card is edited over and over.
      if (await cards.said(request.id, sentKey)) continue;
      for (const user of to) await sendTo(user, undeliverable(message, request.channel, error));
      await cards.kept(request.id, sentKey);
    }
  }

  /** Somebody who takes no direct message either is left out: another try would not help. */
  async function sendTo(user: string, message: MessageView): Promise<void> {
    try {
      await sender.post({ id: `direct ${user} ${message.text}`, priority: 'high' }, { channel: user, ...message });
    } catch (fault) {
      if (retryAfter(fault) !== null || !slackError(fault)) throw fault;
      log.error({ err: fault, user }, 'Slack takes no direct message for them');
    }
  }

  return deliver;
}

export type Deliver = ReturnType<typeof createDelivery>;

/** The card of an open or a cancelled request; how the others ended is said by their result. */
export async function cardAsDirectMessage(
  { request }: StoredRequest,
  render: () => Promise<MessageView>,
): Promise<DirectMessage[]> {
  if (!isOpen(request) && request.status !== 'cancelled') return [];
  return [{ key: isOpen(request) ? 'open' : request.status, message: await render(), to: [request.requester.user] }];
}

function undeliverable({ text, blocks }: MessageView, channel: string, error: string): MessageView {
  const words = `This can’t be shown in <#${channel}> (Slack says \`${error}\`), so it is told here.`;
  return { text: `${text} ${words}`, blocks: [section(`:warning: ${words}`), ...blocks] };
}
