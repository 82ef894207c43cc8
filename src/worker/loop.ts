import { setTimeout as sleep } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import type { Log } from '../logging/logger.ts';
import { sleepUntilAborted } from '../timing/sleep-until-aborted.ts';
import {
  type Claim,
  type Effect,
  type EffectKind,
  type Outbox,
  type Settled,
  type Settlement,
  subjectOf,
  type Work,
} from '../workflow/ports/outbox.ts';
import { REST_MS, repeatStep } from './repeat-step.ts';
import { hasSlot } from './slots.ts';

/** Null: done. Otherwise when to run again, and why. */
export type Ran = { againInSeconds: number; why: string } | null;

/** `about`: the subject of the work. */
export type Run = (about: string, claim: Claim) => Promise<Ran>;

/** What a thrown fault says about the work: see `Settled`. */
export type FaultKind = 'outage' | 'failed' | 'left';

export interface LoopOptions {
  outbox: Outbox;
  run: Record<EffectKind, Run>;
  log: Log;
  judgeFault: (fault: unknown) => FaultKind;
  /** It begins when this resolves; at once if not given. */
  after?: Promise<void>;
  /** Called each time that one of the loop's steps ended without a fault. */
  onTurn?: (step: 'take' | 'abandoned') => void;
  onEffect?: (kind: EffectKind, outcome: 'done' | 'again' | 'fault' | 'left' | 'dead') => void;
  /** How many pieces of new work run at once. */
  width?: number;
  /** How long it rests between two looks for work that workers which are gone had claimed; 5 s by default. */
  abandonedEveryMs?: number;
}

const RENEW_MS = 10_000;
const ABANDONED_MS = 5_000;
/** Work that found no slot comes back after this long. Those of one Region may be many that are due at once. */
const NO_SLOT_SECONDS = 0.5;
/** Another bot may finish the work, of which this one never hears: so what is kept about it needs a bound. */
const MAX_REMEMBERED = 1000;

/** Claims the work of one stream, runs it and settles it, until it is stopped. */
export function startLoop({
  outbox,
  run,
  log,
  judgeFault,
  after = Promise.resolve(),
  onEffect = () => {},
  onTurn = () => {},
  width = 8,
  abandonedEveryMs = ABANDONED_MS,
}: LoopOptions) {
  const stopping = new AbortController();
  const { signal } = stopping;
  /** By claim. */
  const inHand = new Map<string, Work>();
  /** Why a piece of work waits, by effect: logged only when it changes. */
  const waits = new LRUCache<string, string>({ max: MAX_REMEMBERED });
  let freed = () => {};

  async function perform(work: Work): Promise<void> {
    const { effect, claim } = work;
    const key = keyOfClaim(work);
    inHand.set(key, work);
    const renewing = setInterval(() => {
      outbox.renew(claim).catch((err: unknown) => log.warn({ err, ...named(effect) }, 'claim not renewed'));
    }, RENEW_MS);
    try {
      const ran = await run[effect.kind](subjectOf(effect), claim);
      noteWait(work, ran);
      onEffect(effect.kind, ran ? 'again' : 'done');
      await settle(work, ran ? { kind: 'again', seconds: ran.againInSeconds } : { kind: 'done' });
    } catch (err) {
      await settleFault(work, err);
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
    log.info({ ...named(work.effect), why: ran.why, againInSeconds: ran.againInSeconds }, 'work waits');
  }

  async function settleFault(work: Work, err: unknown): Promise<void> {
    const { effect } = work;
    const kind = judgeFault(err);
    onEffect(effect.kind, kind === 'left' ? 'left' : 'fault');
    const why = err instanceof Error ? `${err.name}: ${err.message}` : String(err);
    const settled = await settle(work, kind === 'outage' ? { kind } : { kind, why });
    if (settled.kind === 'dead') {
      onEffect(effect.kind, 'dead');
      log.error({ err, ...named(effect) }, 'work failed too often, and is a dead letter now: see `work list`');
      return;
    }
    const facts = { err, ...named(effect), againInSeconds: settled.kind === 'waits' ? settled.seconds : null };
    if (kind !== 'left') {
      log.warn(facts, 'work failed, will try again');
      return;
    }
    if (waits.get(keyOf(work)) === why) return;
    waits.set(keyOf(work), why);
    log.warn(facts, 'work is left to newer bots');
  }

  async function settle(work: Work, settled: Settled): Promise<Settlement> {
    // Work that is not settled waits until its claim counts as abandoned: this repeats until Redis is back, or the loop stops.
    for (;;) {
      try {
        return await outbox.settle(work, settled);
      } catch (err) {
        log.warn({ err, ...named(work.effect) }, 'work not settled');
        if (signal.aborted) return { kind: 'lost' };
        await sleepUntilAborted(REST_MS, signal);
      }
    }
  }

  async function takeNew(): Promise<void> {
    while (inHand.size >= width) {
      await new Promise<void>((resolve) => {
        freed = resolve;
      });
    }
    await startAll(await outbox.take(width - inHand.size), width);
  }

  /** Work that arrives after the stop, or that finds no slot, is handed back at once. */
  async function startAll(works: readonly Work[], most: number): Promise<void> {
    const returned: Promise<void>[] = [];
    for (const work of works) {
      if (signal.aborted) returned.push(handBack(work, 0));
      else if (hasSlot(work.effect, effectsInHand(), width, most)) void perform(work);
      else returned.push(handBack(work, NO_SLOT_SECONDS));
    }
    await Promise.all(returned);
  }

  function effectsInHand(): Effect[] {
    return Array.from(inHand.values(), ({ effect }) => effect);
  }

  /** It counts as in hand meanwhile, so that a stop waits for it. */
  async function handBack(work: Work, seconds: number): Promise<void> {
    const key = keyOfClaim(work);
    inHand.set(key, work);
    await settle(work, { kind: 'returned', seconds });
    inHand.delete(key);
    freed();
  }

  /** Abandoned work runs besides `width` pieces of new work, which may take long; but never more of it than that. */
  async function takeAbandoned(): Promise<void> {
    const room = Math.min(width, 2 * width - inHand.size);
    if (room > 0) await startAll(await outbox.takeAbandoned(room), 2 * width);
    await sleepUntilAborted(abandonedEveryMs, signal);
  }

  const repeat = (name: 'take' | 'abandoned', step: () => Promise<void>) =>
    repeatStep(name, step, { signal, log, onTurn: () => onTurn(name), afterFault: () => outbox.ready(signal) });

  const running = after
    .then(() => outbox.ready(signal))
    .then(() => Promise.all([repeat('take', takeNew), repeat('abandoned', takeAbandoned)]));

  return {
    /**
     * Takes no new work, waits up to `graceMs` for the work in hand, and hands the rest back. Close the connection of the blocking
     * read right after the call: work that Redis still delivers to it would wait until its claim counts as abandoned.
     */
    async stop(graceMs: number): Promise<void> {
      stopping.abort();
      const until = Date.now() + graceMs;
      while (inHand.size > 0 && Date.now() < until) await sleep(20);
      await Promise.all([...inHand.values()].map((work) => settle(work, { kind: 'returned', seconds: 0 })));
      void running;
    },
  };
}

function keyOfClaim({ claim }: Work): string {
  return `${claim.entry}/${claim.deliveries}`;
}

function keyOf({ effect }: Work): string {
  return `${effect.kind}:${subjectOf(effect)}`;
}

/** For the log. */
function named({ kind: effect, ...about }: Effect) {
  return { effect, ...about };
}
