import { ruleNow } from '../domain/decide-review.ts';
import type { TaskExecution } from '../domain/task-execution.ts';
import { isOpen, type ThrottleRequest } from '../domain/throttle-request.ts';
import type { Log } from '../log.ts';
import { AwsFault } from '../workflow/faults.ts';
import { nameable } from '../workflow/known-people.ts';
import type {
  AuditLine,
  Card,
  Cards,
  Clock,
  Executions,
  Ledger,
  Looks,
  People,
  PolicySource,
  RecordRef,
  StoredRequest,
} from '../workflow/ports.ts';
import { executionOf } from '../workflow/request-facts.ts';
import type { SlackClients } from './clients.ts';
import { retryAfter, slackError } from './clients.ts';
import { section } from './views/blocks.ts';
import { cardMessage } from './views/card.ts';
import { resultMessage } from './views/result.ts';
import type { MessageView } from './views/text.ts';
import { threadNotes } from './views/thread-notes.ts';

export interface NotifierDeps {
  ledger: Ledger;
  executions: Executions;
  people: Pick<People, 'lately'>;
  policy: PolicySource;
  clock: Clock;
  cards: Cards;
  looks: Looks;
  clients: SlackClients;
  seal: (request: string) => string;
  log: Log;
}

/** Of one request: most have a dozen. */
const RECORDS_READ = 100;

/** What is told to people directly where the channel takes no message; `key` names it, so that it is told once. */
interface Instead {
  key: string;
  message: MessageView;
  to: readonly string[];
}

/** Null: AWS is to be asked. */
type Seen = TaskExecution | AwsFault | null;

type Told = { againInSeconds: number; why: string } | null;

/** Slack will say no to these for ever, or until a person changes the channel. */
const HOPELESS = new Set(['channel_not_found', 'is_archived', 'not_in_channel', 'restricted_action', 'msg_too_long']);
const GONE = new Set(['message_not_found', 'cant_update_message', 'edit_window_closed']);

/** Keeps each request's message in its channel true, and says how it ended. Safe to repeat. */
export function createNotifier(deps: NotifierDeps) {
  const { ledger, cards, clients, log } = deps;

  /** `seen`: a look that was just taken, or why there was none, so that AWS is not asked twice. */
  async function render({ request, record }: StoredRequest, seen: Seen): Promise<MessageView> {
    const inForce = deps.policy.current();
    const applied = request.status === 'applied';
    const looked = seen ?? (isOpen(request) || applied ? await lookAt(request) : null);
    const execution = looked instanceof AwsFault ? null : looked;
    const [standing, look] = applied
      ? await Promise.all([ledger.inForceOf(request.execution), deps.looks.last(request.execution)])
      : [null, null];
    const rule = ruleNow(request, inForce);
    const decidable = rule !== null && request.status === 'pending';
    return cardMessage({
      ...{ request, record, execution, standing: standing?.request ?? null, measured: look?.measured ?? null },
      rule,
      approvers: decidable ? await nameable(deps.people, rule.approvers, request.requester) : null,
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
  async function bringUpToDate(id: string, seen: Seen): Promise<void> {
    for (let shown = 0; ; ) {
      const stored = await ledger.load(id);
      if (!stored || stored.request.version === shown) return;
      const message = await render(stored, seen);
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

  async function show(id: string, seen: Seen = null): Promise<Told> {
    const unlock = await cards.lock(id);
    if (!unlock) return { againInSeconds: 0.5, why: 'another bot is at this card' };
    try {
      return await telling(
        id,
        () => bringUpToDate(id, seen),
        (stored) => cardInstead(stored, seen),
      );
    } finally {
      await unlock();
    }
  }

  /** The record that tells the result: a limit in force goes on to have others. */
  async function resultRecord({ request, record }: StoredRequest): Promise<RecordRef> {
    if (request.status !== 'applied') return record;
    const lines = await ledger.lookUp({ kind: 'request', id: request.id }, RECORDS_READ);
    return lines.find((line): line is AuditLine => line.record?.event === 'applied') ?? record;
  }

  /** Of what is told in the thread, most of the time nothing. */
  async function recordsToTell({ request: { id, drift, hold } }: StoredRequest): Promise<AuditLine[]> {
    if (!drift && !hold?.end) return [];
    const found = await ledger.lookUp({ kind: 'request', id }, RECORDS_READ);
    return found.filter((line) => line.record !== null);
  }

  async function result(id: string): Promise<Told> {
    const stored = await ledger.load(id);
    const message = stored && resultMessage({ ...stored, record: await resultRecord(stored), seal: deps.seal });
    if (!stored || !message) return null;
    const before = await cards.find(id);
    if (before?.resultTs) return null;
    if (!before) {
      const shown = await show(id);
      if (shown) return shown;
    }
    const card = await cards.find(id);
    const { broadcast, ...words } = message;
    const { requester, approvals } = stored.request;
    const to = [...new Set([requester, ...approvals.map(({ by }) => by)].map(({ user }) => user))];
    return telling(
      id,
      async () => {
        const { channel } = stored.request;
        // There is none where the channel took no message from the first on.
        const thread = card ? { thread_ts: card.ts, ...(broadcast ? { reply_broadcast: true } : {}) } : {};
        const posted = await clients.patient.chat.postMessage({ channel, ...words, ...thread, ...quiet });
        if (card) await cards.keep(id, { ...card, resultTs: posted.ts ?? card.ts });
      },
      async () => [{ key: 'result', message: words, to }],
    );
  }

  /** Says in the thread what has come of a limit in force, or is about to: each word once, over all bots. */
  async function tellThread(id: string): Promise<Told> {
    const [stored, card] = await Promise.all([ledger.load(id), cards.find(id)]);
    if (!stored || !card) return null;
    const notes = threadNotes({
      ...{ request: stored.request, lines: await recordsToTell(stored), now: deps.clock.now(), seal: deps.seal },
    });
    // Most of the time there is nothing to say, and the card is left to who edits it.
    if (notes.length === 0) return null;
    const unlock = await cards.lock(id);
    if (!unlock) return { againInSeconds: 0.5, why: 'another bot is at this card' };
    try {
      return await telling(
        id,
        async () => {
          for (const { key, message } of notes) {
            if (await cards.said(id, key)) continue;
            await clients.patient.chat.postMessage({ channel: card.channel, thread_ts: card.ts, ...message, ...quiet });
            await cards.kept(id, key);
          }
        },
        async ({ request }) => notes.map((note) => ({ ...note, to: [request.requester.user] })),
      );
    } finally {
      await unlock();
    }
  }

  /** What Slack refuses for good is told in direct messages instead; a rate limit is waited out; the rest is tried again. */
  async function telling(
    id: string,
    tell: () => Promise<void>,
    instead: (stored: StoredRequest) => Promise<Instead[]>,
  ): Promise<Told> {
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
      for (const { key, message, to } of stored ? await instead(stored) : []) {
        const word = `${error} ${key}`;
        // Once: a card is edited over and over.
        if (await cards.said(id, word)) continue;
        for (const user of to) await tellDirectly(user, notThere(message, stored?.request.channel ?? '', error));
        await cards.kept(id, word);
      }
      return null;
    }
  }

  /** The card of an open or a cancelled request; how others ended is told by their result. */
  async function cardInstead(stored: StoredRequest, seen: Seen): Promise<Instead[]> {
    const { request } = stored;
    if (!isOpen(request) && request.status !== 'cancelled') return [];
    const message = await render(stored, seen);
    return [{ key: isOpen(request) ? 'open' : request.status, message, to: [request.requester.user] }];
  }

  /** Somebody who can't be written to either is left out: trying again would not help. */
  async function tellDirectly(user: string, message: MessageView): Promise<void> {
    try {
      await clients.patient.chat.postMessage({ channel: user, ...message, ...quiet });
    } catch (fault) {
      if (retryAfter(fault) !== null || !slackError(fault)) throw fault;
      log.error({ err: fault, user }, 'Slack takes no direct message for them');
    }
  }

  /** A message that shows a request and is not its card (posted twice, say) is brought up to date too. */
  async function refreshCopy(id: string, copy: { channel: string; ts: string }): Promise<void> {
    const [stored, card] = await Promise.all([ledger.load(id), cards.find(id)]);
    if (!stored || card?.ts === copy.ts) return;
    await clients.patient.chat.update({ ...copy, ...(await render(stored, null)) });
  }

  return { show, result, tellThread, refreshCopy };
}

export type Notifier = ReturnType<typeof createNotifier>;

function notThere({ text, blocks }: MessageView, channel: string, error: string): MessageView {
  const words = `This can’t be shown in <#${channel}> (Slack says \`${error}\`), so it is told here.`;
  return { text: `${text} ${words}`, blocks: [section(`:warning: ${words}`), ...blocks] };
}

const quiet = { unfurl_links: false, unfurl_media: false };
