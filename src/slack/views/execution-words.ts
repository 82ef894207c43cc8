import { formatDuration } from '../../domain/duration.ts';
import type { Eta } from '../../domain/impact.ts';
import { parseExecutionArn, progress, type TaskExecution } from '../../domain/task-execution.ts';
import type { ThrottleRequest } from '../../domain/throttle-request.ts';
import { clip, code, escapeText, oneLine } from './text.ts';

const BAR = 10;
const SHORT_NAME = 60;
const YEAR = 365 * 86_400;

/** `████░░░░░░ 42 %`; full only when all is transferred. */
export function progressBar(execution: Pick<TaskExecution, 'bytesTransferred' | 'bytesEstimated'>): string {
  const part = progress(execution);
  if (part === null) return 'AWS has no estimate yet';
  const full = Math.floor(part * BAR);
  return `${'█'.repeat(full)}${'░'.repeat(BAR - full)} ${Math.floor(part * 100)} %`;
}

/** How long the rest takes, no more exact than it is known. */
export function etaWords(eta: Eta): string {
  if (eta.kind === 'seconds') {
    if (eta.seconds === 0) return 'all is transferred';
    if (eta.seconds > YEAR) return 'more than a year';
    return eta.bound === 'about'
      ? `about ${rounded(eta.seconds, Math.round)}`
      : `at least ${rounded(eta.seconds, Math.floor)}`;
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

/** Hours for days, minutes for hours: an estimate has no seconds. */
function rounded(seconds: number, round: (value: number) => number): string {
  const step = seconds >= 2 * 86_400 ? 3600 : seconds >= 600 ? 60 : 1;
  return formatDuration(round(seconds / step) * step);
}

/** The execution in a headline: the task's name, or the execution's id where it has none. Escaped. */
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

/** Null where the mode has nothing against a limit. */
export function modeWarning(mode: string | null): string | null {
  if (mode !== 'ENHANCED') return null;
  return '*Enhanced mode*: AWS’s guides say that a bandwidth limit is not applicable to such tasks. Only the read-back after the change will tell.';
}

/** What the limit is bound to, and that nothing ends it by itself; `would` where it never came into force. */
export function limitNote(durationSeconds: number | null, mood: 'does' | 'would' = 'does'): string {
  const asked = durationSeconds === null ? null : formatDuration(durationSeconds);
  if (mood === 'would') {
    const lifted =
      asked === null ? '' : `, and nothing would have lifted it by itself after the ${asked} that were asked`;
    return `The limit would have held for this one run only${lifted}.`;
  }
  const run = 'The limit holds for this one run only';
  if (asked === null) return `${run}, until it ends or somebody changes the limit.`;
  return `${run}. Asked for ${asked}, but nothing lifts it by itself: it stays until the run ends or somebody changes the limit.`;
}
