import { once } from 'node:events';
import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import { COMMAND, OPERATOR } from '../../../test/whole-app/world.ts';
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
    const started = rows.filter({ hasText: 'lab-results' });
    await rows.first().filter({ hasText: 'lab-results' }).waitFor();
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
    await tab.getByRole('button', { name: 'AWS calls' }).click();
    const trouble = tab.getByRole('button', { name: new RegExp(`^${name}`) });
    const failed = tab.getByRole('row').filter({ hasText: outcome }).first();
    // It is over by itself after 10 s, which may pass on a busy machine before AWS is asked: then once more.
    await expect
      .poll(
        async () => {
          await trouble.click();
          await tab.getByRole('button', { name: new RegExp(`^${name} \\d+ s`) }).waitFor();
          await send(tab, `${COMMAND} ${world.execution({ name: 'in-trouble' })} 60MiB/s`);
          return failed.waitFor({ timeout: 9_000 }).then(
            () => true,
            () => false,
          );
        },
        { timeout: 80_000 },
      )
      .toBe(true);
  });

  it('lets AWS be well again by itself', async () => {
    const { world, open } = current();
    const tab = await open(OPERATOR);
    await tab.getByRole('button', { name: 'Throttles', exact: true }).waitFor({ timeout: PATIENCE_MS + 5000 });
    await send(tab, `${COMMAND} ${world.arn} 61MiB/s`);
    const card = tab.getByRole('article').filter({ hasText: `${world.arn.slice(-22)}account` });
    await card.getByText(/Waiting for 1 approval/).waitFor();
  });
});

describe('Redis', () => {
  it('keeps the focus on its switch, and says why it did not start', async () => {
    const { open, redis, complaints } = current();
    const tab = await open(OPERATOR);
    await tab.getByRole('button', { name: 'Stop Redis' }).focus();
    await tab.keyboard.press('Enter');
    const start = tab.getByRole('button', { name: 'Start Redis' });
    await start.waitFor();
    await focused(start);
    const squatter = createServer().listen(redis.port, '127.0.0.1');
    await once(squatter, 'listening');
    await tab.keyboard.press('Enter');
    await tab.getByRole('alert').filter({ hasText: 'The local Redis ended at once' }).waitFor();
    await focused(start);
    // The page server's 500, and the console's word about it.
    await expect.poll(() => complaints.length, { timeout: PATIENCE_MS }).toBe(2);
    expect(complaints.splice(0).join()).toMatch(/500 .*\/control/);
    squatter.close();
    await once(squatter, 'close');
    await tab.keyboard.press('Enter');
    await tab.getByRole('button', { name: 'Stop Redis' }).waitFor();
  });
});
