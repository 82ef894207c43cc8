import { type ExecutionRun, enter, flow, isMoving, nextTurn, setShare, takeTurn, wantedRate } from './execution-run.ts';
import { fairShares } from './fair-shares.ts';

/** The executions of one task: one runs at a time, the others wait in its queue. */
export interface TaskRuns {
  runs: ReadonlyMap<string, ExecutionRun>;
}

/**
 * Moves tasks that share a capacity on to a moment: turn by turn, whichever execution it is of, since each turn of one may
 * change the rates of the others from then on. Between two turns every rate is constant, so the bytes are exact.
 * @param capacity bytes per second; Infinity where they share nothing
 */
export function settle(tasks: readonly TaskRuns[], capacity: number, to: number): void {
  const runs = tasks.flatMap((task) => [...task.runs.values()]);
  // All were moved on to the same moment the last time.
  let at = runs.reduce((latest, run) => Math.max(latest, run.seenAt), Number.NEGATIVE_INFINITY);
  for (;;) {
    for (const task of tasks) leaveQueue([...task.runs.values()], at);
    if (capacity < Number.POSITIVE_INFINITY) share(runs, capacity, at);
    const next = soonest(runs, to);
    if (next === null) break;
    at = Math.max(at, next.turn);
    takeTurn(next.run, at);
  }
  for (const run of runs) flow(run, to);
}

function soonest(runs: readonly ExecutionRun[], to: number): { run: ExecutionRun; turn: number } | null {
  let next: { run: ExecutionRun; turn: number } | null = null;
  for (const run of runs) {
    const turn = nextTurn(run);
    if (turn !== null && turn <= to && (next === null || turn < next.turn)) next = { run, turn };
  }
  return next;
}

/** Where none of the task runs any more, the next one in its queue begins. */
function leaveQueue(runs: readonly ExecutionRun[], at: number): void {
  const next = runs.find((run) => run.status === 'QUEUED' && !run.held);
  if (next && !runs.some(isMoving)) enter(next, 'LAUNCHING', at);
}

function share(runs: readonly ExecutionRun[], capacity: number, at: number): void {
  const sending = runs.filter((run) => run.status === 'TRANSFERRING');
  const shares = fairShares(capacity, sending.map(wantedRate));
  for (const [index, run] of sending.entries()) setShare(run, shares[index] ?? 0, at);
}
