import { looksLikeTarget } from '../../execution/target.ts';
import { parseRate } from '../../rate/rate.ts';
import { REQUEST_ID } from '../../request/request-id.ts';
import { parseDuration } from '../../time/duration.ts';

/** The first words of commands: what is typed first and is one of these is never the name of a link. */
export const COMMAND_WORDS: ReadonlySet<string> = new Set([
  ...['list', 'status', 'requests', 'why', 'undo', 'audit', 'help'],
  ...['pause', 'resume', 'end'],
]);

/** Words with a meaning of their own where a name or a rate can stand. */
const OTHER_WORDS: ReadonlySet<string> = new Set(['for', 'until', 'since', 'unlimited', 'verify', 'export']);

/** Parts that all begin with a digit: `10m`, `1h30m`, `50mb`, `2026-12-01`. A refusal of such a rate or time must not become a name. */
const NUMBERS = /^\d[a-z0-9]*(?:-+\d[a-z0-9]*)*$/;

/** What else a name would be read as in a command; null: nothing else. */
export function otherReading(name: string): string | null {
  if (COMMAND_WORDS.has(name)) return 'a command';
  if (OTHER_WORDS.has(name)) return 'a word that commands use';
  if (looksLikeTarget(name)) return 'like the id of a task, an execution, a location or an agent';
  if (REQUEST_ID.test(name)) return 'like the id of a request';
  if (parseRate(name).ok || parseDuration(name).ok || NUMBERS.test(name)) return 'like a rate, a duration or a time';
  return null;
}
