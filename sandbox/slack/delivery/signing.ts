import { createHmac } from 'node:crypto';

/** A request as Slack sends it, whole and signed: it can be sent, kept, changed and sent again. */
export interface SignedRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Signs a body as Slack does (docs.slack.dev/authentication/verifying-requests-from-slack).
 * @param seconds the Unix time that goes into the signature
 */
export function signedRequest(
  body: string,
  secret: string,
  seconds: number,
  contentType = 'application/x-www-form-urlencoded',
): SignedRequest {
  const signature = createHmac('sha256', secret).update(`v0:${seconds}:${body}`).digest('hex');
  return {
    headers: {
      'content-type': contentType,
      'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
      accept: 'application/json,*/*',
      'x-slack-request-timestamp': String(seconds),
      'x-slack-signature': `v0=${signature}`,
    },
    body,
  };
}
