const LONGEST = 60;

/**
 * The part of a text that a person is shown as "this was not understood": on one line, at most 60 characters, cut with
 * an ellipsis. It is still the person's own text: escape it before it goes to Slack.
 */
export function quoted(text: string): string {
  // Only the beginning is looked at, so that a very long text costs no more than a short one.
  const line = text
    .slice(0, 4 * LONGEST)
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  const characters = Array.from(line);
  return characters.length <= LONGEST && text.length <= 4 * LONGEST
    ? line
    : `${characters.slice(0, LONGEST - 1).join('')}…`;
}
