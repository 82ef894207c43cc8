/**
 * Invisible characters. They come along in an ARN or a rate that is copied from a web page or a chat, and a refusal
 * that quotes such a text seems to quote a correct one.
 */

/** Zero-width characters without meaning: removing them does not change the text. */
const HARMLESS = /[\u00ad\u061c\u180e\u200b-\u200f\u2060-\u2064\ufeff]|\u034f|[\ufe00-\ufe0f]/gu;
/** The remaining ones: they change the order of what follows, or are no characters that can be typed. */
const HIDDEN = /[\p{Cf}\p{Co}\p{Cn}\p{Cs}]|(?!\s)\p{Cc}/gu;
const FULL_WIDTH = /[\uff01-\uff5e]/g;
const FULL_WIDTH_OFFSET = 0xfee0;
const MAX_NAMED = 3;

/**
 * A typed value as meant: without meaningless invisible characters, and with full-width letters and digits as plain
 * ones. Other compatibility forms stay, or `²` would become a 2.
 */
export function plainTyped(text: string): string {
  return text
    .replace(HARMLESS, '')
    .replace(FULL_WIDTH, (wide) => String.fromCharCode(wide.charCodeAt(0) - FULL_WIDTH_OFFSET));
}

/** The invisible characters that {@link plainTyped} keeps, as `U+202E`, each once; null if there are none. */
export function hiddenIn(text: string): string | null {
  const found = [...new Set(text.match(HIDDEN))].slice(0, MAX_NAMED);
  return found.length === 0 ? null : found.map(codePoint).join(', ');
}

/** The name of a character: `U+0441`. */
export function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
