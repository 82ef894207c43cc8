import { count } from '../../../domain/text/count.ts';
import type { Running } from '../../../workflow/queries/list-running.ts';
import { code, listed } from '../text/text.ts';

const MAX_RULES = 4;

/**
 * How many executions are running or queued. Places that could not be read are never reported as having none. `final`:
 * this list will not be updated again. `none`: the text if certainly nothing is running. `one`: the noun to count.
 * `where`: which of them are shown.
 */
export function runningHeadline(
  { total, failed, placeless, complete }: Omit<Running, 'from' | 'rows'>,
  words: { final: boolean; none: string; one: string; where?: string },
): string {
  const asking = !complete && !words.final;
  const unseen = failed.length > 0 || placeless.length > 0;
  if (total === 0 && asking) return 'AWS is still being asked what is running or queued.';
  if (total === 0) return unseen ? 'It is not known what is running or queued.' : `${words.none}.`;
  const counted = `${unseen ? 'At least ' : ''}${count(total, words.one)}${words.where ?? ''}.`;
  return asking ? `${counted} Some of it is still being asked of AWS.` : counted;
}

/** The rules whose executions can't be listed, as a sentence. Escaped mrkdwn. */
export function placelessWords(rules: readonly string[]): string {
  const left = rules.length - MAX_RULES;
  const names = listed([...rules.slice(0, MAX_RULES).map(code), ...(left > 0 ? [`${left} more`] : [])]);
  const one = rules.length === 1;
  const which = one ? `The rule ${names} names` : `The rules ${names} name`;
  return `:warning: ${which} no Region, and I have none of my own (\`AWS_REGION\`), so ${one ? 'its' : 'their'} executions are not in the list`;
}
