import { App, LogLevel } from '@slack/bolt';
import { afterEach, describe, expect, it } from 'vitest';
import { visibleText } from '../../slack/block-walk.ts';
import type { JsonObject } from '../../slack/json.ts';
import { type LocalSlack, startSlack } from '../../slack/local-slack.ts';

const plain = (text: string) => ({ type: 'plain_text' as const, text });
const form = (note: string) => ({
  type: 'modal' as const,
  callback_id: 'ask',
  private_metadata: 'C0OPS',
  title: plain('Ask'),
  submit: plain('Send'),
  notify_on_close: true,
  blocks: [
    { type: 'section' as const, text: plain(note) },
    {
      type: 'input' as const,
      block_id: 'execution',
      label: plain('Execution'),
      element: { type: 'external_select' as const, action_id: 'execution', min_query_length: 0 },
    },
    {
      type: 'input' as const,
      block_id: 'rate',
      label: plain('Rate'),
      element: { type: 'plain_text_input' as const, action_id: 'rate' },
    },
  ],
});

/** A small bot of the real Bolt: a command posts a card, its button opens a form, the form edits the card. */
async function startBot(slack: LocalSlack, mode: 'http' | 'socket') {
  const { app: secrets } = slack.seed;
  const seen: { command?: JsonObject; action?: JsonObject; submit?: JsonObject; closed?: JsonObject } = {};
  const app = new App({
    token: secrets.botToken,
    clientOptions: { slackApiUrl: slack.apiUrl },
    logLevel: LogLevel.ERROR,
    ...(mode === 'http' ? { signingSecret: secrets.signingSecret } : { socketMode: true, appToken: secrets.appToken }),
  });
  app.command('/datasync-throttle', async ({ ack, client, body }) => {
    seen.command = { ...body };
    if (body.text === 'late') return;
    if (body.text === 'help') return ack('say something');
    await ack();
    await client.chat.postMessage({
      channel: body.channel_id,
      text: 'a card',
      blocks: [
        { type: 'section', text: { type: 'mrkdwn', text: `*${body.text}*` } },
        {
          type: 'actions',
          block_id: 'decide',
          elements: [{ type: 'button', action_id: 'review', text: plain('Review'), value: 'R1' }],
        },
      ],
    });
  });
  app.action('review', async ({ ack, body, client }) => {
    await ack();
    seen.action = { ...body };
    if ('trigger_id' in body) await client.views.open({ trigger_id: body.trigger_id, view: form('loading') });
  });
  app.options('execution', async ({ ack, payload }) => {
    await ack({ options: [{ text: plain(`found ${payload.value}`), value: 'exec-1' }] });
  });
  app.view('ask', async ({ ack, body, view, respond, client }) => {
    seen.submit = { ...body };
    const rate = view.state.values.rate?.rate?.value;
    if (rate === '0') return ack({ response_action: 'errors', errors: { rate: 'not 0' } });
    if (rate === '1') return ack({ response_action: 'update', view: form('really?') });
    await ack();
    const card = slack.messages('C0OPS')[0];
    await client.chat.update({ channel: 'C0OPS', ts: card?.ts ?? '', text: `set to ${rate}` });
    void respond;
  });
  app.view({ callback_id: 'ask', type: 'view_closed' }, async ({ ack, body }) => {
    seen.closed = { ...body };
    await ack();
  });
  app.event('app_home_opened', async ({ event, client }) => {
    await client.views.publish({
      user_id: event.user,
      view: { type: 'home', blocks: [{ type: 'section', text: plain('home') }] },
    });
  });
  app.error(async (fault) => {
    throw fault;
  });
  const server = await app.start(0);
  if (mode === 'http') {
    const address = server && 'address' in server ? server.address() : null;
    if (address === null || typeof address === 'string') throw new Error('Bolt listens nowhere');
    slack.connectBot({ requestUrl: `http://127.0.0.1:${address.port}/slack/events` });
  } else {
    await slack.until(() => slack.connections() > 0);
  }
  return { seen, stop: () => app.stop() };
}

let stop: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const one of stop.reverse()) await one();
  stop = [];
});

describe.each(['http', 'socket'] as const)('the real Bolt over %s', (mode) => {
  it('is commanded, clicked, filled in, closed and visited at home', async () => {
    const slack = await startSlack();
    stop.push(() => slack.stop());
    const bot = await startBot(slack, mode);
    stop.push(() => bot.stop());
    const olga = slack.as('U0OPER');

    const sent = await olga.command('C0OPS', '/datasync-throttle', 'for @lena in #ops-transfers & <me>');
    expect(sent).toMatchObject({ status: 200, body: '' });
    expect(bot.seen.command).toMatchObject({
      text: 'for <@U0LEAD|lena> in <#C0OPS|ops-transfers> &amp; &lt;me&gt;',
      user_id: 'U0OPER',
      team_id: 'T0DEMO',
      channel_id: 'C0OPS',
      channel_name: 'ops-transfers',
      api_app_id: 'A0DST',
      is_enterprise_install: 'false',
      trigger_id: sent.triggerId,
    });

    const card = await slack.until(() => slack.messages('C0OPS')[0]);
    expect(visibleText(card)).toContain('&amp;');
    await olga.click(card, 'review');
    expect(bot.seen.action).toMatchObject({
      type: 'block_actions',
      user: { id: 'U0OPER', team_id: 'T0DEMO' },
      team: { id: 'T0DEMO' },
      enterprise: null,
      container: { type: 'message', channel_id: 'C0OPS', message_ts: card.ts },
      channel: { id: 'C0OPS' },
      message: { ts: card.ts, bot_id: 'B0DST' },
      actions: [{ type: 'button', action_id: 'review', block_id: 'decide', value: 'R1' }],
    });

    const modal = await slack.until(() => olga.views()[0]);
    expect((await olga.submit(modal)).errors).toHaveProperty('execution');
    expect(bot.seen.submit).toBeUndefined();
    await expect(olga.submit(modal, { execution: 'exec-1' })).rejects.toThrow('offers no option');
    expect(await olga.suggest(modal, 'execution', 'nigh')).toHaveLength(1);
    expect(await olga.submit(modal, { execution: 'exec-1', rate: '0' })).toMatchObject({
      status: 200,
      responseAction: 'errors',
      errors: { rate: 'not 0' },
    });
    expect(olga.views()).toHaveLength(1);
    expect(await olga.submit(modal, { rate: '1' })).toMatchObject({ responseAction: 'update' });
    const updated = olga.views()[0];
    expect(updated && visibleText(updated)).toContain('really?');
    expect(updated?.id).toBe(modal.id);
    expect(updated?.hash).not.toBe(modal.hash);
    await olga.submit(modal, { rate: '50MiB/s' });
    expect(bot.seen.submit).toMatchObject({
      type: 'view_submission',
      view: {
        id: modal.id,
        private_metadata: 'C0OPS',
        root_view_id: modal.id,
        hash: updated?.hash,
        state: {
          values: {
            execution: { execution: { type: 'external_select', selected_option: { value: 'exec-1' } } },
            rate: { rate: { type: 'plain_text_input', value: '50MiB/s' } },
          },
        },
      },
    });
    expect(olga.views()).toEqual([]);
    await slack.until(() => slack.messages('C0OPS')[0]?.text === 'set to 50MiB/s');

    await olga.click(card, 'review', { value: 'forged' });
    expect(bot.seen.action).toMatchObject({ actions: [{ value: 'forged' }] });
    const again = await slack.until(() => olga.views()[0]);
    await olga.close(again);
    expect(bot.seen.closed).toMatchObject({ type: 'view_closed', is_cleared: false });
    expect(olga.views()).toEqual([]);

    await olga.openHome();
    await slack.until(() => olga.home());
    await olga.command('C0OPS', '/datasync-throttle', 'help');
    expect(olga.ephemerals().map((one) => one.text)).toEqual(['say something']);
    expect(slack.breaches).toEqual([]);
    expect(olga.failures()).toEqual([]);
  });

  it('is shown to have timed out when it does not answer', async () => {
    const slack = await startSlack({ ackMs: 200 });
    stop.push(() => slack.stop());
    const bot = await startBot(slack, mode);
    stop.push(() => bot.stop());
    const olga = slack.as('U0OPER');
    expect(await olga.command('C0OPS', '/datasync-throttle', 'late')).toMatchObject({ failure: 'operation_timeout' });
    expect(olga.failures()).toMatchObject([{ error: 'operation_timeout', what: '/datasync-throttle late' }]);
  });
});
