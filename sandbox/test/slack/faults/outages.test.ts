import { describe, expect, it } from 'vitest';
import { client, givenSlack, refusal, slack } from '../given-slack.ts';

givenSlack();

describe('outages', () => {
  it('say ratelimited with Retry-After', async () => {
    slack.outage({ kind: 'ratelimited', retryAfter: 7, methods: ['chat.postMessage'], times: 1 });
    expect(await refusal(client.chat.postMessage({ channel: 'C0OPS', text: 'x' }))).toMatchObject({
      code: 'slack_webapi_rate_limited_error',
    });
    expect((await client.chat.postMessage({ channel: 'C0OPS', text: 'x' })).ok).toBe(true);
  });

  it('cut, hang, lose and refuse, until they are over', async () => {
    slack.outage({ kind: 'down' });
    expect(await refusal(client.auth.test())).toMatchObject({ code: 'slack_webapi_request_error' });
    slack.recover();
    slack.outage({ kind: 'error', error: 'fatal_error' });
    expect(await refusal(client.auth.test())).toMatchObject({ error: 'fatal_error' });
    slack.recover();
    slack.outage({ kind: 'lost', methods: ['chat.postMessage'] });
    await refusal(client.chat.postMessage({ channel: 'C0OPS', text: 'heard by nobody' }));
    expect(slack.messages('C0OPS')).toHaveLength(1);
    slack.recover();
    slack.outage({ kind: 'late', methods: ['chat.postMessage'] });
    const late = client.chat.postMessage({ channel: 'C0OPS', text: 'heard of later' });
    await slack.until(() => slack.hanging() === 1);
    expect(slack.messages('C0OPS')).toHaveLength(2);
    slack.recover();
    expect((await late).ok).toBe(true);
    slack.outage({ kind: 'hang' });
    const hanging = refusal(client.auth.test());
    await slack.until(() => slack.hanging() === 1);
    slack.recover();
    expect(await hanging).toMatchObject({ code: 'slack_webapi_request_error' });
    expect((await client.auth.test()).ok).toBe(true);
    expect(slack.calls.at(-1)).toMatchObject({ method: 'auth.test', ok: true });
  });
});
