import type { Writable } from 'node:stream';
import { printable, printableLines } from '../domain/text/printable.ts';

/** How a command reaches the outside: results go to `print`, everything else to `say`. */
export interface Terminal {
  readonly env: NodeJS.ProcessEnv;
  /** Prints lines of results to stdout. Control characters and line breaks in values are escaped. */
  print(...lines: readonly string[]): void;
  /** Raw stdout, for an export: its own format escapes values. */
  readonly exported: Writable;
  /** Prints one or more lines to stderr. Control characters are escaped. */
  say(text: string): void;
  now(): Date;
  /** Rewrites one line on stderr, if that is a terminal; an empty text clears it. */
  progress?(line: string): void;
}

/** How a command ended: 0 all good, 1 it found a fault. What couldn't be done at all is thrown as CannotRun. */
export type ExitCode = 0 | 1;

/** The one way to stdout and stderr for all commands, so that none can forget to escape what it prints. */
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

/** Lines with aligned columns. */
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
