import { describe, expect, it } from 'vitest';
import { COMMAND, LEAD, OPERATOR } from '../../../test/whole-app/world.ts';
import { focused, givenPage, send } from './given-page.ts';

const current = givenPage();

describe('less motion', () => {
  it('is kept to where the system asks for it', async () => {
    const { open } = current();
    const tab = await open(OPERATOR, { reducedMotion: 'reduce' });
    await send(tab, COMMAND);
    await tab.getByRole('dialog').waitFor();
    expect(await tab.evaluate('document.getAnimations().length')).toBe(0);
  });
});

describe('what is offered above the composer', () => {
  it('can be reached to its first line, however low the window is', async () => {
    const { open } = current();
    const tab = await open(OPERATOR, { viewport: { width: 640, height: 360 } });
    await tab.locator('#composer').pressSequentially(`${COMMAND} `);
    const first = tab.getByRole('listbox', { name: 'What can be typed' }).getByRole('option').first();
    await first.scrollIntoViewIfNeeded();
    const head = await tab.locator('.channel-head').boundingBox();
    expect((await first.boundingBox())?.y).toBeGreaterThan(head?.y ?? 0);
    await tab.getByRole('button', { name: 'The other side' }).click();
    await tab.getByRole('button', { name: 'Stop Redis' }).scrollIntoViewIfNeeded();
    await tab.getByRole('heading', { name: 'nightly-archive' }).first().scrollIntoViewIfNeeded();
    expect((await tab.getByRole('region', { name: 'Transfers' }).boundingBox())?.height).toBeGreaterThan(150);
  });
});

describe('by keyboard alone', () => {
  it('is asked, reviewed and approved', async () => {
    const { world, open } = current();
    const arn = world.execution({ name: 'by-keyboard' });
    const tab = await open(OPERATOR);
    const { keyboard } = tab;
    await tab.locator('#composer').focus();
    await keyboard.type(`${COMMAND} ${arn} 35MiB/s`);
    await keyboard.press('Enter');
    const card = tab.getByRole('article').filter({ hasText: `${arn.slice(-22)}account` });
    await card.waitFor();

    await tab.getByRole('radio', { checked: true }).focus();
    await keyboard.press('ArrowRight');
    await tab.locator(`main[data-me="${LEAD}"]`).waitFor();
    await card.getByRole('button', { name: 'Review' }).focus();
    await keyboard.press('Enter');
    const modal = tab.getByRole('dialog', { name: 'Review the limit' });
    await modal.getByRole('radio', { name: 'Approve' }).waitFor();
    await focused(modal.getByRole('radio', { name: 'Approve' }));
    await keyboard.press('Space');
    await keyboard.press('Tab');
    await keyboard.press('Tab');
    await keyboard.press('Tab');
    await focused(modal.getByRole('button', { name: 'Decide' }));
    await keyboard.press('Enter');
    await modal.waitFor({ state: 'detached' });
    await card.getByText('In force', { exact: true }).first().waitFor();
  });

  it('has Esc close the list first and then the modal, and the focus comes back', async () => {
    const { open, world } = current();
    const tab = await open(OPERATOR);
    await send(tab, COMMAND);
    const modal = tab.getByRole('dialog', { name: 'Ask for a limit' });
    await modal.getByRole('combobox').press('ArrowDown');
    await modal.getByRole('option').first().waitFor();
    await tab.keyboard.press('Escape');
    await modal.getByRole('option').first().waitFor({ state: 'hidden' });
    expect(await modal.isVisible()).toBe(true);
    await tab.keyboard.press('Escape');
    await modal.waitFor({ state: 'detached' });
    expect(world.slack.as(OPERATOR).views()).toEqual([]);
    await focused(tab.locator('#composer'));
  });

  it('shows the focus on whatever has it', async () => {
    const { open } = current();
    const tab = await open(OPERATOR);
    const bare = `(() => {
      const one = document.activeElement;
      if (one === document.body) return '';
      const shown = (part) => part && (getComputedStyle(part).outlineStyle !== 'none' || getComputedStyle(part).boxShadow !== 'none');
      return shown(one) || shown(one.closest('.seat, .box')) ? '' : one.outerHTML.slice(0, 120);
    })()`;
    for (let step = 0; step < 30; step += 1) {
      await tab.keyboard.press('Tab');
      expect(await tab.evaluate(bare)).toBe('');
    }
  });
});

describe('on a phone', () => {
  it.each([
    [390, 844],
    [320, 640],
  ])('fits %i × %i, one side at a time', async (width, height) => {
    const { open } = current();
    const tab = await open(OPERATOR, { viewport: { width, height } });
    const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
    expect(await tab.evaluate(overflow)).toBe(0);
    expect(await tab.getByRole('region', { name: 'First steps' }).isVisible()).toBe(false);
    await tab.getByRole('button', { name: 'The other side' }).click();
    await tab.getByRole('region', { name: 'First steps' }).waitFor();
    expect(await tab.evaluate(overflow)).toBe(0);
    await tab.getByRole('button', { name: 'Slack', exact: true }).click();
    await tab.locator('#composer').waitFor();
  });
});

describe('the page’s server', () => {
  it('lets nothing in from elsewhere, and lets no other site act', async () => {
    const { url } = current();
    const page = await fetch(url);
    expect(page.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; script-src 'self'; style-src 'self';/,
    );
    const body = JSON.stringify({ as: LEAD, act: { do: 'open-home' } });
    const foreign = await fetch(`${url}act`, { method: 'POST', body, headers: { origin: 'http://example.com' } });
    expect(foreign.status).toBe(403);
    expect((await fetch(`${url}act`, { method: 'POST', body: '{"as":"U0NOBODY","act":{}}' })).status).toBe(400);
    expect((await fetch(`${url}nothing`)).status).toBe(404);
  });
});

describe('theme', () => {
  it('follows the system, and the switch', async () => {
    const { open } = current();
    const tab = await open(OPERATOR, { colorScheme: 'dark' });
    const ground = () => tab.evaluate('getComputedStyle(document.body).backgroundColor');
    const dark = await ground();
    await tab.emulateMedia({ colorScheme: 'light' });
    await tab.getByRole('button', { name: 'Use the dark theme' }).waitFor();
    expect(await ground()).not.toBe(dark);
    await tab.getByRole('button', { name: 'Use the dark theme' }).click();
    await expect.poll(ground).toBe(dark);
  });
});
