import { codePoint } from './invisible.ts';

const LONGEST = 60;
/** Except the joiner of emoji, whose result is visible. */
const UNSEEN = /(?!\u200d)\p{Cf}|\u034f/gu;

/**
 * The part of a text that was not understood, for display: on one line, at most 60 characters, cut with an ellipsis,
 * invisible characters by name. It is still the person's own text, so escape it before it goes to Slack.
 */
export function quoted(text: string): string {
  // Only the beginning is processed, so a very long text costs no more than a short one.
  const line = text
    .slice(0, 4 * LONGEST)
    .replace(/(?:(?!\ufeff)[\s\p{Cc}])+/gu, ' ')
    .replace(UNSEEN, (character) => `[${codePoint(character)}]`)
    .trim();
  const characters = Array.from(line);
  return characters.length <= LONGEST && text.length <= 4 * LONGEST
    ? line
    : `${characters.slice(0, LONGEST - 1).join('')}…`;
}
