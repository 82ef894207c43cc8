import type { DurationProblem } from '../domain/duration.ts';
import { parseDuration } from '../domain/duration.ts';
import { quoted } from '../domain/quoted.ts';
import type { AskedRate, RateProblem } from '../domain/rate.ts';
import { parseRate } from '../domain/rate.ts';
import { looksLikeUnit } from '../domain/rate-unit.ts';
import { REQUEST_ID } from '../domain/request-id.ts';
import type { ArnProblem, ExecutionArn } from '../domain/task-execution.ts';
import { parseExecutionArn } from '../domain/task-execution.ts';
import { bare, mentionedUser, readable, type Word, wordsOf } from './typed-words.ts';

interface AskedCommand {
  kind: 'ask';
  execution: ExecutionArn;
  rate: AskedRate;
  /** As it was typed. */
  rateText: string;
  durationSeconds: number | null;
  reason: string | null;
}

/** What somebody typed after the slash command. */
export type Command =
  | AskedCommand
  | { kind: 'open-modal'; execution: ExecutionArn | null }
  | { kind: 'requests' }
  | { kind: 'undo'; request: string }
  | { kind: 'list' }
  | { kind: 'status'; execution: ExecutionArn }
  | (Omit<AskedCommand, 'kind'> & { kind: 'why' })
  | { kind: 'help' }
  | { kind: 'audit'; by: AuditSubject | null; sinceSeconds: number | null }
  | { kind: 'audit-verify' }
  | { kind: 'audit-export'; sinceSeconds: number | null }
  | NotUnderstood;

type AuditSubject = { kind: 'request'; id: string } | { kind: 'execution'; arn: string } | { kind: 'user'; id: string };

export interface NotUnderstood {
  kind: 'not-understood';
  /** The part that was not understood, at most 60 characters; the person's own text. */
  part: string;
  problem:
    | RateProblem
    | DurationProblem
    | ArnProblem
    | {
        readonly kind:
          | 'unknown-word'
          | 'too-many-words'
          | 'reason-too-long'
          | 'no-duration'
          | 'no-execution'
          | 'no-rate'
          | 'no-request';
      };
  /** What is expected, as a clause: "write `50MB/s` for bytes or …". */
  expected: string;
  /** A whole command that would be understood. */
  example: string;
}

/** Of a reason, in characters. */
export const LONGEST_REASON = 500;

const COMMAND = '/datasync-throttle';
const EXAMPLE_ARN =
  'arn:aws:datasync:us-east-1:111122223333:task/task-0123456789abcdef0/execution/exec-0123456789abcdef0';
const EXAMPLES = {
  ask: `${COMMAND} ${EXAMPLE_ARN} 50MiB/s for 2h cutover`,
  audit: `${COMMAND} audit r-0123456789 since 7d`,
  auditVerify: `${COMMAND} audit verify`,
  auditExport: `${COMMAND} audit export since 7d`,
  help: `${COMMAND} help`,
  list: `${COMMAND} list`,
  status: `${COMMAND} status ${EXAMPLE_ARN}`,
  why: `${COMMAND} why ${EXAMPLE_ARN} 50MiB/s for 2h`,
  requests: `${COMMAND} requests`,
  undo: `${COMMAND} undo r-0123456789`,
};

/**
 * Reads the text of the slash command, as Slack sends it with `should_escape`. Never throws. The first word decides:
 * nothing or an ARN alone opens the modal; an ARN and a rate ask; else one of the words below.
 */
export function parseCommand(text: string): Command {
  const words = wordsOf(text);
  const [first, ...rest] = words;
  if (first === undefined) return { kind: 'open-modal', execution: null };
  const word = bare(first.text);
  switch (word.toLowerCase()) {
    case 'help':
      return { kind: 'help' };
    case 'requests':
      return rest.length === 0
        ? { kind: 'requests' }
        : notUnderstood(restOf(text, rest), 'too-many-words', 'write `requests` alone', EXAMPLES.requests);
    case 'list':
      return rest.length === 0
        ? { kind: 'list' }
        : notUnderstood(restOf(text, rest), 'too-many-words', 'write `list` alone', EXAMPLES.list);
    case 'status':
      return parseStatus(text, rest);
    case 'why':
      return parseWhy(text, rest);
    case 'undo':
      return parseUndo(text, rest);
    case 'audit':
      return parseAudit(text, rest);
  }
  if (!/^(?:arn:|(?:task|exec|agent|loc)-[0-9a-f])/i.test(word)) {
    const expected =
      'write the ARN of a task execution and a rate, or one of the words `requests`, `audit`, `help`, `list`, `status`, `why`, `undo`';
    return notUnderstood(first.text, 'unknown-word', expected, EXAMPLES.ask);
  }
  const execution = parseExecutionArn(word);
  if (!execution.ok) return refused(execution.problem, EXAMPLES.ask);
  return rest.length === 0 ? { kind: 'open-modal', execution: execution.value } : parseAsk(text, execution.value, rest);
}

function parseAsk(text: string, execution: ExecutionArn, words: readonly Word[]): Command {
  const example = (rate: string) => `${COMMAND} ${execution.arn} ${rate}`;
  const { rateText, used } = takeRate(words);
  const rate = parseRate(rateText);
  if (!rate.ok) return refused(rate.problem, example('50MiB/s for 2h cutover'));

  let rest = words.slice(used);
  let durationSeconds: number | null = null;
  const [word, amount, next] = rest;
  if (word?.text.toLowerCase() === 'for' && amount && /^\d/.test(amount.text)) {
    // `2 hours` and `1h 30m` are one duration that is written wrongly, not a duration and a reason.
    const goesOn = next !== undefined && goesOnAsDuration(bare(amount.text), bare(next.text));
    const duration = parseDuration(goesOn ? `${bare(amount.text)} ${bare(next.text)}` : bare(amount.text));
    if (!duration.ok) return refused(duration.problem, example(`${rateText} for 2h cutover`));
    durationSeconds = duration.value;
    rest = rest.slice(2);
  }

  const reason = readable(restOf(text, rest));
  if (Array.from(reason).length > LONGEST_REASON) {
    const expected = `write a reason of at most ${LONGEST_REASON} characters; what is longer belongs in the channel or a ticket`;
    return notUnderstood(reason, 'reason-too-long', expected, example(`${rateText} cutover`));
  }
  return { kind: 'ask', execution, rate: rate.value, rateText, durationSeconds, reason: reason === '' ? null : reason };
}

function parseUndo(text: string, words: readonly Word[]): Command {
  const [id, ...more] = words;
  const expected = 'write one request id such as `r-0123456789` after `undo`; it stands on the card and on the result';
  if (!id) return notUnderstood('undo', 'no-request', expected, EXAMPLES.undo);
  if (more.length > 0) return notUnderstood(restOf(text, more), 'too-many-words', expected, EXAMPLES.undo);
  const request = bare(id.text).toLowerCase();
  if (!REQUEST_ID.test(request)) return notUnderstood(id.text, 'no-request', expected, EXAMPLES.undo);
  return { kind: 'undo', request };
}

function parseStatus(text: string, words: readonly Word[]): Command {
  const [arn, ...more] = words;
  if (!arn || more.length > 0) {
    const expected = 'write the ARN of one task execution after `status`';
    const [part, kind] = arn ? [restOf(text, more), 'too-many-words' as const] : ['status', 'no-execution' as const];
    return notUnderstood(part, kind, expected, EXAMPLES.status);
  }
  const execution = parseExecutionArn(bare(arn.text));
  return execution.ok ? { kind: 'status', execution: execution.value } : refused(execution.problem, EXAMPLES.status);
}

/** The same words as to ask. */
function parseWhy(text: string, [arn, ...rest]: readonly Word[]): Command {
  if (!arn || rest.length === 0) {
    const expected = 'write the ARN of a task execution and a rate after `why`, as you would to ask';
    return notUnderstood(arn?.text ?? 'why', arn ? 'no-rate' : 'no-execution', expected, EXAMPLES.why);
  }
  const execution = parseExecutionArn(bare(arn.text));
  if (!execution.ok) return refused(execution.problem, EXAMPLES.why);
  const asked = parseAsk(text, execution.value, rest);
  if (asked.kind === 'ask') return { ...asked, kind: 'why' };
  return asked.kind === 'not-understood' ? { ...asked, example: EXAMPLES.why } : asked;
}

/** The words of the rate: one, or a number and what follows it as its unit or as more digits. */
function takeRate(words: readonly Word[]): { rateText: string; used: number } {
  const first = bare(words[0]?.text ?? '');
  const second = bare(words[1]?.text ?? '');
  const isNumber = /^[+\-−–]?[\d.,'’_]{1,40}$/.test(first);
  const moreDigits = /^\d{1,3}$/.test(first) && /^\d{3}(?!\d)/.test(second);
  if (!isNumber || second === '' || !(moreDigits || looksLikeUnit(second))) return { rateText: first, used: 1 };
  const third = bare(words[2]?.text ?? '');
  const split = /^\//.test(third) || /^per$/i.test(third);
  return { rateText: split ? `${first} ${second} ${third}` : `${first} ${second}`, used: split ? 3 : 2 };
}

function goesOnAsDuration(amount: string, next: string): boolean {
  if (/^\d+$/.test(amount)) return /^(?:[dhms]|days?|hours?|hrs?|minutes?|mins?|seconds?|secs?)$/i.test(next);
  return /^(?:\d{1,9}[dhms]){1,4}$/i.test(next);
}

function parseAudit(text: string, words: readonly Word[]): Command {
  const [word, ...after] = words;
  switch (word && bare(word.text).toLowerCase()) {
    case 'verify':
      return after.length === 0
        ? { kind: 'audit-verify' }
        : notUnderstood(restOf(text, after), 'too-many-words', 'write `audit verify` alone', EXAMPLES.auditVerify);
    case 'export': {
      const [first] = after;
      const read = parseLookUp(text, after);
      if (read.kind !== 'audit') return read;
      if (read.by === null) return { kind: 'audit-export', sinceSeconds: read.sinceSeconds };
      const expected = 'write `audit export` alone, or with `since` and a duration';
      return notUnderstood(first?.text ?? '', 'too-many-words', expected, EXAMPLES.auditExport);
    }
    default:
      return parseLookUp(text, words);
  }
}

function parseLookUp(text: string, words: readonly Word[]): Command {
  let rest = words;
  let by: AuditSubject | null = null;
  const [subject] = rest;
  if (subject && subject.text.toLowerCase() !== 'since') {
    const found = auditSubject(subject.text);
    if ('problem' in found) return found;
    by = found;
    rest = rest.slice(1);
  }
  const [since, duration, ...more] = rest;
  if (since === undefined) return { kind: 'audit', by, sinceSeconds: null };
  if (since.text.toLowerCase() !== 'since' || more.length > 0) {
    const extra = since.text.toLowerCase() === 'since' ? more : rest;
    const expected = 'write one request id, ARN or @user, and then `since` and a duration if you like';
    return notUnderstood(restOf(text, extra), 'too-many-words', expected, EXAMPLES.audit);
  }
  if (duration === undefined) {
    return notUnderstood(since.text, 'no-duration', 'write a duration after `since`, such as `7d`', EXAMPLES.audit);
  }
  const parsed = parseDuration(bare(duration.text));
  return parsed.ok ? { kind: 'audit', by, sinceSeconds: parsed.value } : refused(parsed.problem, EXAMPLES.audit);
}

function auditSubject(typed: string): AuditSubject | NotUnderstood {
  const user = mentionedUser(typed);
  if (user !== null) return { kind: 'user', id: user };
  const word = bare(typed);
  if (REQUEST_ID.test(word.toLowerCase())) return { kind: 'request', id: word.toLowerCase() };
  if (/^arn:/i.test(word)) {
    const execution = parseExecutionArn(word);
    return execution.ok ? { kind: 'execution', arn: execution.value.arn } : refused(execution.problem, EXAMPLES.audit);
  }
  const expected =
    'write a request id such as `r-0123456789`, the ARN of a task execution, an @user, or `since` and a duration';
  return notUnderstood(typed, 'unknown-word', expected, EXAMPLES.audit);
}

function restOf(text: string, words: readonly Word[]): string {
  return words[0] === undefined ? '' : text.slice(words[0].start);
}

function refused(problem: RateProblem | DurationProblem | ArnProblem, example: string): NotUnderstood {
  return { kind: 'not-understood', part: problem.quoted, problem, expected: problem.instead, example };
}

function notUnderstood(
  part: string,
  kind:
    | 'unknown-word'
    | 'too-many-words'
    | 'reason-too-long'
    | 'no-duration'
    | 'no-execution'
    | 'no-rate'
    | 'no-request',
  expected: string,
  example: string,
): NotUnderstood {
  return { kind: 'not-understood', part: quoted(readable(part)), problem: { kind }, expected, example };
}
