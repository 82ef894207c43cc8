import { describe, expect, it } from 'vitest';
import { COMMAND, OPERATOR } from '../../../test/whole-app/world.ts';
import { givenPage, PATIENCE_MS, send, sit } from './given-page.ts';

const current = givenPage();

describe('the guide', () => {
  it('ticks nothing off that has not happened', async () => {
    const { world, open } = current();
    const { arn } = world;
    const tab = await open('U0GUEST');
    const steps = tab.getByRole('region', { name: 'First steps' }).getByRole('listitem');
    const done = async () => (await steps.filter({ hasText: '(done)' }).allTextContents()).join();
    const privately = tab.getByRole('article').filter({ hasText: 'Only visible to you' });
    await send(tab, `${COMMAND} audit`);
    await privately.first().waitFor();
    await sit(tab, 'Olga');
    await send(tab, `${COMMAND} help`);
    await privately.first().waitFor();
    expect(await done()).toBe('');

    await send(tab, `${COMMAND} ${arn} 25MiB/s`);
    await expect.poll(done, { timeout: PATIENCE_MS }).toContain('Ask');
    await sit(tab, 'Lena');
    await expect.poll(done, { timeout: PATIENCE_MS }).toContain('Take');
    const card = tab.getByRole('article').filter({ hasText: `${arn.slice(-22)}account` });
    await card.getByRole('button', { name: 'Review' }).click();
    const modal = tab.getByRole('dialog', { name: 'Review the limit' });
    await modal.getByRole('radio', { name: 'Deny' }).check();
    await modal.getByLabel('Comment').fill('not now');
    await modal.getByRole('button', { name: 'Decide' }).click();
    await card.getByText('Denied').first().waitFor();
    expect(await done()).not.toContain('Review');

    await sit(tab, 'Ada');
    await send(tab, `${COMMAND} audit`);
    await expect.poll(done, { timeout: PATIENCE_MS }).toContain('Look up');
  });
});

describe('its help', () => {
  it('writes about a transfer that runs, or says that none does', async () => {
    const { world, open } = current();
    // Nobody has asked on this page yet.
    const { startPage } = await import('../../page/start-page.ts');
    const page = await startPage({ world, redis: { ours: false, url: '', close: async () => {} } });
    const tab = await open(OPERATOR);
    const elsewhere = await tab.context().newPage();
    await elsewhere.goto(page.url);
    const guide = elsewhere.getByRole('region', { name: 'First steps' });
    const other = world.execution({ name: 'still-running' });
    world.aws.finish(world.arn, 'SUCCESS');
    await guide.getByRole('button', { name: 'Write it for me' }).click();
    await expect.poll(() => elsewhere.locator('#composer').inputValue(), { timeout: PATIENCE_MS }).toContain(other);
    world.aws.finish(other, 'SUCCESS');
    await guide.getByText('No transfer is running: start a transfer below.').waitFor({ timeout: PATIENCE_MS });
    expect(await guide.getByRole('button', { name: 'Write it for me' }).count()).toBe(0);
    // Where one sees one side only, it stands above the composer.
    const next = elsewhere.getByRole('region', { name: 'Next step' });
    expect(await next.isVisible()).toBe(false);
    await elsewhere.setViewportSize({ width: 390, height: 844 });
    await next.getByText('Ask for a lower limit').waitFor();
    await page.stop();
    // Each demo has an address of its own.
    await elsewhere.getByRole('alert').filter({ hasText: 'open the address that it prints' }).waitFor();
  });
});
