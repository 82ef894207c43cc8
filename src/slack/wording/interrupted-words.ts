import type { Settled } from '../../workflow/faults.ts';
import { type Doing, settledWords } from './reply-words.ts';

/** For a person whose bot stopped before it had finished their command, form or click. `outcome` null: unknown. */
export function interruptedWords(outcome: Settled | null, doing: Doing): string {
  const what = 'The bot stopped while it was working on what you sent, so its answer may be missing.';
  if (outcome !== null) return `${what} ${settledWords(outcome, doing)}`;
  return `${what} \`/datasync-throttle audit\` shows whether it was recorded. If it was not, nothing was changed: send it again.`;
}
