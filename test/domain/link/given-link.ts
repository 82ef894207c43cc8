import type { Terms } from '../../../src/domain/link/division/divide.ts';
import { EFFECT_MS, type LinkMember, type Look } from '../../../src/domain/link/division/member-state.ts';
import { type LinkShares, type NextShares, nextShares } from '../../../src/domain/link/division/next-shares.ts';
import { UNLIMITED } from '../../../src/domain/rate/rate.ts';

const SECOND = 1000;
const TICK = 5 * SECOND;
const LOOK = 30 * SECOND;

export interface MovedLimit {
  id: string;
  from: number;
  to: number;
  at: number;
}

interface Given {
  holds: LinkMember['holds'];
  need: number;
  weight: number | undefined;
  /** What AWS shows. */
  limit: number;
  /** What has an effect: a raise at once, a lowered limit as late as AWS may take. */
  effective: number;
  coming: { rate: number; at: number }[];
  firstSetAt: number | null;
  moved: number;
  looked: { at: number; moved: number };
  readBackAt: number | null;
}

/**
 * A link with its executions, and AWS at its most unfavourable: what is raised has an effect at once, what is lowered only a
 * minute after its read-back.
 */
export class LinkStory {
  now = 0;
  terms: Terms;
  shares: LinkShares | null = null;
  last: NextShares | null = null;
  readonly moves: MovedLimit[] = [];
  readonly runs = new Map<string, Given>();
  /** How many of the next updates AWS does not carry out. */
  failing = 0;

  constructor(terms: Terms) {
    this.terms = terms;
  }

  starts(id: string, given: { need?: number; holds?: LinkMember['holds']; weight?: number } = {}): void {
    const { need = Number.POSITIVE_INFINITY, holds = { kind: 'share', baseline: UNLIMITED }, weight } = given;
    const limit = holds.kind === 'share' ? holds.baseline : holds.kind === 'grant' ? holds.rate : UNLIMITED;
    const looked = { at: this.now, moved: 0 };
    const nothing = { coming: [], firstSetAt: null, moved: 0, readBackAt: null };
    this.runs.set(id, { holds, need, weight, limit, effective: finite(limit), looked, ...nothing });
  }

  ends(id: string): void {
    this.runs.delete(id);
  }

  run(id: string): Given {
    const run = this.runs.get(id);
    if (!run) throw new Error(`${id} does not run`);
    return run;
  }

  limits(): Record<string, number> {
    return Object.fromEntries([...this.runs].map(([id, { limit }]) => [id, limit]));
  }

  /** Lives so long; `check` after every few seconds. */
  passes(seconds: number, check: (story: LinkStory) => void = () => undefined): void {
    const end = this.now + seconds * SECOND;
    while (this.now < end) {
      this.now += TICK;
      for (const run of this.runs.values()) this.#flow(run);
      this.#step();
      check(this);
    }
  }

  /** What the limits let through, without runs whose first limit has no effect yet. */
  throughput(): number {
    const counted = [...this.runs.values()].filter(
      ({ holds, firstSetAt }) =>
        holds.kind === 'share' && firstSetAt !== null && this.now > firstSetAt + EFFECT_MS + TICK,
    );
    return counted.reduce((sum, { effective }) => sum + effective, 0);
  }

  /** What is moved now. */
  used(): number {
    return [...this.runs.values()].reduce((sum, { effective, need }) => sum + Math.min(effective, need), 0);
  }

  #flow(run: Given): void {
    run.moved += (Math.min(run.effective, run.need, 1e12) * TICK) / SECOND;
    for (const { rate, at } of run.coming) if (at <= this.now) run.effective = rate;
    run.coming = run.coming.filter(({ at }) => at > this.now);
  }

  #step(): void {
    const members = [...this.runs].map(([id, run]): LinkMember => {
      return { id, weight: run.weight, holds: run.holds, look: this.#lookAt(id, run) };
    });
    this.last = nextShares(this.shares, { terms: this.terms, members }, this.now);
    // As it would be after it was stored.
    this.shares = JSON.parse(JSON.stringify(this.last.shares));
    for (const { id, rate } of this.last.now) this.#update(id, rate);
  }

  #lookAt(id: string, run: Given): Look | null {
    const isReadBack = run.readBackAt !== null && run.readBackAt <= this.now;
    if (!isReadBack && this.shares?.members[id] && this.now < run.looked.at + LOOK) return null;
    const { at, moved } = run.looked;
    if (isReadBack) run.readBackAt = null;
    if (isReadBack && run.firstSetAt === null && run.limit !== UNLIMITED) run.firstSetAt = this.now;
    run.looked = { at: this.now, moved: run.moved };
    const phase = 'sending';
    if (at === this.now) return { at, since: null, rate: null, limit: run.limit, phase };
    return { at: this.now, since: at, limit: run.limit, rate: (run.moved - moved) / ((this.now - at) / SECOND), phase };
  }

  #update(id: string, rate: number): void {
    const run = this.run(id);
    run.readBackAt = this.now + TICK;
    if (this.failing > 0) {
      this.failing -= 1;
      return;
    }
    this.moves.push({ id, from: run.limit, to: rate, at: this.now });
    run.limit = rate;
    if (finite(rate) >= run.effective) {
      run.effective = finite(rate);
      run.coming = [];
    } else run.coming.push({ rate: finite(rate), at: run.readBackAt + EFFECT_MS });
  }
}

function finite(rate: number): number {
  return rate === UNLIMITED ? Number.POSITIVE_INFINITY : rate;
}
