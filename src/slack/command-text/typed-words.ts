import { plainTyped } from '../../domain/text/invisible.ts';

/** A word of the typed text and its offset in it. */
export interface Word {
  readonly text: string;
  readonly start: number;
}

const WRAPPERS = '`\'"“”‘’„«»<>*_~';
const CLOSERS = `${WRAPPERS},;.!?)`;
const QUOTES: Readonly<Record<string, string>> = {
  '"': '"',
  "'": "'",
  '“': '”',
  '„': '“',
  '‘': '’',
  '«': '»',
  '`': '`',
};
const MENTION = /^<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>$/;

/** The words of a text, split at white space, but not at an (invisible) byte order mark. */
export function wordsOf(text: string): readonly Word[] {
  return Array.from(text.matchAll(/[\S\ufeff]+/g), (match) => ({ text: match[0], start: match.index }));
}

/** The user that a word mentions, as Slack writes it with `should_escape`: `<@U0123|name>`. */
export function mentionedUser(word: string): string | null {
  return MENTION.exec(word)?.[1] ?? null;
}

/**
 * A word without what people and chat programs put around it: backticks, quotes, angle brackets, a trailing comma; and
 * without invisible characters. `kept`: characters that are not taken off.
 */
export function bare(word: string, kept = ''): string {
  const plain = plainTyped(withoutEntities(word));
  // A regular expression anchored at the end would take quadratic time on thousands of dots.
  let start = 0;
  let end = plain.length;
  const isOff = (off: string, character: string) => off.includes(character) && !kept.includes(character);
  while (start < end && isOff(WRAPPERS, plain.charAt(start))) start += 1;
  while (end > start && isOff(CLOSERS, plain.charAt(end - 1))) end -= 1;
  return plain.slice(start, end);
}

/**
 * The typed text as meant, on one line: mentions as names, links as URLs, entities as characters, without quotes around
 * the whole text. It may contain `<!channel>`, so it must be escaped before it goes into a message.
 */
export function readable(text: string): string {
  const plain = withoutEntities(text.replace(/<([^<>]*)>/g, (whole, inside: string) => spoken(inside) ?? whole))
    // Control characters, and characters that change the text direction, could change what a card seems to say.
    .replace(/[\s\p{Cc}\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .trim();
  return isQuoted(plain) ? plain.slice(1, -1).trim() : plain;
}

/** The quote that closes the one that a word begins with; null where it begins with none. Backticks are no quotes. */
export function closingQuote(word: string): string | null {
  const opening = word.charAt(0);
  return opening === '`' ? null : (QUOTES[opening] ?? null);
}

/** Whether the whole text is in quotes, with none inside. */
export function isQuoted(text: string): boolean {
  const plain = text.trim();
  const inside = plain.slice(1, -1);
  const closing = QUOTES[plain.charAt(0)];
  const quotedWhole = plain.length > 1 && closing !== undefined && plain.endsWith(closing);
  return quotedWhole && !inside.includes(closing) && !inside.includes(plain.charAt(0));
}

function spoken(inside: string): string | null {
  const bar = inside.indexOf('|');
  const target = bar < 0 ? inside : inside.slice(0, bar);
  const label = bar < 0 ? '' : inside.slice(bar + 1);
  const name = label || target.slice(1);
  if (target.startsWith('@')) return `@${name}`;
  if (target.startsWith('#')) return `#${name}`;
  if (target.startsWith('!')) return label || `@${name}`;
  return /^(?:https?|mailto):/.test(target) ? target.replace(/^mailto:/, '') : null;
}

/** Decodes Slack's three entities. `&amp;` comes last, so that a typed `&lt;` stays as typed. */
function withoutEntities(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
