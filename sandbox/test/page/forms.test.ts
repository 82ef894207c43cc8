import type { Locator, Page as Tab } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { COMMAND, LEAD, OPERATOR } from '../../../test/whole-app/world.ts';
import { atRest, focused, givenPage, PATIENCE_MS, send } from './given-page.ts';

const current = givenPage();

async function askForm(tab: Tab): Promise<Locator> {
  await send(tab, COMMAND);
  const modal = tab.getByRole('dialog', { name: 'Ask for a limit' });
  await modal.waitFor();
  return modal;
}

/** Opens the search form of an audit answer, as a lead who may read the log. */
async function filterForm(tab: Tab): Promise<Locator> {
  await send(tab, `${COMMAND} audit`);
  await tab.getByRole('button', { name: 'Filter…' }).last().click();
  const modal = tab.getByRole('dialog');
  await modal.getByLabel('In the channel').waitFor();
  return modal;
}

describe('a list that searches', () => {
  it('has nothing to pick until the answer to what is typed is in', async () => {
    const { world, open } = current();
    const [first, second] = [world.execution({ name: 'alpha-copy' }), world.execution({ name: 'beta-copy' })];
    const tab = await open(OPERATOR);
    const modal = await askForm(tab);
    const search = modal.getByRole('combobox');
    await search.fill('alpha');
    await modal.getByRole('option', { name: /alpha-copy/ }).waitFor();
    // From here on no answer comes in until it is let through.
    let letThrough = () => {};
    const held = new Promise<void>((resolve) => {
      letThrough = resolve;
    });
    await tab.route('**/act', async (route) => {
      await held;
      await route.continue();
    });
    await search.fill('beta');
    await search.press('Enter');
    expect(await modal.getByRole('option').count()).toBe(0);
    expect(await search.inputValue()).toBe('beta');
    letThrough();
    await modal.getByRole('option', { name: /beta-copy/ }).waitFor();
    await search.press('Enter');
    await modal.getByText('Limit in force', { exact: true }).waitFor();
    await expect.poll(() => search.inputValue(), { timeout: PATIENCE_MS }).toContain('beta-copy');
    expect(first).not.toBe(second);
    await tab.unroute('**/act');
  });

  it('lies over what stands below', async () => {
    const { open } = current();
    const tab = await open(OPERATOR);
    const modal = await askForm(tab);
    await modal.getByLabel('New limit').waitFor();
    await atRest(tab);
    const before = await modal.boundingBox();
    await modal.getByRole('combobox').press('ArrowDown');
    await modal.getByRole('option').first().waitFor();
    expect(await modal.boundingBox()).toEqual(before);
  });

  it('has the marked option stand out, the mouse over it or not', async () => {
    const { open } = current();
    const tab = await open(OPERATOR);
    const modal = await askForm(tab);
    await modal.getByRole('combobox').press('ArrowDown');
    const marked = modal.getByRole('option', { selected: true });
    await marked.waitFor();
    const ground = () =>
      tab.evaluate('getComputedStyle(document.querySelector("[aria-selected=true]")).backgroundColor');
    const plain = await ground();
    await marked.hover();
    expect(await ground()).toBe(plain);
  });
});

describe('the form that searches the audit log', () => {
  it('offers the channels, and finds by one', async () => {
    const { world, open } = current();
    await world.ask(world.execution({ name: 'in-a-channel' }));
    const tab = await open(LEAD);
    const modal = await filterForm(tab);
    expect(await modal.getByText('can’t show').count()).toBe(0);
    await modal.getByLabel('In the channel').selectOption({ label: '#ops-transfers' });
    await modal.getByRole('button', { name: 'Search' }).click();
    await modal.getByText(/audit records? of .*newest first/).waitFor();
  });

  it('lets what was chosen be taken back', async () => {
    const { world, open } = current();
    await world.ask(world.execution({ name: 'taken-back' }));
    const tab = await open(LEAD);
    const modal = await filterForm(tab);
    const who = modal.getByLabel('Who asked or decided');
    await who.selectOption({ label: 'Gus Guest' });
    await who.selectOption('');
    await modal.getByRole('button', { name: 'Search' }).click();
    await modal.getByText(/audit records? of .*newest first/).waitFor();
  });

  it('gives way to its answer, which begins at its beginning and has the focus', async () => {
    const { world, open } = current();
    await world.ask(world.execution({ name: 'at-the-beginning' }));
    const tab = await open(LEAD, { viewport: { width: 1280, height: 480 } });
    const modal = await filterForm(tab);
    await modal.getByLabel('Up to this day, included').scrollIntoViewIfNeeded();
    await modal.getByRole('button', { name: 'Search' }).click();
    await modal.getByText(/audit records? of .*newest first/).waitFor();
    const body = modal.locator('.body');
    await focused(body);
    expect(await body.evaluate((element) => element.scrollTop)).toBe(0);
  });
});

describe('what is missing', () => {
  it('gets the focus, a group of choices as well', async () => {
    const { world, open } = current();
    const arn = world.execution({ name: 'undecided' });
    await world.ask(arn);
    const tab = await open(LEAD);
    const card = tab.getByRole('article').filter({ hasText: `${arn.slice(-22)}account` });
    await card.getByRole('button', { name: 'Review' }).click();
    const modal = tab.getByRole('dialog', { name: 'Review the limit' });
    await modal.getByRole('radio', { name: 'Approve' }).waitFor();
    await modal.getByRole('button', { name: 'Decide' }).click();
    await modal.locator('.error').waitFor();
    await focused(modal.getByRole('radio', { name: 'Approve' }));
  });
});
