import type { WebClient } from '@slack/web-api';
import { slackError } from './clients.ts';
import { isTokenRefusal } from './identify.ts';
import { retryAfter } from './retry-after.ts';

/**
 * Whether Slack accepts the token. Only an explicit rejection counts as no; any other error says nothing about the
 * token.
 */
export async function checkToken(client: WebClient) {
  try {
    await client.auth.test();
    return { kind: 'taken' } as const;
  } catch (fault) {
    const error = slackError(fault);
    if (error !== null && isTokenRefusal(error)) return { kind: 'refused', error } as const;
    const waitSeconds = retryAfter(fault);
    if (waitSeconds !== null) {
      return {
        kind: 'unknown',
        why: `Slack limits the rate of calls (429, for ${waitSeconds} s)`,
        waitSeconds,
      } as const;
    }
    const why = error === null ? 'Slack does not answer' : `Slack answers with an error (${error})`;
    return { kind: 'unknown', why, waitSeconds } as const;
  }
}
