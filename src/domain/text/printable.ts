/**
 * Characters that control a terminal or mislead a reader: control characters, direction marks, invisible characters and
 * line ends. The two joiners are kept, because names need them.
 */
const UNSAFE = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** A text for one line of a terminal or one cell, with unsafe characters escaped: `\n`, `\u001b`. */
export function printable(text: string): string {
  return text.replace(UNSAFE, (character) => NAMED[character] ?? escaped(character));
}

/** The same for our own text of several lines. Values in it must be made printable before. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

/**
 * A value as compact JSON with unsafe characters escaped. The text may differ from JSON.stringify's; the value is the
 * same.
 */
export function printableJson(value: unknown): string {
  return JSON.stringify(value).replace(UNSAFE, escaped);
}

/** Escaped as in JSON, each half of a surrogate pair by itself. */
function escaped(character: string): string {
  return Array.from(
    { length: character.length },
    (_, place) => `\\u${character.charCodeAt(place).toString(16).padStart(4, '0')}`,
  ).join('');
}
