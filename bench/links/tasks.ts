import { Run } from './run.ts';
import { executionOf, type Needs } from './workload.ts';

const SPREAD_SECONDS = 1800;

/** The tasks of a link, each with one execution after another. */
export class Tasks {
  readonly #needs: Needs;
  readonly #seed: number;
  readonly #even: number;
  readonly #tasks: { run: Run | null; begun: number; startAt: number }[];

  /** `even`: an even part of the link, in bytes per second. */
  constructor(count: number, { needs, seed, even }: { needs: Needs; seed: number; even: number }) {
    this.#needs = needs;
    this.#seed = seed;
    this.#even = even;
    this.#tasks = Array.from({ length: count }, (_, nth) => {
      return { run: null, begun: 0, startAt: Math.round((nth * SPREAD_SECONDS) / count) };
    });
  }

  /** Those that run in this second. `started`: the new ones among them. */
  at(now: number, started: (run: Run) => void): Run[] {
    return this.#tasks.flatMap((task, nth) => {
      task.run?.begin(now);
      if (task.run?.status === 'ended') {
        task.startAt = now + task.run.execution.pause;
        task.run = null;
      }
      if (task.run === null && now >= task.startAt) {
        const execution = executionOf(this.#seed, nth, task.begun, this.#even, this.#needs);
        task.run = new Run(`${nth}-${task.begun}`, execution, now);
        task.begun += 1;
        started(task.run);
      }
      return task.run ?? [];
    });
  }
}
