import type { Writable } from 'node:stream';

/** What a command is given of the world: results go to `out`, everything else to `say`. */
export interface Terminal {
  readonly env: NodeJS.ProcessEnv;
  readonly out: Writable;
  /** One or more whole lines on stderr. */
  say(text: string): void;
  now(): Date;
  /** Rewrites one line on stderr, where that is a terminal; empty: takes it away. */
  progress?(line: string): void;
}

/** How a command ended: 0 good, 1 it found a fault. What could not be done at all is thrown as CannotRun. */
export type ExitCode = 0 | 1;

/** Names on the left, aligned. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, column) => Math.max(widest[column] ?? 0, cell.length)),
    [],
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}
