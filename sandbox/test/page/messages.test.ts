import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { COMMAND, LEAD, OPERATOR } from '../../../test/whole-app/world.ts';
import { focused, givenPage, send, sit } from './given-page.ts';

const current = givenPage();
const channel = 'C0OPS';
const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });
const plain = (text: string) => ({ type: 'plain_text', text });
const section = (text: string) => ({ type: 'section', text: mrkdwn(text) });

describe('messages', () => {
  it('are drawn from their blocks: words, people, times, fields, links', async () => {
    const { open, asBot } = current();
    const tab = await open(LEAD);
    const noon = new Date();
    noon.setHours(12, 0, 0, 0);
    await asBot('chat.postMessage', {
      channel,
      text: 'drawn',
      blocks: [
        { type: 'header', text: plain('Heading one') },
        section(
          `*bold* \`snake_case\` <@${LEAD}> <!subteam^S0LEADS> <!date^${noon.getTime() / 1000}^{date_short_pretty} {time}|then>`,
        ),
        {
          type: 'section',
          fields: [mrkdwn('*Left*\n1 &lt; 2'), mrkdwn('*Right*\n<https://example.com/a?b=1&amp;c=2|elsewhere>')],
        },
        { type: 'divider' },
        { type: 'context', elements: [mrkdwn(':warning: small')] },
      ],
    });
    const message = tab.getByRole('article').filter({ hasText: 'Heading one' });
    await message.waitFor();
    expect(await message.locator('strong').first().textContent()).toBe('bold');
    expect(await message.locator('code').textContent()).toBe('snake_case');
    expect(await message.locator('.mention').allTextContents()).toEqual(['@Lena Lead', '@leads']);
    expect(await message.locator('.section time').textContent()).toMatch(/^today 12:00\sPM$/);
    expect(await message.locator('.fields').textContent()).toContain('1 < 2');
    expect(await message.getByRole('link', { name: 'elsewhere' }).getAttribute('href')).toBe(
      'https://example.com/a?b=1&c=2',
    );
    expect(await message.locator('.context').textContent()).toBe('⚠️ small');
  });

  it('show what the page can’t draw as a fault, and the rest as ever', async () => {
    const { open, asBot } = current();
    const tab = await open(OPERATOR);
    await asBot('chat.postMessage', {
      channel,
      text: 'odd',
      blocks: [
        section('before it'),
        { type: 'image', alt_text: 'a cat', image_url: 'https://example.com/cat.png' },
        { type: 'actions', elements: [{ type: 'datetimepicker', action_id: 'when' }] },
        section('after it'),
      ],
    });
    const message = tab.getByRole('article').filter({ hasText: 'before it' });
    await message.getByText('can’t show a block of type image').waitFor();
    await message.getByText('can’t show an element of type datetimepicker').waitFor();
    await message.getByText('after it').waitFor();
  });

  it('are seen by one person alone where they are ephemeral', async () => {
    const { open, asBot } = current();
    const [olga, lena] = [await open(OPERATOR), await open(LEAD)];
    await asBot('chat.postEphemeral', { channel, user: LEAD, text: 'for Lena alone' });
    await lena.getByText('for Lena alone').waitFor();
    await asBot('chat.postMessage', { channel, text: 'for everybody' });
    await olga.getByText('for everybody').waitFor();
    expect(await olga.getByText('for Lena alone').count()).toBe(0);
    await sit(olga, 'Lena');
    await olga.getByText('for Lena alone').waitFor();
  });

  it('change in place while somebody reads further up, with the focus where it was', async () => {
    const { open, asBot } = current();
    const actions = { type: 'actions', elements: [{ type: 'button', action_id: 'nothing', text: plain('Stay here') }] };
    const first = await asBot('chat.postMessage', { channel, text: 'first', blocks: [section('not edited'), actions] });
    for (let index = 0; index < 12; index += 1) {
      await asBot('chat.postMessage', { channel, text: `line ${index}\nline\nline` });
    }
    const tab = await open('U0AUDIT');
    /** How many pixels are below what one sees. */
    const left =
      '(list => list.scrollHeight - list.scrollTop - list.clientHeight)(document.querySelector(".messages"))';
    const message = tab.getByRole('article').filter({ hasText: 'not edited' });
    const button = tab.getByRole('button', { name: 'Stay here' });
    await button.scrollIntoViewIfNeeded();
    await button.focus();
    const top = await button.boundingBox();
    await asBot('chat.update', { channel, ts: first.ts, text: 'edited', blocks: [section('edited now'), actions] });
    await tab.getByText('edited now').waitFor();
    await asBot('chat.postMessage', { channel, text: 'one more at the end' });
    await tab.getByText('one more at the end').waitFor({ state: 'attached' });
    expect(await message.count()).toBe(0);
    await focused(button);
    expect(await button.boundingBox()).toEqual(top);

    // The page hears of the scrolling only when it is drawn next, and by then the news may be here.
    await tab.evaluate(
      'window.addEventListener("scroll", (event) => event.stopImmediatePropagation(), { capture: true })',
    );
    await tab.evaluate('(list => { list.scrollTop = list.scrollHeight; })(document.querySelector(".messages"))');
    await expect.poll(() => tab.evaluate(left)).toBeLessThan(5);
    await asBot('chat.postMessage', { channel, text: 'followed to the end' });
    await tab.getByText('followed to the end').waitFor();
    await expect.poll(() => tab.evaluate(left)).toBeLessThan(5);
  });

  it('stand in threads, which open beside the channel and close with Esc', async () => {
    const { open, asBot } = current();
    const tab = await open(OPERATOR);
    const { ts } = await asBot('chat.postMessage', { channel, text: 'the thread’s head' });
    await asBot('chat.postMessage', { channel, text: 'only in the thread', thread_ts: ts });
    await asBot('chat.postMessage', { channel, text: 'told to all', thread_ts: ts, reply_broadcast: true });
    await tab.getByText('told to all').waitFor();
    expect(await tab.getByText('only in the thread').count()).toBe(0);
    const head = tab.getByRole('article').filter({ hasText: 'the thread’s head' });
    await head.getByRole('button', { name: '2 replies' }).click();
    const thread = tab.getByRole('region', { name: 'Thread', exact: true });
    await thread.getByText('only in the thread').waitFor();
    await tab.keyboard.press('Escape');
    await thread.waitFor({ state: 'detached' });
  });

  it('lead by their links to other messages of the workspace, and not out of the page', async () => {
    const { open, asBot } = current();
    const tab = await open(OPERATOR);
    const { ts } = await asBot('chat.postMessage', { channel, text: 'the aim of a link' });
    const { permalink } = await asBot('chat.getPermalink', { channel, message_ts: ts });
    await asBot('chat.postMessage', { channel, text: `see <${permalink}|the card>` });
    await tab.getByRole('button', { name: 'the card' }).click();
    const aim = tab.getByRole('article').filter({ hasText: 'the aim of a link' });
    await focused(aim);
  });
});

describe('buttons', () => {
  it('ask first where they are to', async () => {
    const { world, open } = current();
    const arn = world.execution({ name: 'to-be-cancelled' });
    const tab = await open(OPERATOR);
    await send(tab, `${COMMAND} ${arn} 30MiB/s`);
    const card = tab.getByRole('article').filter({ hasText: `${arn.slice(-22)}account` });
    const cancel = card.getByRole('button', { name: 'Cancel' });
    await cancel.click();
    const confirm = tab.getByRole('dialog', { name: 'Cancel this request?' });
    await confirm.getByRole('button', { name: 'Keep it' }).click();
    await confirm.waitFor({ state: 'detached' });
    expect(await card.getByText('Waiting for').count()).toBe(1);

    await cancel.click();
    await confirm.getByRole('button', { name: 'Cancel the request' }).click();
    await card.getByText('Cancelled', { exact: true }).waitFor();
    await cancel.waitFor({ state: 'detached' });
  });

  it('do what was asked though the message was edited while the question stood', async () => {
    const { world, open, asBot } = current();
    const arn = world.execution({ name: 'edited-meanwhile' });
    const tab = await open(OPERATOR);
    await send(tab, `${COMMAND} ${arn} 30MiB/s`);
    const card = tab.getByRole('article').filter({ hasText: `${arn.slice(-22)}account` });
    await card.getByRole('button', { name: 'Cancel' }).click();
    const confirm = tab.getByRole('dialog', { name: 'Cancel this request?' });
    await confirm.waitFor();
    const posted = world.slack.messages(channel).find(({ blocks }) => JSON.stringify(blocks).includes(arn.slice(-22)));
    // Like a card whose progress moved on: the same button, in a block that Slack gives another id.
    const blocks = [
      ...(posted?.blocks ?? []).map(({ block_id: _given, ...block }) => block),
      section('edited under the question'),
    ];
    await asBot('chat.update', { channel, ts: posted?.ts, text: 'edited', blocks });
    await card.getByText('edited under the question').waitFor();
    await confirm.getByRole('button', { name: 'Cancel the request' }).click();
    await card.getByText('Cancelled', { exact: true }).waitFor();
  });

  it('show that they are pressed until the app answers, and say so if it does not', async () => {
    const { world, open, asBot } = current();
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const element = { type: 'button', action_id: 'nobody-answers', text: plain('Try me') };
    await asBot('chat.postMessage', { channel, text: 'try', blocks: [{ type: 'actions', elements: [element] }] });
    const tab = await open('U0LEAD2');
    world.slack.connectBot({ requestUrl: `http://127.0.0.1:${port}/` });
    const button = tab.getByRole('button', { name: 'Try me' });
    await button.click();
    await button.and(tab.locator('[aria-busy="true"]')).waitFor();
    await tab.getByRole('alert').filter({ hasText: 'operation_timeout' }).first().waitFor();
    await button.and(tab.locator('[aria-busy="false"]')).waitFor();
    world.slack.connectBot({ requestUrl: `http://127.0.0.1:${world.bots[0]?.port}/slack/events` });
    silent.close();
    silent.closeAllConnections();
  });
});
