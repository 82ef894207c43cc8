import { describe, expect, it } from 'vitest';
import { COMMAND, OPERATOR } from '../../../test/whole-app/world.ts';
import { focused, givenPage, PATIENCE_MS, send, sit } from './given-page.ts';

const current = givenPage();
const channel = 'C0OPS';
const long = Array.from({ length: 60 }, (_, index) => `line ${index}`).join('\n');

describe('who reads a message that is longer than what one sees', () => {
  it('stays at its end through edits, and is led to the beginning of the next', async () => {
    const { open, asBot } = current();
    const { ts } = await asBot('chat.postMessage', { channel, text: 'a card' });
    await asBot('chat.postMessage', { channel, text: `very long\n${long}` });
    const tab = await open('U0AUDIT');
    const list = tab.locator('.messages');
    const left = () => list.evaluate((one) => one.scrollHeight - one.scrollTop - one.clientHeight);
    await tab.getByText('very long').waitFor();
    expect(await left()).toBeGreaterThan(300);
    await list.evaluate((one) => one.scrollTo(0, one.scrollHeight));
    await expect.poll(left, { timeout: PATIENCE_MS }).toBeLessThan(2);
    await asBot('chat.update', { channel, ts, text: 'a card, edited\nwith more to read' });
    await tab.getByText('a card, edited').waitFor({ state: 'attached' });
    expect(await left()).toBeLessThan(2);

    await asBot('chat.postMessage', { channel, text: `the next one\n${long}` });
    const next = tab.getByRole('article').filter({ hasText: 'the next one' });
    await next.waitFor();
    const top = async () => ((await next.boundingBox())?.y ?? 0) - ((await list.boundingBox())?.y ?? 0);
    await expect.poll(top, { timeout: PATIENCE_MS }).toBeLessThan(20);
  });
});

describe('messages of one second', () => {
  it('stand in the order in which they came', async () => {
    const { open, asBot } = current();
    const words = ['came 1', 'came 2', 'came 3', 'came 4', 'came 5', 'came 6'];
    for (const [index, text] of words.entries()) {
      if (index % 2 === 0) await asBot('chat.postEphemeral', { channel, user: OPERATOR, text });
      else await asBot('chat.postMessage', { channel, text });
    }
    const tab = await open(OPERATOR);
    const came = tab.getByRole('article').filter({ hasText: /came \d/ });
    await came.nth(5).waitFor();
    const seen = (await came.allTextContents()).map((text) => /came \d/.exec(text)?.[0]);
    expect(seen).toEqual(words);
  });
});

describe('a mention of a channel', () => {
  it('leads there', async () => {
    const { open, asBot } = current();
    const tab = await open(OPERATOR);
    await asBot('chat.postMessage', { channel: OPERATOR, text: `asked in <#${channel}>` });
    await tab.getByRole('button', { name: 'Messages' }).click();
    await tab.getByRole('button', { name: '#ops-transfers' }).click();
    await tab.getByRole('heading', { name: '# ops-transfers' }).waitFor();
    await focused(tab.locator('#composer'));
  });
});

describe('threads', () => {
  it('give the focus back, and leave the other side as it was', async () => {
    const { open, asBot } = current();
    const tab = await open(OPERATOR);
    const { ts } = await asBot('chat.postMessage', { channel, text: 'head of it' });
    await asBot('chat.postMessage', { channel, text: 'a reply', thread_ts: ts });
    await tab.getByRole('button', { name: 'AWS calls' }).click();
    const head = tab.getByRole('article').filter({ hasText: 'head of it' });
    const replies = head.getByRole('button', { name: '1 reply' });
    await replies.click();
    const thread = tab.getByRole('region', { name: 'Thread', exact: true });
    await thread.getByText('a reply').waitFor();
    expect(await tab.getByRole('button', { name: 'AWS calls' }).isVisible()).toBe(false);
    await tab.keyboard.press('Escape');
    await thread.waitFor({ state: 'detached' });
    await focused(replies);
    expect(await tab.getByRole('button', { name: 'AWS calls' }).getAttribute('aria-current')).toBe('true');
  });

  it('give way to the other side on a phone', async () => {
    const { open, asBot } = current();
    const tab = await open(OPERATOR, { viewport: { width: 390, height: 844 } });
    const { ts } = await asBot('chat.postMessage', { channel, text: 'head on a phone' });
    await asBot('chat.postMessage', { channel, text: 'reply on a phone', thread_ts: ts });
    const head = tab.getByRole('article').filter({ hasText: 'head on a phone' });
    await head.getByRole('button', { name: '1 reply' }).click();
    await tab.getByText('reply on a phone').waitFor();
    await tab.getByRole('button', { name: 'The other side' }).click();
    await tab.getByRole('region', { name: 'First steps' }).waitFor();
    expect(await tab.getByText('reply on a phone').count()).toBe(0);
  });
});

describe('the focus', () => {
  it('stays with the card whose button went away', async () => {
    const { world, open } = current();
    const arn = world.execution({ name: 'loses-its-button' });
    const tab = await open(OPERATOR);
    await send(tab, `${COMMAND} ${arn} 30MiB/s`);
    const card = tab.getByRole('article').filter({ hasText: `${arn.slice(-22)}account` });
    await card.getByRole('button', { name: 'Cancel' }).click();
    await tab.getByRole('dialog').getByRole('button', { name: 'Cancel the request' }).click();
    await card.getByText('Cancelled', { exact: true }).waitFor();
    await focused(card);
  });

  it('comes back to the card after a review', async () => {
    const { world, open } = current();
    const arn = world.execution({ name: 'reviewed' });
    await world.ask(arn);
    const tab = await open('U0LEAD');
    const card = tab.getByRole('article').filter({ hasText: `${arn.slice(-22)}account` });
    await card.getByRole('button', { name: 'Review' }).click();
    const modal = tab.getByRole('dialog', { name: 'Review the limit' });
    await modal.getByRole('radio', { name: 'Approve' }).check();
    await modal.getByRole('button', { name: 'Decide' }).click();
    await card.getByText('In force', { exact: true }).first().waitFor();
    await focused(card);
  });

  it('comes back to the card though its button went away while the form was open', async () => {
    const { world, open } = current();
    const arn = world.execution({ name: 'decided-elsewhere' });
    const message = await world.ask(arn);
    const tab = await open('U0LEAD');
    const card = tab.getByRole('article').filter({ hasText: `${arn.slice(-22)}account` });
    await card.getByRole('button', { name: 'Review' }).click();
    const modal = tab.getByRole('dialog', { name: 'Review the limit' });
    await modal.getByRole('radio', { name: 'Approve' }).waitFor();
    await world.approve('U0LEAD2', message);
    await card.getByText('In force', { exact: true }).first().waitFor();
    await modal.getByRole('button', { name: 'Not now' }).click();
    await modal.waitFor({ state: 'detached' });
    await focused(card);
  });
});

describe('the call log', () => {
  it('has the newest call in sight at the top, whatever was scrolled before', async () => {
    const { world, open, asBot } = current();
    for (let index = 0; index < 20; index += 1) await asBot('chat.postMessage', { channel, text: `call ${index}` });
    world.execution({ name: 'one-more' });
    world.execution({ name: 'and-another' });
    const tab = await open(OPERATOR);
    const list = tab.getByRole('region', { name: 'Slack calls' });
    await tab.getByRole('button', { name: 'Slack calls' }).click();
    await list.evaluate((one) => one.scrollTo(0, 400));
    await tab.getByRole('button', { name: 'Transfers', exact: true }).click();
    await tab.getByRole('button', { name: 'Slack calls' }).click();
    expect(await list.evaluate((one) => one.scrollTop)).toBe(0);
    await asBot('chat.postEphemeral', { channel, user: OPERATOR, text: 'the newest' });
    const newest = list.getByRole('row').filter({ hasText: 'chat.postEphemeral' }).first();
    await newest.waitFor();
    expect(await list.evaluate((one) => one.scrollTop)).toBe(0);
  });
});

describe('people', () => {
  it('have their direct messages from the start, and their own drafts', async () => {
    const { open } = current();
    const tab = await open(OPERATOR);
    await focused(tab.locator('#composer'));
    expect(await tab.getByRole('navigation', { name: 'Channels' }).getByRole('button').count()).toBe(3);
    await tab.locator('#composer').fill('Olga’s own');
    await sit(tab, 'Lena');
    expect(await tab.locator('#composer').inputValue()).toBe('');
    await tab.locator('#composer').fill('Lena’s own');
    await tab.getByRole('button', { name: 'Messages' }).click();
    expect(await tab.locator('#composer').inputValue()).toBe('');
    await sit(tab, 'Olga');
    await tab.getByRole('button', { name: 'ops-transfers' }).click();
    expect(await tab.locator('#composer').inputValue()).toBe('Olga’s own');
  });

  it('act as who they have chosen to be, at once', async () => {
    const { world, open } = current();
    const tab = await open(OPERATOR);
    const before = [OPERATOR, 'U0LEAD'].map((id) => world.slack.as(id).ephemerals().length);
    // No news comes in for the new seat.
    await tab.routeWebSocket('**/live**', () => {});
    await tab.getByRole('radio', { name: /^Lena/ }).check();
    await send(tab, `${COMMAND} help`);
    await world.slack.until(() => world.slack.as('U0LEAD').ephemerals().length > (before[1] ?? 0));
    expect(world.slack.as(OPERATOR).ephemerals()).toHaveLength(before[0] ?? 0);
  });

  it('whom nobody knows are taken for the operator', async () => {
    const { open } = current();
    const tab = await open('U0NOBODY');
    await tab.locator(`main[data-me="${OPERATOR}"]`).waitFor();
    await expect.poll(() => tab.url(), { timeout: PATIENCE_MS }).toContain(`as=${OPERATOR}`);
  });
});

describe('the Home tab', () => {
  it('says that it is being opened, and that the app has not answered', async () => {
    const { world, open } = current();
    const tab = await open('U0LEAD2');
    world.slack.connectBot({ requestUrl: 'http://127.0.0.1:1/' });
    await tab.getByRole('button', { name: 'Home' }).click();
    await tab.getByText('The app has not answered yet.').waitFor();
    world.slack.connectBot({ requestUrl: `http://127.0.0.1:${world.bots[0]?.port}/slack/events` });
    await tab.getByRole('button', { name: 'Home' }).click();
    await tab.getByText('For you to decide').waitFor();
  });
});

describe('many tabs', () => {
  it('all work, in one browser too', async () => {
    const { open, url, asBot } = current();
    const tab = await open(OPERATOR);
    const tabs = [tab];
    for (let index = 0; index < 6; index += 1) {
      const next = await tab.context().newPage();
      await next.goto(`${url}?as=${OPERATOR}`);
      await next.locator('#composer').waitFor({ timeout: PATIENCE_MS });
      tabs.push(next);
    }
    await asBot('chat.postMessage', { channel, text: 'in all of them' });
    for (const one of tabs) await one.getByText('in all of them').waitFor({ timeout: PATIENCE_MS });
  }, 180_000);
});

describe('a command that could not be sent', () => {
  it('is there again, with the reason', async () => {
    const { open } = current();
    const tab = await open(OPERATOR);
    // As it is for a page whose server is gone, without the browser's own complaint about it.
    await tab.evaluate('fetch = () => Promise.reject(new TypeError("Failed to fetch"))');
    await send(tab, `${COMMAND} help`);
    await tab.getByText(/Not sent: The demo did not answer/).waitFor();
    expect(await tab.locator('#composer').inputValue()).toBe(`${COMMAND} help`);
  });
});
