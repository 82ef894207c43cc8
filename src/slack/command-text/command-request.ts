import type { Target } from '../../domain/execution/target.ts';
import { parseRate } from '../../domain/rate/rate.ts';
import { REQUEST_ID } from '../../domain/request/request-id.ts';
import { bad, good, type Result } from '../../domain/result.ts';
import { quoted } from '../../domain/text/quoted.ts';
import type { Command } from './command.ts';
import { COMMAND, EXAMPLES, notUnderstood, ONE_TARGET, refused, restOf } from './not-understood.ts';
import { findOverlooked, OVERLOOKED_ADVICE } from './overlooked-words.ts';
import { takeEnd } from './typed-end.ts';
import { takeRate } from './typed-rate.ts';
import { takeTarget } from './typed-target.ts';
import { bare, isQuoted, readable, type Word } from './typed-words.ts';

/** In characters. */
export const MAX_REASON_LENGTH = 500;

/** Reads what follows the target: the rate, when the limit ends, and the reason. `typed`: the target as it was typed. */
export function parseAsk(text: string, target: Target, typed: string, words: readonly Word[]): Command {
  const example = (rate: string) => `${COMMAND} ${typed} ${rate}`;
  const { rateText, used } = takeRate(words);
  const rate = parseRate(rateText);
  if (!rate.ok) {
    const spaced = target.kind === 'name' ? unquotedName(typed, words) : null;
    if (spaced === null) return refused(rate.problem, example('50MiB/s for 2h cutover'));
    const instead = 'put the task’s name in quotes if it has spaces, and write one rate after it';
    const problem = { kind: 'no-name', quoted: quoted(spaced), instead } as const;
    return refused(problem, `${COMMAND} "${spaced}" 50MiB/s for 2h cutover`);
  }

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
  return {
    kind: 'ask',
    target,
    after: restOf(text, words),
    rate: rate.value,
    rateText,
    ...taken.end,
    reason: reason === '' ? null : reason,
  };
}

/** What may come before a rate, and is no part of a name. */
const BEFORE_RATE = /^(?:to|at|max|min|up|about|limit|=|<|>|no|under|below|with)$/i;
const MAX_NAME_WORDS = 8;

/** A name of several words before a rate, where the quotes were forgotten; null if it is not like that. */
function unquotedName(typed: string, words: readonly Word[]): string | null {
  const all = words.slice(0, MAX_NAME_WORDS).map((word) => bare(word.text));
  const end = all.findIndex((word) => parseRate(word).ok);
  const name = [typed, ...all.slice(0, end)];
  const isPlain = (word: string) => /\p{L}/u.test(word) && /^[\w.:@/+-]+$/.test(word) && !BEFORE_RATE.test(word);
  return end > 0 && name.every(isPlain) ? name.join(' ') : null;
}

/** Reads what follows `undo`. */
export function parseUndo(text: string, words: readonly Word[]): Command {
  const [id, ...more] = words;
  const expected = 'write one request id such as `r-0123456789` after `undo`; it stands on the card and on the result';
  if (!id) return notUnderstood('undo', 'no-request', expected, EXAMPLES.undo);
  if (more.length > 0) return notUnderstood(restOf(text, more), 'too-many-words', expected, EXAMPLES.undo);
  const request = bare(id.text).toLowerCase();
  if (!REQUEST_ID.test(request)) return notUnderstood(id.text, 'no-request', expected, EXAMPLES.undo);
  return { kind: 'undo', request };
}

/** Reads what follows `status`. */
export function parseStatus(text: string, words: readonly Word[]): Command {
  const expected = `write ${ONE_TARGET} after \`status\``;
  const taken = targetAfter('status', text, words, expected);
  if (!taken.ok) return taken.problem;
  const { target, rest } = taken.value;
  return rest.length === 0
    ? { kind: 'status', target, after: '' }
    : notUnderstood(restOf(text, rest), 'too-many-words', expected, EXAMPLES.status);
}

/** Reads what follows `why`: the same as for a request. */
export function parseWhy(text: string, words: readonly Word[]): Command {
  const expected = `write ${ONE_TARGET} and a rate after \`why\`, as in a request`;
  const taken = targetAfter('why', text, words, expected);
  if (!taken.ok) return taken.problem;
  const { target, rest } = taken.value;
  if (rest.length === 0) return notUnderstood(restOf(text, words), 'no-rate', expected, EXAMPLES.why);
  const asked = parseAsk(text, target, typedAs(text, words, rest), rest);
  if (asked.kind === 'ask') return { ...asked, kind: 'why' };
  return asked.kind === 'not-understood' ? { ...asked, example: EXAMPLES.why } : asked;
}

/** The target that follows the word of a command, and what comes after it; or that there is none. */
function targetAfter(
  word: 'status' | 'why',
  text: string,
  words: readonly Word[],
  expected: string,
): Result<{ target: Target; rest: readonly Word[] }, Command> {
  const typed = takeTarget(text, words);
  if (!typed?.isTarget) return bad(notUnderstood(words[0]?.text ?? word, 'no-execution', expected, EXAMPLES[word]));
  const { target, rest } = typed;
  return target.ok ? good({ target: target.value, rest }) : bad(refused(target.problem, EXAMPLES[word]));
}

/** The words before the others, as they were typed. */
export function typedAs(text: string, words: readonly Word[], rest: readonly Word[]): string {
  return readable(text.slice(words[0]?.start ?? 0, rest[0]?.start ?? text.length));
}
