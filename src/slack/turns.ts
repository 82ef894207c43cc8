import { setTimeout as sleep } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { retryAfter } from './clients.ts';

/** What Slack limits together: the messages of one channel, the edits of a workspace. */
export interface Lane {
  key: string;
  /** The average time between two calls. */
  everyMs: number;
  /** How many calls may follow each other at once, where there were none for a while. */
  burst: number;
  /** How many may be without an answer at a time. */
  atOnce: number;
}

/** A piece of work that wants to call. It keeps its place under its `id` while it waits. */
export interface Piece {
  id: string;
  /** `first` goes before `later`, however long that has waited. */
  urgency: 'first' | 'later';
}

/** Slack's Retry-After where other bots find it. */
export interface SharedWaits {
  /** How many ms are left of it; 0 = none. */
  left(lane: string): Promise<number>;
  keep(lane: string, ms: number): Promise<void>;
}

/** It is not this piece's turn. Has `retryAfter` (seconds) as the Web API's own fault has it, and cost no call. */
export class NotYet extends Error {
  override readonly name = 'NotYet';
  readonly retryAfter: number;

  constructor(lane: string, ms: number) {
    super(`${lane}: in ${Math.ceil(ms)} ms`);
    this.retryAfter = ms / 1000;
  }
}

interface Waiting {
  urgency: Piece['urgency'];
  place: number;
  /** When it was told to come back. */
  due: number;
}

interface LaneState {
  /** When as many calls as were made would have been due, one after the other (GCRA). */
  spent: number;
  inFlight: number;
  /** Slack said no last: one call asks whether it is over. */
  probing: boolean;
  waiting: Map<string, Waiting>;
}

/** A piece waits this long where it is, and so keeps a worker busy; for longer it is put off. */
const PATIENCE_MS = 1000;
const BUSY_MS = 50;
/** Nobody waits for a piece that has not come back by then: another bot has it, or it is done. */
const MISSED_MS = 2000;
/** It has its place for as long as this. */
const FORGOTTEN_MS = 60_000;
const MOST_LANES = 500;

/**
 * Lets calls to Slack follow each other in order, at the pace that Slack takes, over all uses in this process. What must
 * wait long is put off, each piece to a time of its own, and what comes back early is told so without asking Slack. After
 * a 429 nobody asks before Retry-After is over, and then one piece first.
 */
export function createTurns({ shared, now = () => performance.now() }: { shared: SharedWaits; now?: () => number }) {
  /** One that goes loses its order and its pace alone: what Slack asked to wait is shared. */
  const lanes = new LRUCache<string, LaneState>({ max: MOST_LANES });
  let places = 0;

  function stateOf(lane: Lane): LaneState {
    const found = lanes.get(lane.key);
    if (found) return found;
    const state: LaneState = { spent: 0, inFlight: 0, probing: false, waiting: new Map() };
    lanes.set(lane.key, state);
    return state;
  }

  /** When this piece's turn is: as it was told before, or, where that came to nothing, after all that go before it. */
  function turnOf(lane: Lane, state: LaneState, { id, urgency }: Piece): number {
    const at = now();
    for (const [other, { due }] of state.waiting) if (due + FORGOTTEN_MS < at) state.waiting.delete(other);
    const free = Math.max(at, state.spent - (lane.burst - 1) * lane.everyMs);
    const before = state.waiting.get(id);
    if (before && before.due > at && before.due >= free) return before.due;
    if (before && free <= at) return at;
    places += 1;
    const mine = before ?? { urgency, place: places };
    const ahead = [...state.waiting].filter(
      ([other, one]) => other !== id && one.due + MISSED_MS >= at && goesBefore(one, mine),
    );
    const due = Math.max(at, Math.max(at, state.spent) + (ahead.length - lane.burst + 1) * lane.everyMs);
    state.waiting.set(id, { ...mine, due });
    return due;
  }

  function close(lane: Lane, state: LaneState, ms: number): void {
    state.spent = Math.max(state.spent, now() + ms + (lane.burst - 1) * lane.everyMs);
    state.probing = true;
  }

  /** Puts a piece off that would have to wait long, before anything is prepared for its call. @throws NotYet */
  function expect(lane: Lane, piece: Piece): void {
    const ms = turnOf(lane, stateOf(lane), piece) - now();
    if (ms > PATIENCE_MS) throw new NotYet(lane.key, ms);
  }

  /** Calls when it is this piece's turn. @throws NotYet where that is not soon, or Slack says to wait; what `call` throws */
  async function take<T>(lane: Lane, piece: Piece, call: () => Promise<T>): Promise<T> {
    const state = stateOf(lane);
    const patient = now() + PATIENCE_MS;
    for (;;) {
      const left = await shared.left(lane.key);
      if (left > 0) close(lane, state, left);
      const due = turnOf(lane, state, piece);
      const busy = state.inFlight >= (state.probing ? 1 : lane.atOnce);
      if (due <= now() && !busy) break;
      if (Math.max(due, now() + BUSY_MS) > patient) throw new NotYet(lane.key, Math.max(due - now(), lane.everyMs));
      await sleep(Math.max(due - now(), busy ? BUSY_MS : 0));
    }
    const mine = state.waiting.get(piece.id);
    state.waiting.delete(piece.id);
    state.inFlight += 1;
    state.spent = Math.max(state.spent, now()) + lane.everyMs;
    try {
      const answer = await call();
      state.probing = false;
      return answer;
    } catch (fault) {
      const seconds = retryAfter(fault);
      if (seconds === null) throw fault;
      close(lane, state, seconds * 1000);
      if (mine) state.waiting.set(piece.id, mine);
      const due = turnOf(lane, state, piece);
      await shared.keep(lane.key, seconds * 1000);
      throw new NotYet(lane.key, due - now());
    } finally {
      state.inFlight -= 1;
    }
  }

  /** Whether a call could go at once, and would hold up nobody: for what may as well be left out. */
  function isFree(lane: Lane): boolean {
    const { spent, waiting, inFlight, probing } = stateOf(lane);
    const at = now();
    const awaited = [...waiting.values()].some(({ due }) => due + MISSED_MS >= at);
    return !awaited && inFlight < lane.atOnce && !probing && spent <= at + (lane.burst - 1) * lane.everyMs;
  }

  return { expect, take, isFree };
}

export type Turns = ReturnType<typeof createTurns>;

function goesBefore(one: Omit<Waiting, 'due'>, other: Omit<Waiting, 'due'>): boolean {
  return one.urgency === other.urgency ? one.place < other.place : one.urgency === 'first';
}
