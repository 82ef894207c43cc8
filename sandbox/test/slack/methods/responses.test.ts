import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../slack/json.ts';
import { bot, client, givenBareBot, lastPayload, olga, passTime, plain, slack } from '../people/given-bare-bot.ts';

givenBareBot();

const respond = (url: string, body: JsonObject) =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

describe('a posted message', () => {
  it('calls those whom it mentions, once', async () => {
    const mrkdwn = (text: string) => [{ type: 'section' as const, text: { type: 'mrkdwn' as const, text } }];
    const posted = await client.chat.postMessage({
      channel: 'C0OPS',
      text: 'for <@U0LEAD>',
      blocks: mrkdwn('for <@U0LEAD> and <!subteam^S0LEADS|@leads>, not &lt;!channel&gt;'),
    });
    await client.chat.update({ channel: 'C0OPS', ts: posted.ts ?? '', text: '<!here>' });
    await client.chat.postMessage({
      channel: 'C0OPS',
      text: 'x',
      blocks: [{ type: 'section', text: plain('<!channel>') }],
    });
    expect(slack.notified).toEqual([{ channel: 'C0OPS', ts: posted.ts, called: ['U0LEAD', 'S0LEADS'] }]);
  });
});

describe('a response_url', () => {
  const urlOfCommand = async (): Promise<string> => {
    await olga().command('C0OTHER', '/datasync-throttle');
    return bot.got.at(-1)?.fields.get('response_url') ?? '';
  };

  it('answers privately or in the channel, even where the bot is not in', async () => {
    const url = await urlOfCommand();
    expect((await respond(url, { text: 'psst' })).status).toBe(200);
    await respond(url, { text: 'hear', response_type: 'in_channel' });
    expect(olga().ephemerals()).toMatchObject([{ text: 'psst', channel: 'C0OTHER' }]);
    expect(slack.messages('C0OTHER')).toMatchObject([{ text: 'hear' }]);
  });

  it('is good for 5 uses and 30 minutes', async () => {
    const url = await urlOfCommand();
    const statuses: number[] = [];
    for (let use = 0; use < 6; use += 1) statuses.push((await respond(url, { text: 'x' })).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 404]);
    const other = await urlOfCommand();
    passTime(30 * 60_000 + 1);
    expect((await respond(other, { text: 'x' })).status).toBe(404);
    expect((await respond(`${other}x`, { text: 'x' })).status).toBe(404);
  });

  it('replaces and deletes what was clicked', async () => {
    const elements = [{ type: 'button' as const, action_id: 'go', text: plain('Go'), value: '1' }];
    const card = [{ type: 'actions' as const, elements }];
    await client.chat.postMessage({ channel: 'C0OPS', text: 'card', blocks: card });
    await client.chat.postEphemeral({ channel: 'C0OPS', user: 'U0OPER', text: 'private', blocks: card });
    const [message] = slack.messages('C0OPS');
    const [ephemeral] = olga().ephemerals();
    if (message === undefined || ephemeral === undefined) throw new Error('nothing to click');
    await olga().click(message, 'go');
    await respond(String(lastPayload().response_url), { replace_original: true, text: 'replaced' });
    expect(slack.messages('C0OPS')).toMatchObject([{ text: 'replaced' }]);
    await respond(String(lastPayload().response_url), { delete_original: true });
    expect(slack.messages('C0OPS')).toEqual([]);
    await olga().click(ephemeral, 'go');
    expect(lastPayload()).toMatchObject({ container: { is_ephemeral: true } });
    expect(lastPayload()).not.toHaveProperty('message');
    await respond(String(lastPayload().response_url), { replace_original: true, text: 'gone on' });
    expect(
      olga()
        .ephemerals()
        .map((one) => one.text),
    ).toEqual(['gone on']);
    await respond(String(lastPayload().response_url), { delete_original: true });
    expect(olga().ephemerals()).toEqual([]);
  });
});

describe('an edited message', () => {
  it('can be clicked as it was shown before', async () => {
    const card = (id: string) => [
      {
        type: 'actions' as const,
        elements: [{ type: 'button' as const, action_id: id, text: plain('Go'), value: id }],
      },
    ];
    const { ts = '' } = await client.chat.postMessage({ channel: 'C0OPS', text: 'card', blocks: card('go') });
    const before = String(slack.message('C0OPS', ts)?.blocks?.[0]?.block_id);
    await client.chat.update({ channel: 'C0OPS', ts, text: 'card', blocks: card('stop') });
    const [after] = slack.messages('C0OPS');
    const seen = slack.elementShown(before, 'go');
    if (after === undefined || seen === undefined) throw new Error('nothing to click');
    await olga().click(after, seen);
    expect(lastPayload()).toMatchObject({ actions: [{ block_id: before, action_id: 'go', value: 'go' }] });
    expect(slack.elementShown(before, 'stop')).toBeUndefined();
  });
});
