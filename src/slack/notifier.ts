import { ruleNow } from '../domain/decide-review.ts';
import { isOpen, type ThrottleRequest } from '../domain/throttle-request.ts';
import type { Log } from '../log.ts';
import { AwsFault } from '../workflow/faults.ts';
import type { Card, Cards, Clock, Executions, Ledger, PolicySource, StoredRequest } from '../workflow/ports.ts';
import { executionOf } from '../workflow/request-facts.ts';
import type { SlackClients } from './clients.ts';
import { retryAfter, slackError } from './clients.ts';
import { cardMessage } from './views/card.ts';
import { resultMessage } from './views/result.ts';
import type { MessageView } from './views/text.ts';

export interface NotifierDeps {
  ledger: Ledger;
  executions: Executions;
  policy: PolicySource;
  clock: Clock;
  cards: Cards;
  clients: SlackClients;
  seal: (request: string) => string;
  log: Log;
}

type Told = { againInSeconds: number; why: string } | null;

/** Slack will say no to these for ever, or until a person changes the channel. */
const HOPELESS = new Set(['channel_not_found', 'is_archived', 'not_in_channel', 'restricted_action', 'msg_too_long']);
const GONE = new Set(['message_not_found', 'cant_update_message', 'edit_window_closed']);

/** Keeps each request's message in its channel true, and says how it ended. Safe to repeat. */
export function createNotifier(deps: NotifierDeps) {
  const { ledger, cards, clients, log } = deps;

  async function render({ request, record }: StoredRequest): Promise<MessageView> {
    const inForce = deps.policy.current();
    const execution = isOpen(request) || request.status === 'applied' ? await lookAt(request) : null;
    return cardMessage({
      ...{ request, record, execution },
      rule: ruleNow(request, inForce),
      now: deps.clock.now(),
      seal: deps.seal,
    });
  }

  async function lookAt(request: ThrottleRequest) {
    const role = ruleNow(request, deps.policy.current())?.role ?? null;
    try {
      return await deps.executions.describe(executionOf(request), { role, session: { kind: 'read' } });
    } catch (fault) {
      if (fault instanceof AwsFault) return null;
      throw fault;
    }
  }

  /** Posts or edits the card, until what stands there is the newest state. */
  async function bringUpToDate(id: string): Promise<void> {
    for (let shown = 0; ; ) {
      const stored = await ledger.load(id);
      if (!stored || stored.request.version === shown) return;
      const message = await render(stored);
      const card = await cards.find(id);
      if (card) await edit(stored, card, message);
      else await post(stored, message, null);
      shown = stored.request.version;
    }
  }

  async function post({ request }: StoredRequest, message: MessageView, resultTs: string | null): Promise<void> {
    const posted = await clients.patient.chat.postMessage({ channel: request.channel, ...message, ...quiet });
    if (!posted.ts) throw new Error('chat.postMessage answered without a ts');
    await cards.keep(request.id, { channel: request.channel, ts: posted.ts, resultTs });
  }

  async function edit(stored: StoredRequest, card: Card, message: MessageView): Promise<void> {
    try {
      await clients.patient.chat.update({ channel: card.channel, ts: card.ts, ...message });
    } catch (fault) {
      if (!GONE.has(slackError(fault) ?? '')) throw fault;
      // Somebody deleted the card: an open request needs one to be decided.
      if (isOpen(stored.request)) await post(stored, message, card.resultTs);
    }
  }

  async function show(id: string): Promise<Told> {
    const unlock = await cards.lock(id);
    if (!unlock) return { againInSeconds: 0.5, why: 'another bot is at this card' };
    try {
      return await telling(id, () => bringUpToDate(id));
    } finally {
      await unlock();
    }
  }

  async function result(id: string): Promise<Told> {
    const stored = await ledger.load(id);
    const message = stored && resultMessage(stored);
    if (!stored || !message) return null;
    const before = await cards.find(id);
    if (before?.resultTs) return null;
    if (!before) {
      const shown = await show(id);
      if (shown) return shown;
    }
    const card = await cards.find(id);
    if (!card) return null;
    return telling(id, async () => {
      const { broadcast, ...words } = message;
      const { channel, ts } = card;
      const thread = broadcast ? { thread_ts: ts, reply_broadcast: true } : { thread_ts: ts };
      const posted = await clients.patient.chat.postMessage({ channel, ...words, ...thread, ...quiet });
      await cards.keep(id, { ...card, resultTs: posted.ts ?? ts });
    });
  }

  /** What Slack refuses for good is said to the requester; a rate limit is waited out; the rest is tried again. */
  async function telling(id: string, tell: () => Promise<void>): Promise<Told> {
    try {
      await tell();
      return null;
    } catch (fault) {
      const wait = retryAfter(fault);
      if (wait !== null) return { againInSeconds: wait, why: 'Slack asks to wait' };
      const error = slackError(fault);
      if (!error || !HOPELESS.has(error)) throw fault;
      log.error({ err: fault, request: id }, 'Slack does not take the message of a request');
      const stored = await ledger.load(id);
      if (stored) await tellRequester(stored.request, error);
      return null;
    }
  }

  async function tellRequester({ id, requester, channel }: ThrottleRequest, error: string): Promise<void> {
    const text = `Request ${id} can't be shown in <#${channel}> (Slack says ${error}). It stands: see \`/datasync-throttle requests\`, or cancel it there.`;
    await clients.patient.chat.postMessage({ channel: requester.user, text });
  }

  /** A message that shows a request and is not its card (posted twice, say) is brought up to date too. */
  async function refreshCopy(id: string, copy: { channel: string; ts: string }): Promise<void> {
    const [stored, card] = await Promise.all([ledger.load(id), cards.find(id)]);
    if (!stored || card?.ts === copy.ts) return;
    await clients.patient.chat.update({ ...copy, ...(await render(stored)) });
  }

  return { show, result, refreshCopy };
}

export type Notifier = ReturnType<typeof createNotifier>;

const quiet = { unfurl_links: false, unfurl_media: false };
