import type { MessageView } from '../views/text/text.ts';

const ANSWER_MS = 3000;

/**
 * Answers one person privately through a response URL, which works in any channel, 5 times, for 30 minutes. The URL is
 * a secret, so no error contains it. `replace` replaces the message that was clicked; a command's URL has no such
 * message, and Slack then posts a second one.
 * @throws Error if Slack does not accept it
 */
export async function reply(responseUrl: string, message: MessageView | string, replace = false): Promise<void> {
  const said = typeof message === 'string' ? { text: message } : message;
  const body = JSON.stringify({ response_type: 'ephemeral', replace_original: replace, ...said });
  const answer = await fetch(responseUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    signal: AbortSignal.timeout(ANSWER_MS),
  });
  await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`Slack answered ${answer.status} to a private answer`);
}
