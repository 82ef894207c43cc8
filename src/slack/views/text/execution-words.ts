import { ceiling, type Eta } from '../../../domain/execution/impact.ts';
import { parseExecutionArn, progress, type TaskExecution } from '../../../domain/execution/task-execution.ts';
import { formatRate, UNLIMITED } from '../../../domain/rate/rate.ts';
import type { ThrottleRequest } from '../../../domain/request/throttle-request.ts';
import { formatDuration } from '../../../domain/time/duration.ts';
import { clip, code, dateToken, escapeText, oneLine } from './text.ts';

const BAR = 10;
const SHORT_NAME = 60;
const YEAR = 365 * 86_400;

/** `████░░░░░░ 42 %`. The bar is full only once everything is transferred. */
export function progressBar(execution: Pick<TaskExecution, 'bytesTransferred' | 'bytesEstimated'>): string {
  const part = progress(execution);
  if (part === null) return 'AWS has no estimate yet';
  return bar(part);
}

/** A part of a whole, which may be more than all of it: `████░░░░░░ 42 %`. Rounded down. */
export function bar(part: number): string {
  const full = Math.min(BAR, Math.floor(part * BAR));
  return `${'█'.repeat(full)}${'░'.repeat(BAR - full)} ${Math.floor(part * 100)} %`;
}

/** The time left, rounded to what is actually known. */
export function etaWords(eta: Eta): string {
  if (eta.kind === 'seconds') {
    if (eta.seconds === 0) return 'all is transferred';
    if (eta.seconds > YEAR) return 'more than a year';
    const then = eta.thenRate === undefined ? '' : `; the limit reverts to ${formatRate(eta.thenRate)} before that`;
    return eta.bound === 'about'
      ? `about ${rounded(eta.seconds, Math.round)}${then}`
      : `at least ${rounded(eta.seconds, Math.floor)}${then}`;
  }
  switch (eta.why) {
    case 'no-estimate':
      return 'unknown until AWS has an estimate';
    case 'unlimited-not-measured':
      return 'unknown: no limit, no measured speed';
    case 'not-moving':
      return 'unknown: nothing moves at the moment';
  }
}

/** How an execution ended, for the last line of its card: bytes, duration, average speed and AWS's status. */
export function closingLine(execution: TaskExecution): string {
  const { startedAt, endedAt, lookedAt, bytesTransferred, status } = execution;
  const seconds = startedAt === null ? 0 : (Date.parse(endedAt ?? lookedAt) - Date.parse(startedAt)) / 1000;
  const word = status === 'SUCCESS' ? 'The run has ended' : 'The run has ended with an error';
  const took = seconds >= 1 ? ` in ${formatDuration(rounding(seconds, Math.round))}` : '';
  const average = seconds >= 1 ? `, ${formatRate(Math.max(1, Math.round(bytesTransferred / seconds)))} on average` : '';
  return `${word} (${escapeText(clip(status, 40))}): ${formatBytes(bytesTransferred)}${took}${average}.`;
}

/** The speed between two readings, before compression, and its share of the limit. */
export function measuredWords(measured: number | null, execution: TaskExecution): string {
  if (measured === null) return 'not measured yet';
  if (measured < 1) return 'nothing moves at the moment';
  const limit = execution.bytesPerSecond;
  const part =
    limit === UNLIMITED ? '' : `\n${Math.round((measured / ceiling(execution, limit)) * 100)} % of the limit`;
  return `${formatRate(Math.round(measured))}${part}`;
}

function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  return `${Number((bytes / 1024 ** power).toPrecision(3))} ${units[power]}`;
}

function rounded(seconds: number, round: (value: number) => number): string {
  return formatDuration(rounding(seconds, round));
}

/** Rounds to hours for days and to minutes for hours: an estimate is not exact to the second. */
function rounding(seconds: number, round: (value: number) => number): number {
  const step = seconds >= 2 * 86_400 ? 3600 : seconds >= 600 ? 60 : 1;
  return round(seconds / step) * step;
}

/** The execution in a headline: the task's name, or the execution's id if it has none. Escaped. */
export function shortName(execution: { taskName: string | null; arn: string }): string {
  const name = oneLine(execution.taskName ?? '');
  return name ? escapeText(clip(name, SHORT_NAME)) : code(executionId(execution.arn));
}

/** The execution as a fact: task name, ids, account, Region. Escaped. */
export function executionFact(request: Pick<ThrottleRequest, 'execution' | 'taskName' | 'account' | 'region'>): string {
  const name = oneLine(request.taskName ?? '');
  const lines = [
    code(executionId(request.execution)),
    `account ${escapeText(request.account)}, ${escapeText(request.region)}`,
  ];
  return [...(name ? [escapeText(name)] : []), ...lines].join('\n');
}

export function executionId(arn: string): string {
  const parsed = parseExecutionArn(arn);
  return parsed.ok ? parsed.value.executionId : clip(arn, 128);
}

/** The task mode, capitalized as in AWS's console. Escaped. */
export function modeName(mode: string | null): string {
  if (mode === null) return 'AWS does not say';
  const word = clip(oneLine(mode), 40);
  return escapeText(word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase());
}

/** Null if a limit has an effect in this mode. */
export function modeWarning(mode: string | null): string | null {
  if (mode !== 'ENHANCED') return null;
  return '*Enhanced mode*: AWS’s guides say that a bandwidth limit is not applicable to such tasks. Only the read-back after the change will tell.';
}

/** For a headline; the full warning is shown where there is room for it. */
export function modeMark(mode: string | null): string {
  return mode === 'ENHANCED' ? ' · Enhanced mode' : '';
}

/** For texts where another sentence says when the limit ends. */
export const ONE_RUN = 'The limit holds for this one run only.';

/** The requested end of a limit; both null: the limit has no end of its own. */
type RequestedEnd = Pick<ThrottleRequest, 'durationSeconds' | 'until'> & { requestedAt?: string };

/** For a limit that does not revert. If an end was requested, the limit equals the rate that it would revert to. */
export function stayingNote(end: RequestedEnd): string {
  if (end.durationSeconds === null) return limitNote(end);
  const asked = end.until ? `until ${dateToken(end.until)}` : `for ${formatDuration(end.durationSeconds)}`;
  return `It was asked ${asked}, and is the rate from before a limit for a while: there is nothing to go back to. ${limitNote({ durationSeconds: null })}`;
}

/** What the limit applies to and when it ends; `would` if it was never set. */
export function limitNote(end: RequestedEnd, mood: 'does' | 'would' = 'does', now: Date | null = null): string {
  const asked = end.durationSeconds === null ? null : timeWords(end, end.durationSeconds, now);
  if (mood === 'would') {
    return `The limit would have held for this one run only${asked === null ? '' : `, ${asked}`}.`;
  }
  const run = 'The limit holds for this one run only';
  if (asked === null) return `${run}, until it ends or somebody changes the limit: it has no other end.`;
  return `${run}, ${asked}: then the bot sets the rate from before back by itself, if nobody has changed the limit since.`;
}

/** The end of a limit, for somebody who requests it now. */
export function endWords(end: RequestedEnd & { extends?: ThrottleRequest['extends'] }, now: Date): string {
  if (end.extends) return `until ${dateToken(end.extends.dueAt)}`;
  if (end.durationSeconds === null) return 'no end: until the execution ends';
  return timeWords(end, end.durationSeconds, now);
}

/** A duration starts when the limit is set, so the exact end is known only then. */
function timeWords({ until, requestedAt }: RequestedEnd, durationSeconds: number, now: Date | null): string {
  if (until) return `until ${dateToken(until)}`;
  const asked = formatDuration(durationSeconds);
  const whole = `for ${asked} from when it is in force`;
  const since = now?.toISOString() ?? requestedAt;
  if (since === undefined) return whole;
  const end = dateToken(new Date(Date.parse(since) + durationSeconds * 1000).toISOString());
  return `${whole}, until ${end} ${now ? 'if it is set now' : 'at the earliest'}`;
}
