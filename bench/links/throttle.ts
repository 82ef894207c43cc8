import type { Terms } from '../../src/domain/link/division/divide.ts';
import { nextLookAt } from '../../src/domain/link/division/look-pace.ts';
import type { Look } from '../../src/domain/link/division/member-state.ts';
import { type LinkShares, nextShares } from '../../src/domain/link/division/next-shares.ts';
import { UNLIMITED } from '../../src/domain/rate/rate.ts';
import { isAnswered, update } from './datasync.ts';
import type { Run } from './run.ts';

/** A page of ListTasks has 100 tasks; once a minute it shows which of them run. */
const DISCOVERY_SECONDS = 60;
const PAGE = 100;
const STEP_SECONDS = 10;
/** Between the update and its read-back, and between two tries of a call that failed. */
const READ_BACK_SECONDS = 2;
const RETRY_SECONDS = 5;

const PHASES = { preparing: 'waiting', transferring: 'sending', verifying: 'done', ended: 'done' } as const;

interface Known {
  run: Run;
  look: Look | null;
  lookedAt: number;
  lookedMoved: number;
  lookDue: number;
  /** It was seen that it ended. */
  isGone: boolean;
}

/** What the bot does about a link, with every call that it makes to AWS. Seconds. */
export class Throttle {
  /** By minute. */
  readonly calls: number[] = [];
  /** By run and hour. */
  readonly changes = new Map<string, number>();
  readonly #terms: Terms;
  readonly #tasks: number;
  readonly #random: () => number;
  #known: Known[] = [];
  #updates: { known: Known; rate: number }[] = [];
  #shares: LinkShares | null = null;
  #isOutdated = false;

  constructor(terms: Terms, tasks: number, random: () => number) {
    this.#terms = terms;
    this.#tasks = tasks;
    this.#random = random;
  }

  tick(now: number, running: readonly Run[]): void {
    if (now % DISCOVERY_SECONDS === 0) this.#discover(now, running);
    for (const known of this.#known) if (known.lookDue <= now) this.#look(known, now);
    this.#known = this.#known.filter(({ isGone }) => !isGone);
    const updates = this.#updates;
    this.#updates = [];
    for (const { known, rate } of updates) this.#update(known, rate, now);
    if (now % STEP_SECONDS === 0 && (this.#isOutdated || now % (2 * STEP_SECONDS) === 0)) this.#step(now);
  }

  /** One ListTasks a page, then one DescribeTask for each task that began or ended a run. */
  #discover(now: number, running: readonly Run[]): void {
    this.#call(now, Math.ceil(this.#tasks / PAGE));
    const known = new Set(this.#known.map(({ run }) => run));
    for (const run of running) {
      if (known.has(run)) continue;
      this.#call(now);
      this.#known.push({ run, look: null, lookedAt: now, lookedMoved: run.moved, lookDue: now, isGone: false });
    }
    for (const one of this.#known) if (one.run.status === 'ended') one.lookDue = Math.min(one.lookDue, now);
  }

  /** DescribeTaskExecution. */
  #look(known: Known, now: number): void {
    this.#call(now);
    if (!isAnswered(this.#random)) {
      known.lookDue = now + RETRY_SECONDS;
      return;
    }
    const { run, lookedAt, lookedMoved } = known;
    this.#isOutdated = true;
    if (run.status === 'ended') {
      known.isGone = true;
      return;
    }
    const seconds = now - lookedAt;
    const rate = seconds > 0 ? (run.moved - lookedMoved) / seconds : null;
    known.look = { at: now * 1000, since: lookedAt * 1000, limit: run.limit.shown, rate, phase: PHASES[run.status] };
    known.lookedAt = now;
    known.lookedMoved = run.moved;
    known.lookDue = Number.POSITIVE_INFINITY;
    if (run.limitedAt === null && run.limit.shown !== UNLIMITED) run.limitedAt = now;
  }

  #update({ run }: Known, rate: number, now: number): void {
    this.#call(now);
    update(run.limit, rate, now, this.#random);
    const hour = `${run.id} ${Math.floor(now / 3600)}`;
    this.changes.set(hour, (this.changes.get(hour) ?? 0) + 1);
  }

  #step(now: number): void {
    this.#isOutdated = false;
    const looked = this.#known.filter(({ run, look }) => look !== null || this.#shares?.members[run.id]);
    const members = looked.map(({ run, look }) => ({
      id: run.id,
      holds: { kind: 'share' as const, baseline: UNLIMITED },
      look,
    }));
    const { now: moves, shares } = nextShares(this.#shares, { terms: this.#terms, members }, now * 1000);
    this.#shares = shares;
    const rates = new Map(moves.map(({ id, rate }) => [id, rate]));
    for (const known of looked) {
      known.look = null;
      const state = shares.members[known.run.id];
      const rate = rates.get(known.run.id);
      if (rate !== undefined) {
        this.#updates.push({ known, rate });
        known.lookDue = now + READ_BACK_SECONDS;
      } else if (state && known.lookDue === Number.POSITIVE_INFINITY) {
        known.lookDue = nextLookAt(state, known.lookedAt * 1000, looked.length) / 1000;
      }
    }
  }

  #call(now: number, count = 1): void {
    const minute = Math.floor(now / 60);
    this.calls[minute] = (this.calls[minute] ?? 0) + count;
  }
}
