import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import type { Row } from './row.ts';

const PAGE = new URL('../docs/performance.md', import.meta.url);
const BEGIN = '<!-- bench: begin -->';
const END = '<!-- bench: end -->';

/** As Markdown. */
export function tableOf(rows: readonly Row[]): string {
  const lines = [
    ['what', 'figure', 'measured against', 'wanted', 'met', 'load'],
    ['---', '---', '---', '---', '---', '---'],
    ...rows.map((row) => [row.what, row.figure, row.yardstick, row.wanted, row.good ? 'yes' : 'no', row.load]),
  ];
  return lines
    .map((cells) => `| ${cells.map((cell) => cell.replace(/\s+/g, ' ').replaceAll('|', '\\|')).join(' | ')} |\n`)
    .join('');
}

/** Puts the table into docs/performance.md. */
export async function writeTable(rows: readonly Row[]): Promise<void> {
  const day = new Date().toISOString().slice(0, 10);
  const where = `Measured on ${day} with Node ${process.versions.node} on ${availableParallelism()} cores.`;
  await writeBetweenMarks(PAGE, `\n${where}\n\n${tableOf(rows)}`);
}

/** Replaces what a page has between its two marks. @throws Error where they are not there */
export async function writeBetweenMarks(file: URL, text: string): Promise<void> {
  const page = await readFile(file, 'utf8');
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`${file.pathname} has no place for the table`);
  await writeFile(file, `${page.slice(0, from + BEGIN.length)}${text}${page.slice(to)}`);
}
