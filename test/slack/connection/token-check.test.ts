import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LocalSlack, startSlack } from '../../../sandbox/slack/local-slack.ts';
import { createLogger } from '../../../src/logging/logger.ts';
import { createClients } from '../../../src/slack/connection/clients.ts';
import { checkToken } from '../../../src/slack/connection/token-check.ts';

let slack: LocalSlack;
beforeEach(async () => {
  slack = await startSlack();
});
afterEach(() => slack.stop());

const ask = (token = slack.seed.app.botToken) =>
  checkToken(createClients(token, `${slack.apiUrl}`, createLogger({ level: 'silent' }), fetch).interactive);

describe('the token', () => {
  it('is taken, or refused', async () => {
    expect(await ask()).toEqual({ kind: 'taken' });
    expect(await ask('xoxb-other')).toEqual({ kind: 'refused', error: 'invalid_auth' });
  });

  it.each([
    [
      { kind: 'ratelimited', retryAfter: 7 },
      { why: expect.stringContaining('429, for 7 s'), waitSeconds: 7 },
    ],
    [
      { kind: 'error', status: 503 },
      { why: 'Slack does not answer', waitSeconds: null },
    ],
    [
      { kind: 'error', error: 'fatal_error' },
      { why: 'Slack answers with an error (fatal_error)', waitSeconds: null },
    ],
    [{ kind: 'down' }, { why: 'Slack does not answer', waitSeconds: null }],
  ] as const)('is neither where Slack can not say: %o', async (outage, says) => {
    slack.outage(outage);
    expect(await ask()).toEqual({ kind: 'unknown', ...says });
  });
});
