import type { DeadLetter } from '../../workflow/ports/outbox.ts';
import { type ExitCode, type Terminal, table } from '../terminal.ts';
import { withDeadLetters } from './with-dead-letters.ts';

export interface ListOptions {
  json?: boolean;
}

/** Prints the dead letters, oldest first. @returns 1 where there are any */
export async function listWork({ json = false }: ListOptions, terminal: Terminal): Promise<ExitCode> {
  const letters = await withDeadLetters(terminal, ({ list }) => list());
  if (json) terminal.print(JSON.stringify(letters.map(asJson)));
  else if (letters.length > 0) terminal.print(...table([['ID', 'SINCE', 'WORK', 'WHY'], ...letters.map(row)]));
  if (letters.length === 0) {
    terminal.say('No work has failed for good.');
    return 0;
  }
  terminal.say(
    `${letters.length === 1 ? '1 piece of work has' : `${letters.length} pieces of work have`} failed for good. Fix the cause (see the log), then run work retry.`,
  );
  return 1;
}

function row({ id, at, text, why }: DeadLetter): string[] {
  return [id, at.toISOString(), text, why];
}

function asJson({ id, at, text, why }: DeadLetter) {
  return { id, since: at.toISOString(), work: text, why };
}
