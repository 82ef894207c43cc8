import { describe, expect, it } from 'vitest';
import { COMMAND, OPERATOR } from '../whole-app/world.ts';
import { focused, givenPage, PATIENCE_MS, send } from './given-page.ts';

const current = givenPage();

describe('the other side', () => {
  it('starts, queues and finishes executions', async () => {
    const { world, open } = current();
    const tab = await open(OPERATOR);
    const rows = tab
      .getByRole('list')
      .filter({ has: tab.getByRole('heading', { name: 'nightly-archive' }) })
      .getByRole('listitem');
    await tab.getByRole('button', { name: 'Start', exact: true }).click();
    const started = rows.filter({ hasText: 'media-masters' });
    await started.getByText('TRANSFERRING').waitFor();
    await tab.getByRole('button', { name: 'Queue' }).click();
    const queued = rows.filter({ hasText: 'QUEUED' });
    await queued.waitFor();
    await started.getByRole('button', { name: 'Finish' }).click();
    await started.getByText('SUCCESS').waitFor();
    expect(
      world.aws
        .executions()
        .map(({ status }) => status)
        .sort(),
    ).toEqual(['QUEUED', 'SUCCESS', 'TRANSFERRING']);
  });

  it('writes the command for an execution into the composer', async () => {
    const { world, open } = current();
    const tab = await open(OPERATOR);
    await tab.getByRole('button', { name: 'Throttle …' }).first().click();
    expect(await tab.locator('#composer').inputValue()).toBe(`${COMMAND} ${world.arn} `);
    await focused(tab.locator('#composer'));
  });

  it.each([
    ['Hangs', 'hang'],
    ['Throttles', 'ThrottlingException'],
  ])('lets AWS fail: %s', async (name, outcome) => {
    const { world, open } = current();
    const tab = await open(OPERATOR);
    await tab.getByRole('button', { name }).click();
    await tab.getByRole('button', { name: new RegExp(`^${name} \\d+ s`) }).waitFor();
    await send(tab, `${COMMAND} ${world.arn} 60MiB/s`);
    await tab.getByRole('button', { name: 'AWS calls' }).click();
    await tab.getByRole('row').filter({ hasText: outcome }).first().waitFor();
  });

  it('lets AWS be well again by itself', async () => {
    const { world, open } = current();
    const tab = await open(OPERATOR);
    await tab.getByRole('button', { name: 'Throttles', exact: true }).waitFor({ timeout: PATIENCE_MS + 5000 });
    await send(tab, `${COMMAND} ${world.arn} 61MiB/s`);
    await tab.getByText(/Waiting for 1 approval/).waitFor();
  });
});
