import type { Writable } from 'node:stream';
import { printable, printableLines } from '../domain/printable.ts';

/** What a command is given of the world: results go to `print`, everything else to `say`. */
export interface Terminal {
  readonly env: NodeJS.ProcessEnv;
  /** Lines of results on stdout. Whatever a value in one holds, it stays one line, and the terminal obeys nothing in it. */
  print(...lines: readonly string[]): void;
  /** stdout as it is, for an export: its own form sees to what its values hold. */
  readonly exported: Writable;
  /** One or more whole lines on stderr; the terminal obeys nothing in them. */
  say(text: string): void;
  now(): Date;
  /** Rewrites one line on stderr, where that is a terminal; empty: takes it away. */
  progress?(line: string): void;
}

/** How a command ended: 0 good, 1 it found a fault. What could not be done at all is thrown as CannotRun. */
export type ExitCode = 0 | 1;

/** The one way to stdout and stderr for all commands, so that none can forget to make printable what it shows. */
export function createTerminal(world: {
  env: NodeJS.ProcessEnv;
  out: Writable;
  err: { write(text: string): unknown };
  now(): Date;
  progress?(line: string): void;
}): Terminal {
  const { env, out, err, progress } = world;
  return {
    env,
    exported: out,
    print: (...lines) => void out.write(lines.map((line) => `${printable(line)}\n`).join('')),
    say: (text) => void err.write(`${printableLines(text)}\n`),
    now: () => world.now(),
    ...(progress ? { progress } : {}),
  };
}

/** Lines with names on the left, aligned. */
export function table(values: readonly (readonly string[])[]): string[] {
  const rows = values.map((row) => row.map(printable));
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, column) => Math.max(widest[column] ?? 0, cell.length)),
    [],
  );
  return rows.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
