import { stripVTControlCharacters, styleText } from 'node:util';
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';

/** `code` and `mention` are what Slack draws in a box or a colour of its own. */
const STYLES = {
  bold: 'bold',
  dim: 'dim',
  italic: 'italic',
  strike: 'strikethrough',
  code: 'cyan',
  mention: 'blueBright',
  link: 'underline',
  good: 'green',
  bad: 'red',
  warm: 'yellow',
} as const;

/** How a piece of text looks. */
export type Look = keyof typeof STYLES;

/** Text with its looks, as escape sequences. Not to be styled again: what ends the inner look would end the outer one. */
export function styled(text: string, ...looks: readonly Look[]): string {
  if (text === '' || looks.length === 0) return text;
  // Whether there are colours is decided for the terminal, not for this process's own stdout.
  return styleText(
    looks.map((look) => STYLES[look]),
    text,
    { validateStream: false },
  );
}

/** A line as it is written; without `color` the words alone. */
export function paint(line: string, color: boolean): string {
  return (color ? line : stripVTControlCharacters(line)).trimEnd();
}

/** Breaks a line between words, and what is longer than a whole line (an ARN) anywhere. */
export function wrap(line: string, width: number): string[] {
  return wrapAnsi(line, width, { hard: true }).split('\n');
}

/** How many columns a line takes. */
export const columnsOf = stringWidth;

/** A line made as wide as a column. */
export function padded(line: string, width: number): string {
  return line + ' '.repeat(Math.max(0, width - stringWidth(line)));
}
