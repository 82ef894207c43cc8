import { looksLikeTarget, parseTarget, type Target, type TargetProblem } from '../../domain/execution/target.ts';
import { parseRate } from '../../domain/rate/rate.ts';
import { bad, type Result } from '../../domain/result.ts';
import { quoted } from '../../domain/text/quoted.ts';
import { takeRate } from './typed-rate.ts';
import { bare, closingQuote, mentionedUser, type Word } from './typed-words.ts';

interface TypedTarget {
  target: Result<Target, TargetProblem>;
  /** What comes after it. */
  rest: readonly Word[];
  /** It is meant as a target: it is in quotes, looks like an ARN, an id or an address, or stands where a name does. */
  isTarget: boolean;
}

/** The longest name has 256 characters. */
const MAX_WORDS = 128;

/** Takes the words that name an execution or a task from the beginning: one word, or what is in quotes. */
export function takeTarget(words: readonly Word[]): TypedTarget | null {
  const [first, ...rest] = words;
  if (first === undefined) return null;
  const closing = closingQuote(first.text);
  if (closing === null) {
    const typed = unlinked(first.text);
    return { target: parseTarget(typed), rest, isTarget: looksLikeTarget(typed) || mayBeName(first, rest) };
  }
  const last = words.slice(0, MAX_WORDS).findIndex((word, place) => closes(word, closing, place === 0));
  if (last < 0) {
    const instead = `close the quotes after the name, with ${closing}`;
    return { target: bad({ kind: 'no-name', quoted: quoted(first.text), instead }), rest, isTarget: true };
  }
  const name = bare(
    words
      .slice(0, last + 1)
      .map(({ text }) => text)
      .join(' '),
  );
  return { target: parseTarget(name), rest: words.slice(last + 1), isTarget: true };
}

function closes({ text }: Word, closing: string, isFirst: boolean): boolean {
  const end = text.replace(/[,;.!?)]{1,9}$/, '');
  return end.endsWith(closing) && !(isFirst && end.length === 1);
}

/** A word without quotes is the name of a task if it is alone or a rate follows, and if it is neither a rate nor a mention. */
function mayBeName(first: Word, rest: readonly Word[]): boolean {
  const word = bare(first.text);
  if (parseRate(word).ok || !/\p{L}/u.test(word) || mentionedUser(first.text) !== null) return false;
  if (rest.length === 0) return true;
  const { rateText } = takeRate(rest);
  return parseRate(rateText).ok || /\d/.test(rateText);
}

/** Slack writes an address as `<https://…>` or `<https://…|label>`. */
function unlinked(word: string): string {
  const [, address] = /^<(https?:[^<>|]*)(?:\|[^<>]*)?>$/.exec(word) ?? [];
  return bare(address ?? word);
}
