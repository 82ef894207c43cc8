import { budgetOf, divide, type Terms } from '../../src/domain/link/division/divide.ts';
import { UNLIMITED } from '../../src/domain/rate/rate.ts';
import type { Run } from './run.ts';

const DAY = 86_400;
/** How often an execution is compared with its exact share. */
const EXACT_SECONDS = 60;
/** From the read-back of a first limit until that takes effect for certain. */
const EFFECT_SECONDS = 60;
/** Shorter executions are over before anything can be divided anew. */
const LONG_SECONDS = 1800;

/** What came of a simulated week, second by second. Bytes. */
export class Tally {
  /** Without what was sent above the best. */
  moved = 0;
  /** The most that any limits could have let through in each second, with the same runs, floors and headroom. */
  best = 0;
  /** Of what was moved to what a fixed equal split would have let through in the same seconds. */
  worstDay = Number.POSITIVE_INFINITY;
  /** Seconds in which the limits in effect together were above the capacity, without runs whose first limit had no effect yet. */
  aboveByLimits = 0;
  /** Seconds in which more was sent than the capacity because of runs whose first limit had no effect yet. */
  aboveByStarts = 0;
  completed = 0;
  runSeconds = 0;
  /** What each long run moved, of what its exact share would have let through. */
  readonly ofExact: number[] = [];
  readonly #terms: Terms;
  readonly #even: number;
  readonly #budget: number;
  readonly #exact = new Map<Run, { since: number; bytes: number }>();
  #day = { moved: 0, equal: 0 };

  constructor(terms: Terms, even: number) {
    this.#terms = terms;
    this.#even = even;
    this.#budget = budgetOf(terms);
  }

  second(now: number, running: readonly Run[]): void {
    let [offered, through, needed, reserved, equal] = [0, 0, 0, 0, 0];
    for (const run of running) {
      offered += run.offered;
      needed += run.need;
      reserved += Math.max(0, this.#terms.floor - run.need);
      equal += Math.min(run.need, this.#even);
      if (run.limitedAt !== null && now >= run.limitedAt + EFFECT_SECONDS) through += run.limit.effective;
    }
    const best = Math.min(needed, this.#budget - reserved);
    const moved = Math.min(best, offered);
    this.moved += moved;
    this.best += best;
    this.runSeconds += running.length;
    if (through > this.#terms.capacity) this.aboveByLimits += 1;
    else if (offered > this.#terms.capacity) this.aboveByStarts += 1;
    this.#day.moved += moved;
    this.#day.equal += equal;
    if (now % DAY === DAY - 1) {
      this.worstDay = Math.min(this.worstDay, this.#day.moved / this.#day.equal);
      this.#day = { moved: 0, equal: 0 };
    }
    if (now % EXACT_SECONDS === 0) this.#addExact(now, running);
  }

  /** A run moved its last byte. */
  complete(run: Run, now: number): void {
    this.completed += 1;
    const exact = this.#exact.get(run);
    this.#exact.delete(run);
    if (exact && now - exact.since >= LONG_SECONDS) this.ofExact.push(run.moved / exact.bytes);
  }

  #addExact(now: number, running: readonly Run[]): void {
    const members = running.map(({ id, need }) => {
      return { id, holds: { kind: 'share' as const, baseline: UNLIMITED, need } };
    });
    const shares = divide(this.#terms, members);
    for (const run of running) {
      const exact = this.#exact.get(run) ?? { since: now, bytes: 0 };
      exact.bytes += EXACT_SECONDS * Math.min(run.need, shares.get(run.id) ?? 0);
      this.#exact.set(run, exact);
    }
  }
}
