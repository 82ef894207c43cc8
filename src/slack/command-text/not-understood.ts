import type { TargetProblem } from '../../domain/execution/target.ts';
import type { ArnProblem } from '../../domain/execution/task-execution.ts';
import type { RateProblem } from '../../domain/rate/rate.ts';
import { quoted } from '../../domain/text/quoted.ts';
import type { DurationProblem } from '../../domain/time/duration.ts';
import type { UntilProblem } from '../../domain/time/until.ts';
import type { EndProblem } from './typed-end.ts';
import { readable, type Word } from './typed-words.ts';

type OwnProblem =
  | 'unknown-word'
  | 'too-many-words'
  | 'reason-too-long'
  | 'no-duration'
  | 'no-execution'
  | 'no-rate'
  | 'no-request'
  | 'unread-time'
  | 'unread-rate';

/** A command that can't be read. */
export interface NotUnderstood {
  kind: 'not-understood';
  /** The part that was not understood, at most 60 characters, as the person typed it. Not escaped. */
  part: string;
  problem: RateProblem | DurationProblem | ArnProblem | TargetProblem | UntilProblem | { readonly kind: OwnProblem };
  /** What is expected, as a clause: "write `50MB/s` for bytes or …". */
  expected: string;
  /** A complete command that would be accepted. */
  example: string;
}

export const COMMAND = '/datasync-throttle';
/** In refusals. */
export const ONE_TARGET = 'the ARN, id or name (in quotes if it has spaces) of a task or a task execution';
/** A complete, valid command of each kind. */
export const EXAMPLES = {
  ask: `${COMMAND} nightly-archive 50MiB/s for 2h cutover`,
  audit: `${COMMAND} audit r-0123456789 since 7d`,
  auditVerify: `${COMMAND} audit verify`,
  auditExport: `${COMMAND} audit export since 7d`,
  status: `${COMMAND} status nightly-archive`,
  why: `${COMMAND} why nightly-archive 50MiB/s for 2h`,
  undo: `${COMMAND} undo r-0123456789`,
};

/** The text from this word on, as typed. */
export function restOf(text: string, words: readonly Word[]): string {
  return words[0] === undefined ? '' : text.slice(words[0].start);
}

/** A part that is refused with its own advice. */
export function refused(
  problem: RateProblem | DurationProblem | UntilProblem | ArnProblem | TargetProblem | EndProblem,
  example: string,
): NotUnderstood {
  return { kind: 'not-understood', part: problem.quoted, problem, expected: problem.instead, example };
}

/** A part that can't be parsed, as the person typed it. */
export function notUnderstood(part: string, kind: OwnProblem, expected: string, example: string): NotUnderstood {
  return { kind: 'not-understood', part: quoted(readable(part)), problem: { kind }, expected, example };
}
