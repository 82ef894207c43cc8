import { describe, expect, it } from 'vitest';
import { COMMAND, MiB, OPERATOR } from '../../../test/whole-app/world.ts';
import { givenPage, PATIENCE_MS, send, sit } from './given-page.ts';

const current = givenPage();

describe('a limit for a while, by the page alone', () => {
  it('counts down on its card, stands in the list and on the Home tab, and goes back at a click', async () => {
    const { world, open } = current();
    const { arn, aws } = world;
    const tab = await open(OPERATOR);
    await send(tab, `${COMMAND} ${arn} 25MiB/s for 2h call at nine`);
    const card = tab.getByRole('article').filter({ hasText: `${arn.slice(-22)}account` });
    await card.getByText('Waiting for 1 approval').waitFor();

    await sit(tab, 'Lena');
    await tab.getByRole('button', { name: 'Home' }).click();
    await tab.getByRole('main').getByRole('button', { name: 'Review' }).click();
    const modal = tab.getByRole('dialog', { name: 'Review the limit' });
    await modal.getByRole('radio', { name: 'Approve' }).check();
    await modal.getByRole('button', { name: 'Decide' }).click();
    await modal.waitFor({ state: 'detached' });
    await tab.getByRole('button', { name: 'ops-transfers' }).click();
    await card
      .getByText(/in about (1 h 59 min|2 h)/)
      .first()
      .waitFor();
    await card.getByText('back to 100 MiB/s (839 Mbit/s)').first().waitFor();
    expect(aws.execution(arn).bytesPerSecond).toBe(25 * MiB);

    await sit(tab, 'Olga');
    await send(tab, `${COMMAND} list`);
    const list = tab.getByRole('article').filter({ hasText: 'Only visible to you' }).filter({ hasText: 'Refresh' });
    await list.first().getByText('nightly-archive').first().waitFor();
    await tab.getByRole('button', { name: 'Home' }).click();
    await tab
      .getByRole('main')
      .getByText(/back to 100 MiB\/s/)
      .first()
      .waitFor();

    await tab.getByRole('button', { name: 'ops-transfers' }).click();
    await card.getByRole('button', { name: 'Revert now' }).click();
    const confirm = tab.getByRole('dialog');
    await confirm.getByRole('button').first().waitFor();
    await confirm.getByRole('button', { name: 'Revert now' }).click();
    await expect.poll(() => card.innerText(), { timeout: PATIENCE_MS }).toContain('Set back to 100 MiB/s (839 Mbit/s)');
    expect(aws.execution(arn).bytesPerSecond).toBe(100 * MiB);
  });
});
