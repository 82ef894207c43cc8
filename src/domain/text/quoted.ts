import { codePoint } from './invisible.ts';

const LONGEST = 60;
/** Of a longer text so many characters are its end: long enough for the last id in an ARN. */
const END_LENGTH = 24;
/** Except the joiner of emoji, whose result is visible. */
const UNSEEN = /(?!\u200d)\p{Cf}|\u034f/gu;

/**
 * The part of a text that was not understood, for display: on one line, at most 60 characters, an ellipsis in place of the
 * middle of a longer one, invisible characters by name. It is still the person's own text, so escape it before it goes to Slack.
 */
export function quoted(text: string): string {
  // Only the ends are processed, so a very long text costs no more than a short one.
  const isLong = text.length > 8 * LONGEST;
  const characters = Array.from(onLine(isLong ? text.slice(0, 4 * LONGEST) : text));
  if (!isLong && characters.length <= LONGEST) return characters.join('');
  const end = isLong ? Array.from(onLine(text.slice(-4 * LONGEST))) : characters;
  return `${characters.slice(0, LONGEST - END_LENGTH - 1).join('')}…${end.slice(-END_LENGTH).join('')}`;
}

function onLine(text: string): string {
  return text
    .replace(/(?:(?!\ufeff)[\s\p{Cc}])+/gu, ' ')
    .replace(UNSEEN, (character) => `[${codePoint(character)}]`)
    .trim();
}
