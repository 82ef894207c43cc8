/**
 * Characters that no eye sees. Copied from a web page or a chat they come along in an ARN or a rate; a refusal that quotes
 * such a text looks as if it quoted a good one.
 */

/** Without a width and without a meaning of their own: a text without them reads the same. */
const HARMLESS = /[\u00ad\u061c\u180e\u200b-\u200f\u2060-\u2064\ufeff]|\u034f|[\ufe00-\ufe0f]/gu;
/** What is left of the kind: it turns the order of what follows, or stands for nothing that can be typed. */
const HIDDEN = /[\p{Cf}\p{Co}\p{Cn}\p{Cs}]|(?!\s)\p{Cc}/gu;
const FULL_WIDTH = /[\uff01-\uff5e]/g;
const FULL_WIDTH_OFFSET = 0xfee0;
const MAX_NAMED = 3;

/**
 * A typed value as it is meant: without invisible characters that change nothing, and full-width letters and digits as
 * plain ones. Other compatibility forms stay: in them `²` would become a 2.
 */
export function plainTyped(text: string): string {
  return text
    .replace(HARMLESS, '')
    .replace(FULL_WIDTH, (wide) => String.fromCharCode(wide.charCodeAt(0) - FULL_WIDTH_OFFSET));
}

/** `U+202E`, for the invisible characters that {@link plainTyped} leaves, each once; null where there is none. */
export function hiddenIn(text: string): string | null {
  const found = [...new Set(text.match(HIDDEN))].slice(0, MAX_NAMED);
  return found.length === 0 ? null : found.map(codePoint).join(', ');
}

/** The name of a character: `U+0441`. */
export function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
