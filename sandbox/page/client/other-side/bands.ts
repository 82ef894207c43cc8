import type { ShownExecution, ShownLink } from '../../page-state.ts';

/** What runs on a link, task by task: of each at most one execution sends at a time. */
export interface Band {
  name: string;
  /** The number of its colour: a task keeps it, whatever else runs. */
  colour: number;
  rate: number;
  curves: readonly ShownExecution['curve'][];
}

const COLOURS = 4;

/** The tasks of a link that have run. */
export function bandsOf(link: ShownLink, executions: readonly ShownExecution[]): Band[] {
  return link.tasks.flatMap((task, index) => {
    const runs = executions.filter(({ arn }) => arn.startsWith(`${task}/`));
    const [first] = runs;
    if (first === undefined) return [];
    const rate = runs.reduce((sum, run) => sum + run.rate, 0);
    return [{ name: first.taskName, colour: (index % COLOURS) + 1, rate, curves: runs.map(({ curve }) => curve) }];
  });
}
