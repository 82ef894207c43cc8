/** How a piece of text looks. `code`, `mention` and `button` are what Slack draws in a box or a colour of its own. */
export type Look =
  | 'bold'
  | 'dim'
  | 'italic'
  | 'strike'
  | 'code'
  | 'mention'
  | 'link'
  | 'button'
  | 'good'
  | 'bad'
  | 'warm';

export interface Span {
  readonly text: string;
  readonly looks: readonly Look[];
}

/** One line on the terminal. */
export type Line = readonly Span[];

const SGR: Readonly<Record<Look, string>> = {
  bold: '1',
  dim: '2',
  italic: '3',
  strike: '9',
  code: '36',
  mention: '94',
  link: '4',
  button: '7',
  good: '32',
  bad: '31',
  warm: '33',
};

export function span(text: string, ...looks: Look[]): Span {
  return { text, looks };
}

/** A line as characters; without `color` the words alone. */
export function paint(line: Line, color: boolean): string {
  return joined(line)
    .map(({ text, looks }) =>
      color && looks.length > 0 ? `\u001b[${looks.map((look) => SGR[look]).join(';')}m${text}\u001b[0m` : text,
    )
    .join('')
    .trimEnd();
}

/** Neighbours that look the same become one. */
function joined(line: Line): Span[] {
  const spans: Span[] = [];
  for (const one of line) {
    const last = spans.at(-1);
    if (last && last.looks.join() === one.looks.join())
      spans[spans.length - 1] = span(last.text + one.text, ...one.looks);
    else if (one.text !== '') spans.push(one);
  }
  return spans;
}

const segments = new Intl.Segmenter('en', { granularity: 'grapheme' });
const WIDE = /\p{Emoji_Presentation}|\ufe0f|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]/u;

/** How many columns a text takes. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const { segment } of segments.segment(text)) columns += WIDE.test(segment) ? 2 : 1;
  return columns;
}

export function lineColumns(line: Line): number {
  return line.reduce((sum, { text }) => sum + columnsOf(text), 0);
}

/** Breaks a line between words, and what is longer than a whole line (an ARN) behind a slash or colon, or anywhere. */
export function wrap(line: Line, width: number): Line[] {
  const lines: Span[][] = [[]];
  let used = 0;
  const put = (text: string, looks: readonly Look[]) => {
    if (used + columnsOf(text) > width) {
      lines.push([]);
      used = 0;
      if (text.trim() === '') return;
    }
    lines.at(-1)?.push({ text, looks });
    used += columnsOf(text);
  };
  for (const { text, looks } of line) {
    for (const word of text.split(/( +)/).filter((part) => part !== '')) {
      for (const piece of pieces(word, width)) put(piece, looks);
    }
  }
  return lines;
}

function pieces(word: string, width: number): string[] {
  if (columnsOf(word) <= width) return [word];
  return word
    .split(/(?<=[/:])/)
    .flatMap((piece) =>
      columnsOf(piece) <= width ? [piece] : [...segments.segment(piece)].map(({ segment }) => segment),
    );
}

/** A line made as wide as a column. */
export function padded(line: Line, width: number): Line {
  return [...line, span(' '.repeat(Math.max(0, width - lineColumns(line))))];
}
