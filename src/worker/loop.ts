import { setTimeout as sleep } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import type { Log } from '../logging/logger.ts';
import { sleepUntilAborted } from '../timing/sleep-until-aborted.ts';
import type { Clock } from '../workflow/ports/clock.ts';
import type { Claim, EffectKind, Outbox, Work } from '../workflow/ports/outbox.ts';

/** Null: done. Otherwise when to run again, and why. */
export type Ran = { againInSeconds: number; why: string } | null;

export type Run = (request: string, claim: Claim) => Promise<Ran>;

export interface LoopOptions {
  outbox: Outbox;
  run: Record<EffectKind, Run>;
  clock: Clock;
  log: Log;
  /** Called each time that one of the loop's steps ended without a fault. */
  onTurn?: (step: 'take' | 'abandoned' | 'timers') => void;
  onEffect?: (kind: EffectKind, outcome: 'done' | 'again' | 'fault') => void;
  /** How many pieces of new work run at once. */
  width?: number;
  /** How long it rests between two looks for work that workers which are gone had claimed; 5 s by default. */
  abandonedEveryMs?: number;
}

const RENEW_MS = 10_000;
const TIMERS_MS = 250;
const ABANDONED_MS = 5_000;
const REST_MS = 250;
const MAX_BACKOFF_SECONDS = 30;
/** Another bot may finish the work, of which this one never hears: so what is kept about it needs a bound. */
const MAX_REMEMBERED = 1000;

/** Claims work, runs it and settles it, until it is stopped. */
export function startLoop({
  outbox,
  run,
  clock,
  log,
  onEffect = () => {},
  onTurn = () => {},
  width = 8,
  abandonedEveryMs = ABANDONED_MS,
}: LoopOptions) {
  const stopping = new AbortController();
  /** By claim. */
  const inHand = new Map<string, Work>();
  /** How often a piece of work failed in a row, by effect, so that each wait is longer than the one before. */
  const failures = new LRUCache<string, number>({ max: MAX_REMEMBERED });
  /** Why a piece of work waits, by effect: logged only when it changes. */
  const waits = new LRUCache<string, string>({ max: MAX_REMEMBERED });
  let freed = () => {};

  async function perform(work: Work): Promise<void> {
    const { effect, claim } = work;
    const key = keyOfClaim(work);
    inHand.set(key, work);
    const renewing = setInterval(() => {
      outbox.renew(claim).catch((err: unknown) => log.warn({ err, request: effect.request }, 'claim not renewed'));
    }, RENEW_MS);
    try {
      const ran = await run[effect.kind](effect.request, claim);
      failures.delete(keyOf(work));
      noteWait(work, ran);
      onEffect(effect.kind, ran ? 'again' : 'done');
      await settle(work, ran?.againInSeconds ?? null);
    } catch (err) {
      const seconds = backoff(work);
      log.warn(
        { err, request: effect.request, effect: effect.kind, againInSeconds: seconds },
        'work failed, will try again',
      );
      onEffect(effect.kind, 'fault');
      await settle(work, seconds);
    } finally {
      clearInterval(renewing);
      inHand.delete(key);
      freed();
    }
  }

  function noteWait(work: Work, ran: Ran): void {
    const key = keyOf(work);
    if (!ran) {
      waits.delete(key);
      return;
    }
    if (waits.get(key) === ran.why) return;
    waits.set(key, ran.why);
    const { request, kind: effect } = work.effect;
    log.info({ request, effect, why: ran.why, againInSeconds: ran.againInSeconds }, 'work waits');
  }

  async function settle(work: Work, againInSeconds: number | null): Promise<void> {
    const again = againInSeconds === null ? null : new Date(clock.now().getTime() + againInSeconds * 1000);
    // Work that is not settled waits until its claim counts as abandoned: this repeats until Redis is back, or the loop stops.
    for (;;) {
      try {
        await outbox.settle(work, again);
        return;
      } catch (err) {
        log.warn({ err, request: work.effect.request, effect: work.effect.kind }, 'work not settled');
        if (stopping.signal.aborted) return;
        await sleepUntilAborted(REST_MS, stopping.signal);
      }
    }
  }

  function backoff(work: Work): number {
    const count = (failures.get(keyOf(work)) ?? 0) + 1;
    failures.set(keyOf(work), count);
    return Math.min(0.5 * 2 ** (count - 1), MAX_BACKOFF_SECONDS);
  }

  /** Runs a step over and over. After a fault (Redis is away) it rests and goes on. */
  async function repeat(name: 'take' | 'abandoned' | 'timers', step: () => Promise<void>): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await step();
        onTurn(name);
      } catch (err) {
        if (stopping.signal.aborted) return;
        log.warn({ err, step: name }, 'worker step failed');
        await sleepUntilAborted(REST_MS, stopping.signal);
        await outbox.ready(stopping.signal);
      }
    }
  }

  async function takeNew(): Promise<void> {
    while (inHand.size >= width) {
      await new Promise<void>((resolve) => {
        freed = resolve;
      });
    }
    await startAll(await outbox.take(width - inHand.size));
  }

  /** Work that arrives after the stop is handed back at once. */
  async function startAll(works: Work[]): Promise<void> {
    for (const work of works) {
      if (stopping.signal.aborted) await handBack(work);
      else void perform(work);
    }
  }

  /** It counts as in hand meanwhile, so that a stop waits for it. */
  async function handBack(work: Work): Promise<void> {
    const key = keyOfClaim(work);
    inHand.set(key, work);
    await settle(work, 0);
    inHand.delete(key);
  }

  /** Abandoned work runs besides `width` pieces of new work, which may take long; but never more of it than that. */
  async function takeAbandoned(): Promise<void> {
    const room = Math.min(width, 2 * width - inHand.size);
    if (room > 0) await startAll(await outbox.takeAbandoned(room));
    await sleepUntilAborted(abandonedEveryMs, stopping.signal);
  }

  async function releaseTimers(): Promise<void> {
    await outbox.releaseDue();
    await sleepUntilAborted(TIMERS_MS, stopping.signal);
  }

  const running = outbox
    .ready(stopping.signal)
    .then(() =>
      Promise.all([repeat('take', takeNew), repeat('abandoned', takeAbandoned), repeat('timers', releaseTimers)]),
    );

  return {
    /**
     * Takes no new work, waits up to `graceMs` for the work in hand, and hands the rest back. Close the connection of the blocking
     * read right after the call: work that Redis still delivers to it would wait until its claim counts as abandoned.
     */
    async stop(graceMs: number): Promise<void> {
      stopping.abort();
      const until = Date.now() + graceMs;
      while (inHand.size > 0 && Date.now() < until) await sleep(20);
      await Promise.all([...inHand.values()].map((work) => settle(work, 0)));
      void running;
    },
  };
}

function keyOfClaim({ claim }: Work): string {
  return `${claim.entry}/${claim.deliveries}`;
}

function keyOf({ effect }: Work): string {
  return `${effect.kind}:${effect.request}`;
}
