/**
 * What a terminal obeys or a reader is misled by: control characters, those that turn the direction of text, invisible
 * ones, and ends of lines. The two joiners stay: names are written with them.
 */
const UNSAFE = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** A text on one line of a terminal or in one cell, with nothing in it that acts: `\n`, `\u001b`. */
export function printable(text: string): string {
  return text.replace(UNSAFE, (character) => NAMED[character] ?? escaped(character));
}

/** The same for text of several lines of our own. Values in it are to be made printable before. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

/** A value as compact JSON with nothing in it that acts: another text than JSON.stringify's, and the same value. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value).replace(UNSAFE, escaped);
}

/** As JSON escapes it, each half of a pair by itself. */
function escaped(character: string): string {
  return Array.from(
    { length: character.length },
    (_, place) => `\\u${character.charCodeAt(place).toString(16).padStart(4, '0')}`,
  ).join('');
}
