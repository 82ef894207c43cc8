import { codePoint } from './invisible.ts';

const LONGEST = 60;
/** Not the joiner of emoji: what it makes is seen. */
const UNSEEN = /(?!\u200d)\p{Cf}|\u034f/gu;

/**
 * The part of a text that a person is shown as "this was not understood": on one line, at most 60 characters, cut with
 * an ellipsis, an invisible character by its name. It is still the person's own text: escape it before it goes to Slack.
 */
export function quoted(text: string): string {
  // Only the beginning is looked at, so that a very long text costs no more than a short one.
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
