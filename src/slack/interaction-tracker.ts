import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Log } from '../log.ts';
import type { Settled } from '../workflow/faults.ts';
import type { UnfinishedStore } from '../workflow/ports.ts';
import { interruptedWords } from './interrupted-words.ts';
import type { Doing } from './reply-words.ts';
import type { Seals } from './seals.ts';
import { slackVerdict } from './slack-fault.ts';

/** Something that a person did and that is acknowledged before it is recorded. */
export interface Interaction {
  user: string;
  doing: Doing;
  /** The operation key that it is recorded under. */
  op: string;
}

export interface InteractionTrackerOptions {
  store: UnfinishedStore;
  seals: Seals;
  log: Log;
  /** What was recorded under an operation key; where nothing was, nothing will be. */
  settle(op: string): Promise<Settled>;
  say(user: string, text: string): Promise<void>;
  /** How long nothing may be heard of the bot that has it in hand; 30 s if not given. */
  staleMs?: number | undefined;
}

const entrySchema = z.object({
  ...{ k: z.literal('unfinished'), u: z.string(), d: z.enum(['asking', 'deciding', 'looking']) },
  /** Null: of an older version. */
  o: z.string().nullable(),
});

const STALE_MS = 30_000;
/** The acknowledgement waits no longer than this for Redis: without it the person is not told should this bot end. */
const NOTED_MS = 100;
const MOST_AT_ONCE = 20;
/** Rounds within the time after which a bot counts as gone. */
const ROUNDS = 3;

/**
 * What was acknowledged and is not done is on record, without words or secrets: who, and under which key it is recorded.
 * Where its bot ends before it is done, another one tells that person what came of it.
 */
export function trackInteractions({ store, seals, log, settle, say, staleMs = STALE_MS }: InteractionTrackerOptions) {
  /** How often each is in hand: Slack may send the same twice. */
  const inHand = new Map<string, number>();
  /** Done, and perhaps on record still: Redis was away. */
  const over = new Set<string>();
  const stopping = new AbortController();
  let calmRounds = 0;

  /** On record before it is acknowledged, where Redis answers at once. The answer is called when it is done. */
  async function begin({ user, doing, op }: Interaction): Promise<() => void> {
    const entry = seals.seal({ k: 'unfinished', u: user, d: doing, o: op });
    inHand.set(entry, (inHand.get(entry) ?? 0) + 1);
    over.delete(entry);
    const noted = store.begin(entry).catch(ignored('an interaction was not put on record'));
    await Promise.race([noted, sleep(NOTED_MS, null, { ref: false })]);
    return () => {
      const left = (inHand.get(entry) ?? 1) - 1;
      if (left > 0) return void inHand.set(entry, left);
      inHand.delete(entry);
      // What is put on record late would stay there, and its person be told that nobody was done with it.
      void noted.then(() => end(entry));
    };
  }

  const ignored = (what: string) => (err: unknown) => log.debug({ err }, what);

  async function end(entry: string): Promise<void> {
    if (inHand.has(entry)) return;
    over.add(entry);
    await store.end(entry).then(() => over.delete(entry), ignored('an interaction was not taken off the record'));
  }

  async function turn(): Promise<void> {
    await store.renew([...inHand.keys()]);
    for (const entry of over) {
      await store.end(entry);
      over.delete(entry);
    }
    calmRounds += 1;
    // Where Redis was away, or this bot has just begun, the others have not said yet that they live.
    if (calmRounds <= ROUNDS) return;
    // At once: those that wait long would be another bot's again.
    await Promise.all((await store.takeStale(staleMs, MOST_AT_ONCE)).map(tell));
  }

  async function tell(entry: string): Promise<void> {
    const { data } = entrySchema.safeParse(seals.open(entry));
    // Sealed under another secret, or by nobody here.
    if (!data) {
      log.warn('an unfinished interaction that no bot put on record');
      return end(entry);
    }
    try {
      const outcome = data.o === null ? null : await settle(data.o);
      await say(data.u, interruptedWords(outcome, data.d));
      log.warn({ user: data.u, op: data.o, outcome }, 'a bot ended before it was done with this: its person was told');
    } catch (err) {
      log.warn({ err, user: data.u, op: data.o }, 'nobody was told of an interaction that was not done');
      const verdict = slackVerdict(err);
      // It stays on record, and is taken once more.
      if (verdict?.kind !== 'refused' || verdict.patience === 'day') return;
    }
    await end(entry);
  }

  async function watch(): Promise<void> {
    while (!stopping.signal.aborted) {
      await turn().catch((err: unknown) => {
        calmRounds = 0;
        log.debug({ err }, 'unfinished interactions not looked after');
      });
      await sleep(staleMs / ROUNDS, null, { signal: stopping.signal, ref: false }).catch(() => null);
    }
  }

  void watch();
  return { begin, stop: () => stopping.abort() };
}

export type InteractionTracker = ReturnType<typeof trackInteractions>;
