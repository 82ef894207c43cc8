import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebClient } from '@slack/web-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type JsonObject, parsed } from '../../slack/json.ts';
import { type LocalSlack, startSlack } from '../../slack/local-slack.ts';
import type { SlackView } from '../../slack/views.ts';

/** A bot of bare HTTP, that answers what the test says, and keeps what it got. */
interface BareBot {
  readonly got: { headers: IncomingMessage['headers']; body: string; fields: URLSearchParams }[];
  answer: { status: number; body: string };
  readonly url: string;
  readonly server: Server;
}

async function bareBot(): Promise<BareBot> {
  const bot = { got: [] as BareBot['got'], answer: { status: 200, body: '' } };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      bot.got.push({ headers: request.headers, body, fields: new URLSearchParams(body) });
      if (bot.answer.status === 0) return;
      response.writeHead(bot.answer.status).end(bot.answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(bot, { url: `http://127.0.0.1:${port}/slack/events`, server });
}

let now = Date.now();
let slack: LocalSlack;
let bot: BareBot;
let client: WebClient;
beforeEach(async () => {
  now = Date.now();
  slack = await startSlack({ now: () => now, ackMs: 2000 });
  bot = await bareBot();
  slack.connectBot({ requestUrl: bot.url });
  client = new WebClient(slack.seed.app.botToken, { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } });
});
afterEach(async () => {
  bot.server.closeAllConnections();
  bot.server.close();
  await slack.stop();
});

const plain = (text: string) => ({ type: 'plain_text' as const, text });
const blocks = [
  {
    type: 'input' as const,
    block_id: 'rate',
    label: plain('Rate'),
    element: { type: 'plain_text_input' as const, action_id: 'rate', initial_value: '1', max_length: 5 },
  },
  {
    type: 'input' as const,
    block_id: 'way',
    optional: true,
    label: plain('Way'),
    element: {
      type: 'static_select' as const,
      action_id: 'way',
      options: [
        { text: plain('Up'), value: 'up' },
        { text: plain('Down'), value: 'down' },
      ],
    },
  },
];
const modal = (title = 'One') => ({ type: 'modal' as const, title: plain(title), submit: plain('Send'), blocks });
const olga = () => slack.as('U0OPER');
async function openModal(): Promise<SlackView> {
  const { triggerId } = await olga().command('C0OPS', '/datasync-throttle');
  await client.views.open({ trigger_id: triggerId, view: modal() });
  const view = olga().views().at(-1);
  if (view === undefined) throw new Error('no view');
  return view;
}
const lastPayload = (): JsonObject => parsed(bot.got.at(-1)?.fields.get('payload') ?? '') as JsonObject;
const respond = (url: string, body: JsonObject) =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

describe('a request', () => {
  it('is signed as Slack signs', async () => {
    await olga().command('G0SECRET', '/datasync-throttle', 'list');
    const [got] = bot.got;
    const stamp = got?.headers['x-slack-request-timestamp'];
    const base = `v0:${stamp}:${got?.body}`;
    const signature = createHmac('sha256', slack.seed.app.signingSecret).update(base).digest('hex');
    expect(got?.headers['x-slack-signature']).toBe(`v0=${signature}`);
    expect(got?.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(got?.fields.get('channel_name')).toBe('privategroup');
  });

  it('can be kept, dated otherwise and sent again', async () => {
    const request = olga().commandRequest('C0OPS', '/datasync-throttle', 'list', { timestamp: 1000 });
    expect(request.headers['x-slack-request-timestamp']).toBe('1000');
    await slack.sendRaw(request);
    await slack.sendRaw(request);
    expect(bot.got.map((one) => one.body)).toEqual([request.body, request.body]);
    expect(slack.signed({ a: 'b' }, { secret: 'other' }).headers['x-slack-signature']).not.toBe(
      slack.signed({ a: 'b' }).headers['x-slack-signature'],
    );
  });

  it('can be forged', async () => {
    const view = await openModal();
    await olga().submit(view, {}, { forge: (payload) => ({ ...payload, api_app_id: 'A0OTHER' }) });
    expect(lastPayload()).toMatchObject({ api_app_id: 'A0OTHER', type: 'view_submission' });
  });

  it.each([
    [{ status: 0, body: '' }, 'operation_timeout'],
    [{ status: 500, body: '' }, 'http_service_error'],
  ])('answered by %j is a failure that the person sees', async (answer, error) => {
    bot.answer = answer;
    expect(await olga().command('C0OPS', '/datasync-throttle')).toMatchObject({ failure: error });
    expect(olga().failures()).toMatchObject([{ error, what: '/datasync-throttle' }]);
    expect(slack.as('U0LEAD').failures()).toEqual([]);
  });

  it('to a bot that is away is a failure too', async () => {
    slack.connectBot({ requestUrl: 'http://127.0.0.1:9/' });
    expect(await olga().command('C0OPS', '/datasync-throttle')).toMatchObject({ failure: 'dispatch_failed' });
  });
});

describe('a submit', () => {
  it('closes the view on an empty answer', async () => {
    await olga().submit(await openModal(), { rate: '2', way: 'Down' });
    expect(olga().views()).toEqual([]);
    expect(lastPayload()).toMatchObject({
      view: {
        state: { values: { rate: { rate: { value: '2' } }, way: { way: { selected_option: { value: 'down' } } } } },
      },
    });
  });

  it('is held back by the form itself', async () => {
    const view = await openModal();
    const before = bot.got.length;
    expect(await olga().submit(view, { rate: '' })).toMatchObject({ status: 0, errors: { rate: expect.any(String) } });
    expect(await olga().submit(view, { rate: '123456' })).toMatchObject({ errors: { rate: expect.any(String) } });
    expect(bot.got).toHaveLength(before);
    await expect(olga().submit(view, { way: 'sideways' })).rejects.toThrow('offers no option "sideways"');
    await expect(olga().submit(view, { nothing: 'x' })).rejects.toThrow('there is no "nothing"');
    await expect(slack.as('U0LEAD').submit(view)).rejects.toThrow("doesn't have view");
  });

  it('is answered by push, three deep, and clear', async () => {
    let view = await openModal();
    for (const title of ['Two', 'Three']) {
      bot.answer = { status: 200, body: JSON.stringify({ response_action: 'push', view: modal(title) }) };
      await olga().submit(view);
      view = olga().views().at(-1) ?? view;
    }
    expect(
      olga()
        .views()
        .map((one) => one.title?.text),
    ).toEqual(['One', 'Two', 'Three']);
    expect(view.root_view_id).toBe(olga().views()[0]?.id);
    expect(await olga().submit(view)).toMatchObject({ failure: 'invalid_ack' });
    bot.answer = { status: 200, body: JSON.stringify({ response_action: 'clear' }) };
    await olga().submit(view);
    expect(olga().views()).toEqual([]);
  });

  it('keeps what was entered when the view changes around it', async () => {
    const view = await openModal();
    bot.answer = { status: 200, body: JSON.stringify({ response_action: 'update', view: modal('Two') }) };
    await olga().submit(view, { rate: '7' });
    expect(olga().views()[0]?.state.values.rate?.rate?.value).toBe('7');
  });

  it.each([
    ['errors for no input', { response_action: 'errors', errors: { nowhere: 'x' } }],
    ['a bad view', { response_action: 'update', view: { type: 'modal' } }],
    ['an unknown action', { response_action: 'explode' }],
  ])('is not answered by %s', async (_name, answer) => {
    const view = await openModal();
    bot.answer = { status: 200, body: JSON.stringify(answer) };
    expect(await olga().submit(view)).toMatchObject({ failure: 'invalid_ack' });
    expect(slack.breaches.length).toBeGreaterThan(0);
    expect(olga().views()).toHaveLength(1);
  });
});

describe('a click in a modal', () => {
  it('enters what is picked, and lets the bot push another view', async () => {
    const view = await openModal();
    const { triggerId } = await olga().click(view, 'way', { value: 'Up' });
    expect(lastPayload()).toMatchObject({
      container: { type: 'view', view_id: view.id },
      actions: [{ type: 'static_select', selected_option: { value: 'up' } }],
      view: { state: { values: { way: { way: { selected_option: { value: 'up' } } } } } },
    });
    expect(lastPayload()).not.toHaveProperty('response_url');
    await client.views.push({ trigger_id: triggerId, view: modal('Above') });
    const [below, above] = olga().views();
    expect(above).toMatchObject({ previous_view_id: below?.id, root_view_id: below?.id });
    await olga().submit(above ?? view);
    expect(
      olga()
        .views()
        .map((one) => one.id),
    ).toEqual([view.id]);
  });

  it('leaves a closed one to be submitted late', async () => {
    const view = await openModal();
    await olga().close(view);
    await slack.sendRaw(olga().submitRequest(view, { rate: '3' }));
    expect(lastPayload()).toMatchObject({
      view: { id: view.id, state: { values: { rate: { rate: { value: '3' } } } } },
    });
  });

  it('can happen in many at once', async () => {
    const views = await Promise.all(Array.from({ length: 20 }, () => openModal()));
    expect(olga().views()).toHaveLength(20);
    await Promise.all(
      olga()
        .views()
        .map((view) => olga().submit(view)),
    );
    expect(views).toHaveLength(20);
    expect(olga().views()).toEqual([]);
  });
});

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
    now += 30 * 60_000 + 1;
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

describe('typed text', () => {
  it.each([
    ['ask @lena', 'ask <@U0LEAD|lena>'],
    ['ask @leads now', 'ask <!subteam^S0LEADS|@leads> now'],
    ['wake @channel and <!channel>', 'wake <!channel> and &lt;!channel&gt;'],
    ['a@lena.example stays', 'a@lena.example stays'],
    ['see https://example.com/a?b=1&c=2', 'see <https://example.com/a?b=1&amp;c=2>'],
  ])('%s', async (typed, sent) => {
    await olga().command('C0OPS', '/datasync-throttle', typed);
    expect(bot.got.at(-1)?.fields.get('text')).toBe(sent);
  });
});
