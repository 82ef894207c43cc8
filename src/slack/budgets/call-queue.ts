import { setTimeout as sleep } from 'node:timers/promises';
import { TokenBucket } from 'limiter';
import { LRUCache } from 'lru-cache';
import PQueue from 'p-queue';
import { retryAfter } from '../connection/retry-after.ts';
import { CallDeferred } from './call-deferred.ts';
import type { Budget } from './method-budgets.ts';

/** A call that waits to be made. It keeps its place under its `id` while a worker tries it again and again. */
export interface QueuedCall {
  id: string;
  /** `high` goes before `low`, however long that has waited. */
  priority: 'high' | 'low';
}

/** A call that has its place and was not made yet: it waits in this process, or was told to come back. */
interface Place {
  priority: QueuedCall['priority'];
  /** Lower numbers came earlier. */
  number: number;
  /** When its turn is expected to come. */
  due: number;
}

const PRIORITY = { high: 1, low: 0 };
/** A call that has not come back this long after it was due no longer holds up the others: another bot has made it. */
const MISSED_MS = 2000;
/** After this long it loses its place. */
const FORGOTTEN_MS = 60_000;
const MAX_PLACES = 10_000;

const clock = { now: () => performance.now() };

/**
 * The calls that share one budget. A token bucket sets their pace, and a queue lets them go in order. A call that would wait longer
 * than it may is deferred: it gets a time of its own to come back at, and no worker is busy with it until then. After a 429 no call
 * is made until Retry-After is over, and then one at a time until one succeeds. `minuteMs`: shorter in tests.
 */
export function createCallQueue({ key, burst, perMinute, atOnce, optional }: Budget, minuteMs: number) {
  const everyMs = minuteMs / perMinute;
  const bucket = new TokenBucket({ bucketSize: burst, tokensPerInterval: perMinute, interval: minuteMs });
  /** A call that can be left out takes a token from both buckets, so that a part of the budget is always kept for the others. */
  const optionalBucket = new TokenBucket({
    bucketSize: burst * optional,
    tokensPerInterval: perMinute * optional,
    interval: minuteMs,
    parentBucket: bucket,
  });
  bucket.content = burst;
  optionalBucket.content = burst * optional;
  const queue = new PQueue({ concurrency: atOnce });
  const waiting = new LRUCache<string, Place>({ max: MAX_PLACES, ttlResolution: 0, perf: clock });
  let places = 0;

  /** How long until the bucket holds so many tokens. */
  function msUntil(tokens: number): number {
    bucket.drip();
    return Math.max(0, (tokens - bucket.content) * everyMs);
  }

  /** Slack wants no call for `ms`: the bucket then holds one token, which goes to the call that finds out whether it is over. */
  function close(ms: number): void {
    bucket.drip();
    bucket.content = Math.min(bucket.content, 1 - ms / everyMs);
    queue.concurrency = 1;
  }

  function keep(id: string, place: Omit<Place, 'due'>, ms: number): void {
    waiting.set(id, { ...place, due: clock.now() + ms }, { ttl: ms + FORGOTTEN_MS });
  }

  /** Takes or keeps a place. Returns how long the call has to wait: until the time that it was given, or for all before it. */
  function takePlace({ id, priority }: QueuedCall): number {
    const now = clock.now();
    const next = msUntil(1);
    const before = waiting.get(id);
    if (before && before.due > now && before.due - now >= next) return before.due - now;
    if (before && next === 0) return 0;
    places += 1;
    const mine = before ?? { priority, number: places };
    const ahead = [...waiting.entries()].filter(
      ([other, one]) => other !== id && one.due + MISSED_MS >= now && precedes(one, mine),
    );
    const ms = msUntil(ahead.length + 1);
    keep(id, mine, ms);
    return ms;
  }

  /** Before anything is prepared for the call. @throws CallDeferred if it would wait longer than `maxWaitMs` */
  function reserve(queued: QueuedCall, maxWaitMs: number): void {
    const ms = takePlace(queued);
    if (ms > maxWaitMs) throw new CallDeferred(key, ms);
  }

  async function takeToken(id: string, until: number): Promise<void> {
    while (!bucket.tryRemoveTokens(1)) {
      const ms = msUntil(1);
      if (clock.now() + ms > until) throw new CallDeferred(key, ms);
      await sleep(Math.max(1, ms));
    }
    // In the same step: a call with a token no longer waits for one.
    waiting.delete(id);
  }

  async function make<T>(call: () => Promise<T>): Promise<T> {
    try {
      const answer = await call();
      queue.concurrency = atOnce;
      return answer;
    } catch (fault) {
      const seconds = retryAfter(fault);
      if (seconds !== null) close(seconds * 1000);
      throw fault;
    }
  }

  /** Makes the call when its turn comes. @throws CallDeferred if that takes too long, or Slack asks to wait; what `call` throws */
  async function run<T>(queued: QueuedCall, maxWaitMs: number, call: () => Promise<T>): Promise<T> {
    reserve(queued, maxWaitMs);
    const until = clock.now() + maxWaitMs;
    const mine = waiting.get(queued.id);
    /** For a call that waits behind one that hangs. One that has its turn is not given up any more. */
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), maxWaitMs);
    try {
      return await queue.add(
        async () => {
          clearTimeout(timer);
          await takeToken(queued.id, until);
          return make(call);
        },
        { priority: PRIORITY[queued.priority], signal: late.signal },
      );
    } catch (cause) {
      const seconds = late.signal.aborted ? everyMs / 1000 : retryAfter(cause);
      if (seconds === null) throw cause;
      if (mine) keep(queued.id, mine, 0);
      const ms = Math.max(takePlace(queued), seconds * 1000);
      if (mine) keep(queued.id, mine, ms);
      throw new CallDeferred(key, ms, { cause });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Makes a call at once, or leaves it out (null): if another call waits, or its part of the budget is used up. */
  async function runOptional<T>(call: () => Promise<T>): Promise<T | null> {
    const now = clock.now();
    const awaited = [...waiting.values()].some(({ due }) => due + MISSED_MS >= now);
    if (awaited || queue.pending >= queue.concurrency || !optionalBucket.tryRemoveTokens(1)) return null;
    return queue.add(() => make(call));
  }

  /** The call will not come back. */
  const giveUp = (id: string) => void waiting.delete(id);

  return { reserve, run, runOptional, giveUp, close };
}

export type CallQueue = ReturnType<typeof createCallQueue>;

function precedes(one: Omit<Place, 'due'>, other: Omit<Place, 'due'>): boolean {
  return one.priority === other.priority ? one.number < other.number : one.priority === 'high';
}
