import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { bot, client, givenBareBot, lastPayload, modal, olga, openModal, slack } from './given-bare-bot.ts';

givenBareBot();

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
