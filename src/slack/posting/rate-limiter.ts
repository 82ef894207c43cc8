import { setTimeout as sleep } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { retryAfter } from '../connection/clients.ts';

/** Calls that share one of Slack's rate limits: the posts to one channel, the edits in a workspace. */
export interface Lane {
  key: string;
  /** The average time between two calls. */
  everyMs: number;
  /** How many calls may follow each other at once after a pause. */
  burst: number;
  /** How many calls may be in flight at a time. */
  atOnce: number;
}

/** A call that waits to be made. It keeps its place in the queue under its `id`, also while a worker tries it again and again. */
export interface QueuedCall {
  id: string;
  /** `high` goes before `low`, however long that has waited. */
  priority: 'high' | 'low';
}

/** Slack's Retry-After, shared with the other bots. */
export interface SharedRetryAfter {
  /** How many ms are left of it; 0 = none. */
  left(lane: string): Promise<number>;
  keep(lane: string, ms: number): Promise<void>;
}

/** The call was not made yet. `retryAfter` (seconds) has the same name as in the Web API's own fault. */
export class CallDeferred extends Error {
  override readonly name = 'CallDeferred';
  readonly retryAfter: number;

  constructor(lane: string, ms: number) {
    super(`${lane}: in ${Math.ceil(ms)} ms`);
    this.retryAfter = ms / 1000;
  }
}

interface Waiting {
  priority: QueuedCall['priority'];
  /** Its number in the queue: lower ones came earlier. */
  place: number;
  /** When it was told to come back. */
  due: number;
}

interface LaneState {
  /** When the next call would be due if all calls were `everyMs` apart (the "theoretical arrival time" of GCRA). */
  nextDue: number;
  inFlight: number;
  /** The last call was rate limited: only one call is made at a time until one succeeds. */
  probing: boolean;
  waiting: Map<string, Waiting>;
}

/** A call waits up to this long in the process, and keeps a worker busy meanwhile; a longer wait is deferred. */
const MAX_WAIT_MS = 1000;
const POLL_MS = 50;
/** A call that has not come back this long after it was due no longer holds up the others: another bot has made it. */
const MISSED_MS = 2000;
/** After this long it loses its place. */
const FORGOTTEN_MS = 60_000;
const MAX_LANES = 500;

/**
 * Keeps all calls of this process within Slack's rate limits, in the order in which they came. A call that has to wait long is
 * deferred to a time of its own; one that comes back too early is deferred again without asking Slack. After a 429 no call is
 * made until Retry-After is over, and then one at a time until one succeeds.
 */
export function createRateLimiter({
  shared,
  now = () => performance.now(),
}: {
  shared: SharedRetryAfter;
  now?: () => number;
}) {
  /** A lane that is dropped loses only its order and its pace: Retry-After is in `shared`. */
  const lanes = new LRUCache<string, LaneState>({ max: MAX_LANES });
  let places = 0;

  function stateOf(lane: Lane): LaneState {
    const found = lanes.get(lane.key);
    if (found) return found;
    const state: LaneState = { nextDue: 0, inFlight: 0, probing: false, waiting: new Map() };
    lanes.set(lane.key, state);
    return state;
  }

  /** When this call may be made: at the time that it was given before, or, if that has passed, after all that precede it. */
  function dueTimeOf(lane: Lane, state: LaneState, { id, priority }: QueuedCall): number {
    const at = now();
    for (const [other, { due }] of state.waiting) if (due + FORGOTTEN_MS < at) state.waiting.delete(other);
    const free = Math.max(at, state.nextDue - (lane.burst - 1) * lane.everyMs);
    const before = state.waiting.get(id);
    if (before && before.due > at && before.due >= free) return before.due;
    if (before && free <= at) return at;
    places += 1;
    const mine = before ?? { priority, place: places };
    const ahead = [...state.waiting].filter(
      ([other, one]) => other !== id && one.due + MISSED_MS >= at && precedes(one, mine),
    );
    const due = Math.max(at, Math.max(at, state.nextDue) + (ahead.length - lane.burst + 1) * lane.everyMs);
    state.waiting.set(id, { ...mine, due });
    return due;
  }

  /** No call for `ms`, and no burst after that. */
  function close(lane: Lane, state: LaneState, ms: number): void {
    state.nextDue = Math.max(state.nextDue, now() + ms + (lane.burst - 1) * lane.everyMs);
    state.probing = true;
  }

  /** Takes a place in the queue, before anything is prepared for the call. @throws CallDeferred if it would wait long */
  function reserve(lane: Lane, queuedCall: QueuedCall): void {
    const ms = dueTimeOf(lane, stateOf(lane), queuedCall) - now();
    if (ms > MAX_WAIT_MS) throw new CallDeferred(lane.key, ms);
  }

  /** Makes the call once it is due. @throws CallDeferred if that is not soon, or Slack says to wait; what `call` throws */
  async function run<T>(lane: Lane, queuedCall: QueuedCall, call: () => Promise<T>): Promise<T> {
    const state = stateOf(lane);
    const deadline = now() + MAX_WAIT_MS;
    for (;;) {
      const left = await shared.left(lane.key);
      if (left > 0) close(lane, state, left);
      const due = dueTimeOf(lane, state, queuedCall);
      const busy = state.inFlight >= (state.probing ? 1 : lane.atOnce);
      if (due <= now() && !busy) break;
      if (Math.max(due, now() + POLL_MS) > deadline) {
        throw new CallDeferred(lane.key, Math.max(due - now(), lane.everyMs));
      }
      await sleep(Math.max(due - now(), busy ? POLL_MS : 0));
    }
    const mine = state.waiting.get(queuedCall.id);
    state.waiting.delete(queuedCall.id);
    state.inFlight += 1;
    state.nextDue = Math.max(state.nextDue, now()) + lane.everyMs;
    try {
      const answer = await call();
      state.probing = false;
      return answer;
    } catch (fault) {
      const seconds = retryAfter(fault);
      if (seconds === null) throw fault;
      close(lane, state, seconds * 1000);
      if (mine) state.waiting.set(queuedCall.id, mine);
      const due = dueTimeOf(lane, state, queuedCall);
      await shared.keep(lane.key, seconds * 1000);
      throw new CallDeferred(lane.key, due - now());
    } finally {
      state.inFlight -= 1;
    }
  }

  /** Whether a call could be made at once without holding up another one: for calls that may be skipped. */
  function isIdle(lane: Lane): boolean {
    const { nextDue, waiting, inFlight, probing } = stateOf(lane);
    const at = now();
    const awaited = [...waiting.values()].some(({ due }) => due + MISSED_MS >= at);
    return !awaited && inFlight < lane.atOnce && !probing && nextDue <= at + (lane.burst - 1) * lane.everyMs;
  }

  return { reserve, run, isIdle };
}

export type RateLimiter = ReturnType<typeof createRateLimiter>;

function precedes(one: Omit<Waiting, 'due'>, other: Omit<Waiting, 'due'>): boolean {
  return one.priority === other.priority ? one.place < other.place : one.priority === 'high';
}
