import type { Settled } from '../../workflow/faults.ts';
import { type Doing, settledWords } from './reply-words.ts';

/** To a person whose bot ended before it was done with what they sent. `outcome` null: nobody can tell. */
export function interruptedWords(outcome: Settled | null, doing: Doing): string {
  const what = 'The bot stopped while it was working on what you sent, so its answer may be missing.';
  if (outcome !== null) return `${what} ${settledWords(outcome, doing)}`;
  return `${what} \`/datasync-throttle audit\` shows whether it was recorded. If it was not, nothing was changed: send it again.`;
}
