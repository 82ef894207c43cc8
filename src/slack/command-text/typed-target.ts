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
/** What `bare` takes off other words. */
const IN_NAMES = '._';

const ID = /^(?:(task)|exec)-[0-9a-f]{17}$/i;

/** Takes the words of a text that name an execution or a task from the beginning: one word, what is in quotes, or two ids. */
export function takeTarget(text: string, words: readonly Word[]): TypedTarget | null {
  const [first, ...rest] = words;
  if (first === undefined) return null;
  const closing = closingQuote(first.text);
  if (closing === null) {
    const ids = bothIds(words);
    if (ids) return ids;
    const typed = unlinked(first.text);
    const isTarget = looksLikeTarget(bare(typed)) || mayBeName(first, rest);
    return { target: readTarget(typed), rest, isTarget };
  }
  const last = words.slice(0, MAX_WORDS).findIndex((word, place) => closes(word, closing, place === 0));
  const end = words[last];
  if (end === undefined) {
    const instead = `close the quotes after the name, with ${closing}`;
    return { target: bad({ kind: 'no-name', quoted: quoted(first.text), instead }), rest, isTarget: true };
  }
  // As it was typed: names may differ in a space.
  const typed = text.slice(first.start, end.start + end.text.length);
  return { target: readTarget(typed), rest: words.slice(last + 1), isTarget: true };
}

/** A name may begin or end with a dot or an underscore. Around an id or an address they are not part of it. */
function readTarget(typed: string): TypedTarget['target'] {
  const read = parseTarget(bare(typed));
  return read.ok && read.value.kind === 'name' ? parseTarget(bare(typed, IN_NAMES)) : read;
}

/** The id of a task and of its execution, as they are copied from a card or a page: `task-… / exec-…`. */
function bothIds(words: readonly Word[]): TypedTarget | null {
  const [task = '', second = '', third = ''] = words.slice(0, 3).map((word) => bare(word.text));
  const [execution, used] = /^[/·|,]$/.test(second) ? [third, 3] : [second.replace(/^[/·|,]/, ''), 2];
  if (!ID.exec(task.replace(/\/$/, ''))?.[1] || !/^exec-/i.test(execution) || !ID.test(execution)) return null;
  return { target: parseTarget(`${task.replace(/\/$/, '')}/${execution}`), rest: words.slice(used), isTarget: true };
}

function closes({ text }: Word, closing: string, isFirst: boolean): boolean {
  const end = text.replace(/[,;.!?)]{1,9}$/, '');
  return end.endsWith(closing) && !(isFirst && end.length === 1);
}

/** A word without quotes is the name of a task if it is alone or a rate follows, and if it is neither a rate nor a mention. So it is where the rate was forgotten before an end. */
function mayBeName(first: Word, rest: readonly Word[]): boolean {
  const word = bare(first.text);
  if (parseRate(word).ok || !/\p{L}/u.test(word) || mentionedUser(first.text) !== null) return false;
  if (rest.length === 0) return true;
  const { rateText } = takeRate(rest);
  return parseRate(rateText).ok || /\d/.test(rateText) || /^(?:for|until)$/i.test(rateText);
}

/** Slack writes an address as `<https://…>` or `<https://…|label>`. */
function unlinked(word: string): string {
  const [, address] = /^<(https?:[^<>|]*)(?:\|[^<>]*)?>$/.exec(word) ?? [];
  return address ?? word;
}
