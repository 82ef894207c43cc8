import type { Retried } from '../../store/work/dead-letters.ts';
import { CannotRun } from '../cannot-run.ts';
import { type ExitCode, type Terminal, table } from '../terminal.ts';
import { withDeadLetters } from './with-dead-letters.ts';

export interface RetryOptions {
  all?: boolean;
  json?: boolean;
}

const ID = /^\d{1,16}-\d{1,16}$/;

const WORDS: Readonly<Record<Retried, string>> = {
  sent: 'will be tried again',
  missing: 'no such dead letter',
  unknown: 'not tried again: this version does not know what to do with it',
};

/** Has dead letters tried again. @returns 1 where one of them is not */
export async function retryWork(
  ids: readonly string[],
  { all = false, json = false }: RetryOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  if (all === ids.length > 0) throw new CannotRun('name the ids that work list shows, or --all');
  const wrong = ids.filter((id) => !ID.test(id));
  if (wrong.length > 0) throw new CannotRun(`no id of a dead letter, such as 1767225600000-0: ${wrong.join(', ')}`);
  const results = await withDeadLetters(terminal, async ({ list, retry }) => {
    const chosen = all ? (await list()).map(({ id }) => id) : [...new Set(ids)];
    const retried = await retry(chosen);
    return chosen.map((id, place) => ({ id, result: retried[place] ?? 'missing' }));
  });
  if (json) terminal.print(JSON.stringify(results));
  else if (results.length > 0) terminal.print(...table(results.map(({ id, result }) => [id, WORDS[result]])));
  if (results.length === 0) terminal.say('No work has failed for good.');
  return results.every(({ result }) => result === 'sent') ? 0 : 1;
}
