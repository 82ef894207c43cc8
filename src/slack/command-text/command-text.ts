import type { ExecutionArn } from '../../domain/execution/task-execution.ts';
import { parseExecutionArn } from '../../domain/execution/task-execution.ts';
import type { RequestedRate } from '../../domain/rate/rate.ts';
import { parseRate } from '../../domain/rate/rate.ts';
import { REQUEST_ID } from '../../domain/request/request-id.ts';
import { type AuditCommand, parseAudit } from './command-audit.ts';
import { COMMAND, EXAMPLES, type NotUnderstood, notUnderstood, refused, restOf } from './not-understood.ts';
import { findOverlooked, OVERLOOKED_ADVICE } from './overlooked-words.ts';
import { type TypedEnd, takeEnd } from './typed-end.ts';
import { takeRate } from './typed-rate.ts';
import { bare, isQuoted, readable, type Word, wordsOf } from './typed-words.ts';

interface AskedCommand extends TypedEnd {
  kind: 'ask';
  execution: ExecutionArn;
  rate: RequestedRate;
  /** As typed. */
  rateText: string;
  reason: string | null;
}

/** A parsed slash command. */
export type Command =
  | AskedCommand
  | { kind: 'open-modal'; execution: ExecutionArn | null }
  | { kind: 'requests' }
  | { kind: 'undo'; request: string }
  | { kind: 'list' }
  | { kind: 'status'; execution: ExecutionArn }
  | (Omit<AskedCommand, 'kind'> & { kind: 'why' })
  | { kind: 'help' }
  | AuditCommand
  | NotUnderstood;

/** In characters. */
export const MAX_REASON_LENGTH = 500;

/**
 * Reads the text of the slash command, as Slack sends it with `should_escape`. Never throws. No text, or an ARN alone,
 * opens the modal; an ARN and a rate make a request; otherwise the first word is one of the subcommands below.
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

  const after = words.slice(used);
  const taken = takeEnd(after);
  if (taken.kind === 'problem') return refused(taken.problem, example(`${rateText} for 2h cutover`));
  const typedReason = restOf(text, after.slice(taken.used));
  const reason = readable(typedReason);
  if (Array.from(reason).length > MAX_REASON_LENGTH) {
    const expected = `write a reason of at most ${MAX_REASON_LENGTH} characters; what is longer belongs in the channel or a ticket`;
    return notUnderstood(reason, 'reason-too-long', expected, example(`${rateText} cutover`));
  }
  const unread = isQuoted(typedReason) ? null : findOverlooked(reason);
  if (unread !== null) {
    return notUnderstood(
      unread.part,
      unread.kind,
      OVERLOOKED_ADVICE[unread.kind],
      example(`${rateText} for 2h cutover`),
    );
  }
  return { kind: 'ask', execution, rate: rate.value, rateText, ...taken.end, reason: reason === '' ? null : reason };
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

/** The same syntax as a request. */
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
