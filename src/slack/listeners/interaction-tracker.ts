import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Log } from '../../logging/logger.ts';
import { sleepUntilAborted } from '../../timing/sleep-until-aborted.ts';
import type { Settled } from '../../workflow/faults.ts';
import type { UnfinishedStore } from '../../workflow/ports/unfinished-store.ts';
import { slackVerdict } from '../connection/slack-fault.ts';
import type { Seals } from '../seals/seals.ts';
import { interruptedWords } from '../wording/interrupted-words.ts';
import type { Doing } from '../wording/reply-words.ts';

/** An interaction that is acknowledged before its outcome is recorded. */
export interface TrackedInteraction {
  user: string;
  doing: Doing;
  /** The operation key that the outcome is recorded under. */
  op: string;
}

export interface InteractionTrackerOptions {
  store: UnfinishedStore;
  seals: Seals;
  log: Log;
  /** What was recorded under an operation key. If nothing was, nothing will be from now on. */
  settle(op: string): Promise<Settled>;
  say(user: string, text: string): Promise<void>;
  /** After this long without a sign of life a bot counts as gone; 30 s if not given. */
  staleMs?: number | undefined;
}

const entrySchema = z.object({
  k: z.literal('unfinished'),
  u: z.string(),
  d: z.enum(['asking', 'deciding', 'looking']),
  /** Null: written by an older version. */
  o: z.string().nullable(),
});

const STALE_MS = 30_000;
/** The acknowledgement waits this long for Redis. Without a record the person hears nothing if this bot stops. */
const STORED_MS = 100;
const MAX_STALE_AT_ONCE = 20;
/** Signs of life within `staleMs`. */
const ROUNDS = 3;

/**
 * Keeps in Redis which interactions are acknowledged and not finished: who, and the operation key, without words or secrets. If
 * the bot that works on one stops before it is done, another one tells that person what came of it.
 */
export function trackInteractions({ store, seals, log, settle, say, staleMs = STALE_MS }: InteractionTrackerOptions) {
  /** How many of each entry this bot works on: Slack may send the same twice. */
  const inHand = new Map<string, number>();
  /** Finished, and perhaps still in Redis, which was away. */
  const finished = new Set<string>();
  const stopping = new AbortController();
  let roundsInARow = 0;

  /** `onRecord` is awaited before the acknowledgement, and is soon over if Redis does not answer; `end` is called at the end. */
  function begin({ user, doing, op }: TrackedInteraction): { onRecord: Promise<void>; end: () => void } {
    const entry = seals.seal({ k: 'unfinished', u: user, d: doing, o: op });
    inHand.set(entry, (inHand.get(entry) ?? 0) + 1);
    finished.delete(entry);
    const stored = store.begin(entry).catch(logged('an interaction was not put on record'));
    return {
      onRecord: Promise.race([stored, sleep(STORED_MS, undefined, { ref: false })]),
      end: () => {
        const left = (inHand.get(entry) ?? 1) - 1;
        if (left > 0) return void inHand.set(entry, left);
        inHand.delete(entry);
        // Removed only once it is stored: an entry that is stored later would stay, and its person be told that nothing was done.
        void stored.then(() => end(entry));
      },
    };
  }

  const logged = (what: string) => (err: unknown) => log.debug({ err }, what);

  async function end(entry: string): Promise<void> {
    if (inHand.has(entry)) return;
    finished.add(entry);
    await store.end(entry).then(() => finished.delete(entry), logged('an interaction was not taken off the record'));
  }

  async function round(): Promise<void> {
    await store.renew([...inHand.keys()]);
    for (const entry of finished) {
      await store.end(entry);
      finished.delete(entry);
    }
    roundsInARow += 1;
    // After an outage of Redis, or the start of this bot, the others need time for a sign of life.
    if (roundsInARow <= ROUNDS) return;
    // In parallel: an entry that waits too long would be taken by another bot again.
    await Promise.all((await store.takeStale(staleMs, MAX_STALE_AT_ONCE)).map(tellOutcome));
  }

  async function tellOutcome(entry: string): Promise<void> {
    const { data } = entrySchema.safeParse(seals.open(entry));
    // Sealed with another secret, or not by a bot.
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
      // It stays in Redis, and is tried again.
      if (verdict?.kind !== 'refused' || verdict.patience === 'day') return;
    }
    await end(entry);
  }

  async function watch(): Promise<void> {
    while (!stopping.signal.aborted) {
      await round().catch((err: unknown) => {
        roundsInARow = 0;
        log.debug({ err }, 'unfinished interactions not looked after');
      });
      await sleepUntilAborted(staleMs / ROUNDS, stopping.signal, { ref: false });
    }
  }

  void watch();
  return { begin, stop: () => stopping.abort() };
}

export type InteractionTracker = ReturnType<typeof trackInteractions>;
