import { type LimitAtAws, takeEffect, unlimitedAtAws } from './datasync.ts';
import type { Execution } from './workload.ts';

type Status = 'preparing' | 'transferring' | 'verifying' | 'ended';

/** One execution in the simulation. Seconds, bytes. */
export class Run {
  readonly id: string;
  readonly execution: Execution;
  readonly limit: LimitAtAws = unlimitedAtAws();
  status: Status = 'preparing';
  /** What it would use now, bytes per second. */
  need = 0;
  moved = 0;
  /** When its first limit was read back; null: not yet. */
  limitedAt: number | null = null;
  #until: number;
  #left: number;

  constructor(id: string, execution: Execution, now: number) {
    this.id = id;
    this.execution = execution;
    this.#until = now + execution.preparing;
    this.#left = execution.bytes;
  }

  /** What it sends, if the wire takes it. */
  get offered(): number {
    return Math.min(this.need, this.limit.effective);
  }

  begin(now: number): void {
    takeEffect(this.limit, now);
    if (now < this.#until) return;
    if (this.status === 'preparing') this.status = 'transferring';
    if (this.status === 'verifying') this.status = 'ended';
    if (this.status !== 'transferring') return;
    const { seconds, rate } = this.execution.nextPhase();
    this.#until = now + seconds;
    this.need = rate;
  }

  /** Moves what one second allows. True if that was the last of it. */
  move(bytes: number, now: number): boolean {
    this.moved += bytes;
    this.#left -= bytes;
    if (this.status !== 'transferring' || this.#left > 0) return false;
    this.status = 'verifying';
    this.need = 0;
    this.#until = now + this.execution.verifying;
    return true;
  }
}
