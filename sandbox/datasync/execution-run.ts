/**
 * How one execution goes on, as a function of time alone: nothing ticks, whoever looks moves it on to that moment.
 * Between two of its turns (a phase ends, a limit bites) bytes flow at a constant rate, so the turns are a whole history.
 */

/** A point of the bandwidth curve, which is linear from each point to the next. Times are epoch milliseconds. */
export interface Sample {
  at: number;
  bytes: number;
  /** The limit that bites, bytes per second; -1 is none. */
  limit: number;
  /** Bytes per second that flow from here on. */
  rate: number;
}

export interface RunPlan {
  bytes: number;
  transferred: number;
  bytesPerSecond: number;
  linkBytesPerSecond: number;
  /** What goes over the wire for each byte of data. */
  compression: number;
  launchMs: number;
  prepareMs: number;
  verifyMs: number;
  cancelMs: number;
  /** How long after a change the new limit bites. AWS: within about 60 s. */
  changeDelayMs: number;
}

export interface ExecutionRun {
  readonly plan: RunPlan;
  status: string;
  /** As DescribeTaskExecution tells it: the last one set, whether it bites yet or not. */
  configuredLimit: number;
  limit: number;
  /** What others on its wire leave it, bytes per second; Infinity where it has none, or has not been given a share yet. */
  share: number;
  bytes: number;
  readonly createdAt: number;
  launchedAt: number | null;
  endedAt: number | null;
  /** Waits for release, though nothing of its task runs. */
  held: boolean;
  phaseEndsAt: number | null;
  coming: { at: number; limit: number }[];
  seenAt: number;
  history: Sample[];
}

const PHASES_MOVING = ['LAUNCHING', 'PREPARING', 'TRANSFERRING', 'VERIFYING', 'CANCELLING'];
const ENDS = ['SUCCESS', 'ERROR'];

/** Launching or later, and not ended: the one that later ones of its task wait for. */
export function isMoving(run: ExecutionRun): boolean {
  return PHASES_MOVING.includes(run.status);
}

export function hasEnded(run: ExecutionRun): boolean {
  return ENDS.includes(run.status);
}

/** 0 until it is known, which is at the end of PREPARING. */
export function estimatedBytes(run: ExecutionRun): number {
  const unknown = ['QUEUED', 'LAUNCHING', 'PREPARING'].includes(run.status);
  return unknown ? 0 : run.plan.bytes;
}

export function newRun(plan: RunPlan, status: string, at: number): ExecutionRun {
  const run: ExecutionRun = {
    plan,
    status: 'QUEUED',
    configuredLimit: plan.bytesPerSecond,
    limit: plan.bytesPerSecond,
    share: Number.POSITIVE_INFINITY,
    bytes: 0,
    createdAt: at,
    launchedAt: null,
    endedAt: null,
    held: false,
    phaseEndsAt: null,
    coming: [],
    seenAt: at,
    history: [],
  };
  if (status !== 'QUEUED') enter(run, status, at);
  return run;
}

/** Begins a phase, whatever went before; a status that this file does not know is kept and does not move. */
export function enter(run: ExecutionRun, status: string, at: number): void {
  const { plan } = run;
  run.status = status;
  run.seenAt = at;
  run.held = false;
  run.phaseEndsAt = null;
  if (status !== 'QUEUED') run.launchedAt ??= at;
  if (status === 'LAUNCHING') run.phaseEndsAt = at + plan.launchMs;
  else if (status === 'PREPARING') run.phaseEndsAt = at + plan.prepareMs;
  else if (status === 'TRANSFERRING') run.bytes = Math.max(run.bytes, plan.transferred);
  else if (status === 'VERIFYING') {
    run.bytes = plan.bytes;
    run.phaseEndsAt = at + plan.verifyMs;
  } else if (status === 'CANCELLING') run.phaseEndsAt = at + plan.cancelMs;
  else if (status === 'SUCCESS') run.bytes = plan.bytes;
  if (hasEnded(run)) {
    run.endedAt = at;
    run.coming = [];
  }
  note(run);
}

/** A change of the limit: told at once, biting later. */
export function setLimit(run: ExecutionRun, bytesPerSecond: number, at: number): void {
  run.configuredLimit = bytesPerSecond;
  run.coming.push({ at: at + run.plan.changeDelayMs, limit: bytesPerSecond });
}

/** Another rate from a moment on, because others on its wire take more or less than before. */
export function setShare(run: ExecutionRun, bytesPerSecond: number, at: number): void {
  const before = rateOf(run);
  if (Math.min(wantedRate(run), bytesPerSecond) === before) return;
  flow(run, at);
  run.share = bytesPerSecond;
  // What it would have got alone from this very moment on never flowed.
  if (run.history.at(-1)?.at === run.seenAt) run.history.pop();
  note(run);
}

/** When something changes by itself next; null if nothing will. */
export function nextTurn(run: ExecutionRun): number | null {
  const turns = run.coming.map((change) => change.at);
  if (run.phaseEndsAt !== null) turns.push(run.phaseEndsAt);
  if (run.status === 'TRANSFERRING') turns.push(run.seenAt + ((run.plan.bytes - run.bytes) * 1000) / rateOf(run));
  const next = Math.min(...turns);
  return Number.isFinite(next) ? next : null;
}

/** Bytes per second that flow now. */
export function rateOf(run: ExecutionRun): number {
  return run.status === 'TRANSFERRING' ? Math.min(wantedRate(run), run.share) : 0;
}

/** Bytes per second that it would send if it had its wire for itself. */
export function wantedRate({ limit, plan }: ExecutionRun): number {
  return limit < 0 ? plan.linkBytesPerSecond : Math.min(limit, plan.linkBytesPerSecond);
}

/** What `nextTurn` has told of. */
export function takeTurn(run: ExecutionRun, at: number): void {
  flow(run, at);
  const biting = run.coming.filter((change) => change.at <= at);
  const last = biting.at(-1);
  if (last) {
    run.coming = run.coming.filter((change) => change.at > at);
    run.limit = last.limit;
    note(run);
    return;
  }
  if (run.status === 'LAUNCHING') enter(run, 'PREPARING', at);
  else if (run.status === 'PREPARING') enter(run, 'TRANSFERRING', at);
  else if (run.status === 'TRANSFERRING') enter(run, 'VERIFYING', at);
  else if (run.status === 'VERIFYING') enter(run, 'SUCCESS', at);
  else if (run.status === 'CANCELLING') enter(run, 'ERROR', at);
}

/** Bytes up to a moment, within which nothing turns; one that has passed already changes nothing. */
export function flow(run: ExecutionRun, to: number): void {
  if (to <= run.seenAt) return;
  run.bytes = Math.min(run.plan.bytes, run.bytes + (rateOf(run) * (to - run.seenAt)) / 1000);
  run.seenAt = to;
}

function note(run: ExecutionRun): void {
  run.history.push({ at: run.seenAt, bytes: Math.floor(run.bytes), limit: run.limit, rate: rateOf(run) });
}
