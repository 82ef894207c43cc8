import { escapeText } from './text.ts';

/** What AWS said to a refusal, as a sentence of its own after ours. Escaped mrkdwn; empty where it said nothing. */
export function awsQuote(said: string | null | undefined, who = 'AWS says'): string {
  return said ? ` ${who}: “${escapeText(said)}”.` : '';
}
