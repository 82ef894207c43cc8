import { describe, expect, it } from 'vitest';
import { COMMAND, LEAD, MiB, OPERATOR } from '../../../test/whole-app/world.ts';
import { givenPage, PATIENCE_MS, searchFor, send, sit } from './given-page.ts';

const current = givenPage();

describe('the whole story, by the page alone', () => {
  it('is asked, reviewed, set, seen in the curve and looked up, and the guide ticks itself off', async () => {
    const { world, open } = current();
    const { arn, aws } = world;
    const tab = await open(OPERATOR);
    const steps = tab.getByRole('region', { name: 'First steps' }).getByRole('listitem');
    const done = () => steps.filter({ hasText: '(done)' }).count();
    expect(await done()).toBe(0);

    await tab.locator('#composer').pressSequentially('/dat');
    await tab.locator('#composer').press('Enter');
    await tab.locator('#composer').pressSequentially('night');
    await tab.locator('#composer').press('Enter');
    await tab.locator('#composer').pressSequentially('25MiB/s for 2h call at nine');
    await tab.locator('#composer').press('Enter');
    const card = tab.getByRole('article').filter({ hasText: arn.slice(-22) });
    await card.getByText('Waiting for 1 approval').waitFor();
    await tab.getByRole('article').filter({ hasText: 'Only visible to you' }).filter({ hasText: 'Asked' }).waitFor();
    await expect.poll(done, { timeout: PATIENCE_MS }).toBe(1);

    await sit(tab, 'Lena');
    await expect.poll(() => tab.getByText('Only visible to you').count(), { timeout: PATIENCE_MS }).toBe(0);
    await expect.poll(done, { timeout: PATIENCE_MS }).toBe(2);
    await card.getByRole('button', { name: 'Review' }).click();
    const modal = tab.getByRole('dialog', { name: 'Review the limit' });
    await modal.getByRole('radio', { name: 'Approve' }).check();
    await modal.getByLabel('Comment').fill('go on');
    await modal.getByRole('button', { name: 'Decide' }).click();
    await modal.waitFor({ state: 'detached' });
    await card.getByText('In force', { exact: true }).first().waitFor();
    expect(aws.execution(arn).bytesPerSecond).toBe(25 * MiB);

    const curve = tab.getByRole('img', { name: /^nightly-archive: 25 MiB\/s measured, limit 25 MiB\/s/ });
    await curve.waitFor();
    // In units of the drawing, downwards: what flows now lies well below what flowed before.
    const fallen = async () => {
      const points = (await curve.locator('polyline').getAttribute('points')) ?? '';
      const heights = points.split(' ').map((point) => Number(point.split(',')[1]));
      return (heights.at(-1) ?? 0) - Math.min(...heights);
    };
    await expect.poll(fallen, { timeout: PATIENCE_MS }).toBeGreaterThan(20);
    await expect.poll(done, { timeout: PATIENCE_MS }).toBe(4);

    await sit(tab, 'Ada');
    await send(tab, `${COMMAND} audit`);
    const answer = tab.getByRole('article').filter({ hasText: 'Only visible to you' });
    await answer.getByText('approved', { exact: true }).waitFor();
    await tab.getByText('All seen.').waitFor();

    await tab.getByRole('button', { name: 'AWS calls' }).click();
    await tab.getByRole('row', { name: /UpdateTaskExecution BytesPerSecond=26214400/ }).waitFor();
    await tab.getByRole('button', { name: 'Slack calls' }).click();
    await tab
      .getByRole('row', { name: /chat.update #ops-transfers/ })
      .first()
      .waitFor();
  });

  it('tells the requester privately why they can’t approve their own request', async () => {
    const { world, open } = current();
    const arn = world.execution({ name: 'own-request' });
    // An operator who is a lead as well: the rule against oneself is what is left.
    world.slack.setGroup('S0LEADS', ['U0LEAD', 'U0LEAD2', OPERATOR]);
    const tab = await open(OPERATOR);
    await send(tab, `${COMMAND} ${arn} 20MiB/s`);
    const card = tab.getByRole('article').filter({ hasText: `${arn.slice(-22)}account` });
    await card.getByRole('button', { name: 'Review' }).click();
    const modal = tab.getByRole('dialog');
    await modal.getByText(/You may not decide .* you asked for it yourself/).waitFor();
    await tab.keyboard.press('Escape');
    await modal.waitFor({ state: 'detached' });
    expect(await card.getByText('0 of 1').count()).toBe(1);
    const other = await open(LEAD);
    await other
      .getByRole('article')
      .filter({ hasText: arn.slice(-22) })
      .first()
      .waitFor();
    expect(await other.getByText('Only visible to you').count()).toBe(0);
  });

  it('shows in the request modal what is wrong under its field, and keeps what was typed', async () => {
    const { world, open } = current();
    const arn = world.execution({ name: 'weekly-report' });
    const tab = await open(OPERATOR);
    await send(tab, COMMAND);
    const modal = tab.getByRole('dialog', { name: 'Ask for a limit' });
    const search = modal.getByRole('combobox', { name: 'Task execution' });
    await searchFor(search, 'weekly', modal.getByRole('option', { name: /weekly-report/ }));
    await search.press('Enter');
    await modal.getByText('Limit in force', { exact: true }).waitFor();
    await modal.getByLabel('New limit').fill('fast');
    await modal.getByLabel('Reason').fill('the report can wait');
    await modal.getByLabel('Reason').press('Tab');
    await modal.getByRole('button', { name: 'Ask' }).click();
    const rate = modal.getByLabel('New limit');
    await expect.poll(() => rate.getAttribute('aria-invalid'), { timeout: PATIENCE_MS }).toBe('true');
    const described = (await rate.getAttribute('aria-describedby'))?.split(' ') ?? [];
    expect(await modal.locator(`[id="${described[0]}"]`).textContent()).toContain('fast');
    expect(await modal.getByLabel('Reason').inputValue()).toBe('the report can wait');

    await rate.fill('40MiB/s');
    await modal.getByRole('button', { name: 'Ask' }).click();
    await modal.waitFor({ state: 'detached' });
    await tab
      .getByRole('article')
      .filter({ hasText: arn.slice(-22) })
      .first()
      .waitFor();
  });

  it('goes on after Redis was stopped and started again from the panel while a request is open', async () => {
    const { world, open } = current();
    const arn = world.execution({ name: 'through-the-outage' });
    const tab = await open(OPERATOR);
    await send(tab, `${COMMAND} ${arn} 30MiB/s`);
    const card = tab.getByRole('article').filter({ hasText: `${arn.slice(-22)}account` });
    await card.getByText('Waiting for 1 approval').waitFor();

    await tab.getByRole('button', { name: 'Stop Redis' }).click();
    const restart = tab.getByRole('button', { name: 'Start Redis' });
    await restart.waitFor();
    await sit(tab, 'Lena');
    const privately = tab.getByRole('article').filter({ hasText: 'Only visible to you' });
    const before = await privately.count();
    await send(tab, `${COMMAND} requests`);
    await privately.nth(before).waitFor();

    await restart.click();
    await tab.getByRole('button', { name: 'Stop Redis' }).waitFor();
    await expect
      .poll(
        async () => {
          await card.getByRole('button', { name: 'Review' }).click();
          const modal = tab.getByRole('dialog');
          await modal.waitFor();
          const isReady = await modal
            .getByRole('radio', { name: 'Approve' })
            .waitFor({ timeout: 3000 })
            .then(
              () => true,
              () => false,
            );
          if (isReady) return true;
          await tab.keyboard.press('Escape');
          await modal.waitFor({ state: 'detached' });
          return false;
        },
        { timeout: 3 * PATIENCE_MS },
      )
      .toBe(true);
    await tab.getByRole('radio', { name: 'Approve' }).check();
    await tab.getByRole('button', { name: 'Decide' }).click();
    await card.getByText('In force', { exact: true }).first().waitFor();
    expect(world.aws.execution(arn).bytesPerSecond).toBe(30 * MiB);
  });
});

describe('how quick it is', () => {
  it('is measured, and not asserted', async () => {
    const { world, open, asBot, ready } = current();
    const tab = await open(LEAD);
    const taken: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const words = `measured ${round}`;
      const seen = tab.evaluate<number>(`new Promise((resolve) => {
        const look = () => document.body.textContent.includes('${words}') && resolve(Date.now());
        new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true });
      })`);
      await asBot('chat.postMessage', { channel: 'C0OPS', text: words });
      const call = world.slack.calls.findLast(({ method }) => method === 'chat.postMessage');
      taken.push((await seen) - (call?.at ?? 0));
    }
    console.log(
      `page served ${Math.round(ready.servedMs)} ms and seen ${Math.round(ready.seenMs)} ms after the bot was ready`,
    );
    console.log(`message on the page ${taken.join(', ')} ms after the bot's call`);
    expect(taken).toHaveLength(5);
  });
});
