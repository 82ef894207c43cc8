import { escapeText } from './text.ts';

/** AWS's own message for a refusal, as a sentence that follows ours. Escaped mrkdwn; empty if there was none. */
export function awsQuote(said: string | null | undefined, who = 'AWS says'): string {
  return said ? ` ${who}: “${escapeText(said)}”.` : '';
}
