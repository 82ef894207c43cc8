import { emojiNamed } from './emoji.ts';

/** A piece of Slack's mrkdwn, read. Source: docs.slack.dev/messaging/formatting-message-text. */
export type Piece =
  | { kind: 'words' | 'code' | 'pre' | 'emoji'; text: string }
  | { kind: 'bold' | 'italic' | 'strike' | 'quote'; inside: Piece[] }
  | { kind: 'link'; url: string; label: string }
  | { kind: 'mention'; sign: '@' | '#'; id: string; label: string | null }
  | { kind: 'date'; seconds: number; format: string; fallback: string }
  | { kind: 'break' };

const STYLES = { '*': 'bold', _: 'italic', '~': 'strike' } as const;
const FENCE = /```([\s\S]+?)```/;
const WORD = /[\p{L}\p{N}]/u;

/** Reads mrkdwn. What it does not know stays as it is written, so that nothing is left out. */
export function readMrkdwn(source: string): Piece[] {
  const fence = FENCE.exec(source);
  if (fence) {
    const before = source.slice(0, fence.index).replace(/\n$/, '');
    const after = source.slice(fence.index + fence[0].length).replace(/^\n/, '');
    const pre: Piece = { kind: 'pre', text: decoded(fence[1] ?? '').replace(/^\n|\n$/g, '') };
    return [...readLines(before), pre, ...readMrkdwn(after)];
  }
  return readLines(source);
}

/** Slack's three entities, turned back. */
function decoded(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/** Words as they are, with `:names:` turned into emoji. */
export function readPlain(source: string): Piece[] {
  return source.split(/(:[a-z0-9_+-]+:|\n)/).flatMap((part): Piece[] => {
    if (part === '') return [];
    if (part === '\n') return [{ kind: 'break' }];
    const emoji = emojiNamed(part);
    return [emoji === null ? { kind: 'words', text: part } : { kind: 'emoji', text: emoji }];
  });
}

function readLines(source: string): Piece[] {
  const pieces: Piece[] = [];
  let quoted: string[] = [];
  const endQuote = (): void => {
    if (quoted.length > 0) pieces.push({ kind: 'quote', inside: readLines(quoted.join('\n')) });
    quoted = [];
  };
  for (const line of source === '' ? [] : source.split('\n')) {
    const quote = /^(?:&gt;|>) ?(.*)$/.exec(line);
    if (quote) quoted.push(quote[1] ?? '');
    else {
      endQuote();
      const last = pieces.at(-1);
      if (last && last.kind !== 'quote') pieces.push({ kind: 'break' });
      pieces.push(...readInline(line));
    }
  }
  endQuote();
  return pieces;
}

function readInline(line: string): Piece[] {
  const pieces: Piece[] = [];
  let words = '';
  let at = 0;
  while (at < line.length) {
    const found = special(line, at);
    if (found === null) words += line[at++];
    else {
      if (words !== '') pieces.push({ kind: 'words', text: decoded(words) });
      words = '';
      pieces.push(found.piece);
      at = found.end;
    }
  }
  if (words !== '') pieces.push({ kind: 'words', text: decoded(words) });
  return pieces;
}

function special(line: string, at: number): { piece: Piece; end: number } | null {
  const sign = line[at];
  if (sign === '`') {
    const end = line.indexOf('`', at + 1);
    return end > at + 1 ? { piece: { kind: 'code', text: decoded(line.slice(at + 1, end)) }, end: end + 1 } : null;
  }
  if (sign === '<') {
    const end = line.indexOf('>', at);
    const piece = end < 0 ? null : readAngle(line.slice(at + 1, end));
    return piece && { piece, end: end + 1 };
  }
  if (sign === ':') {
    const name = /^:[a-z0-9_+-]+:/.exec(line.slice(at))?.[0];
    const emoji = name === undefined ? null : emojiNamed(name);
    return name === undefined || emoji === null
      ? null
      : { piece: { kind: 'emoji', text: emoji }, end: at + name.length };
  }
  if (sign === '*' || sign === '_' || sign === '~') {
    const end = styleEnd(line, at, sign);
    if (end === null) return null;
    return { piece: { kind: STYLES[sign], inside: readInline(line.slice(at + 1, end)) }, end: end + 1 };
  }
  return null;
}

/** A style begins at a word's edge and ends at one: `snake_case_names` have none. */
function styleEnd(line: string, at: number, sign: string): number | null {
  if (WORD.test(line[at - 1] ?? ' ') || /\s/.test(line[at + 1] ?? ' ')) return null;
  for (let end = line.indexOf(sign, at + 2); end > 0; end = line.indexOf(sign, end + 1)) {
    if (!/\s/.test(line[end - 1] ?? ' ') && !WORD.test(line[end + 1] ?? ' ')) return end;
  }
  return null;
}

function readAngle(inside: string): Piece | null {
  const [target = '', ...rest] = inside.split('|');
  const label = rest.length > 0 ? decoded(rest.join('|')) : null;
  const date = /^!date\^(\d+)\^([^^]*)/.exec(target);
  if (date) return { kind: 'date', seconds: Number(date[1]), format: date[2] ?? '', fallback: label ?? '' };
  if (/^!subteam\^/.test(target)) return { kind: 'mention', sign: '@', id: target.slice('!subteam^'.length), label };
  if (/^!(here|channel|everyone)$/.test(target)) return { kind: 'mention', sign: '@', id: target.slice(1), label };
  if (/^[@#]/.test(target))
    return { kind: 'mention', sign: target.startsWith('@') ? '@' : '#', id: target.slice(1), label };
  if (/^(https?|mailto):/.test(target)) return { kind: 'link', url: decoded(target), label: label ?? decoded(target) };
  return null;
}
