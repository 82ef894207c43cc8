import { expect, it } from 'vitest';
import { MiB, OPERATOR, type TestWorld } from '../../../test/whole-app/world.ts';
import { givenPage, PATIENCE_MS } from './given-page.ts';

const current = givenPage();

/** Two executions that share 60 MiB/s. */
function aLink({ aws }: TestWorld, name: string): string[] {
  const tasks = ['films', 'scans'].map((task) =>
    aws.addTask({ name: `${name}-${task}`, account: '111122223333', region: 'us-east-1' }),
  );
  aws.addWire({ name, capacity: 60 * MiB, tasks });
  return tasks.map((task) => aws.startExecution(task, { bytes: 1e6 * MiB, status: 'TRANSFERRING' }));
}

it('shows what each takes of the capacity, and who takes over what one leaves', async () => {
  const { world, open } = current();
  const tab = await open(OPERATOR);
  expect(await tab.getByRole('region', { name: /^Link/ }).count()).toBe(0);
  const [, second = ''] = aLink(world, 'leeds');
  const panel = tab.getByRole('region', { name: 'Link leeds' });
  await panel.getByText('60 MiB/s of 60 MiB/s').waitFor();
  const chart = panel.getByRole('img');
  const told = () => chart.getAttribute('aria-label');
  expect(await told()).toBe('leeds: capacity 60 MiB/s; leeds-films 30 MiB/s, leeds-scans 30 MiB/s');

  world.aws.finish(second, 'SUCCESS');
  await expect
    .poll(told, { timeout: PATIENCE_MS })
    .toBe('leeds: capacity 60 MiB/s; leeds-films 60 MiB/s, leeds-scans 0 MiB/s');
  expect(await panel.getByRole('listitem').allTextContents()).toEqual(['leeds-films 60 MiB/s', 'leeds-scans 0 MiB/s']);
});

it('draws the rates one upon the other, up to the line of the capacity and never above it', async () => {
  const { world, open } = current();
  aLink(world, 'derby');
  const tab = await open(OPERATOR);
  const chart = tab.getByRole('region', { name: 'Link derby' }).getByRole('img');
  const line = Number(await chart.locator('.limit').getAttribute('y1'));
  const floor = Number(await chart.locator('.grid').getAttribute('y1'));
  const heightsOf = async (band: number): Promise<number[]> => {
    const points = (await chart.locator('.band').nth(band).getAttribute('points')) ?? '';
    return points.split(' ').map((point) => Number(point.split(',')[1]));
  };
  const [films, scans] = [await heightsOf(0), await heightsOf(1)];
  // Along the upper edge to this moment, and back along the lower one: it turns around in the middle.
  const nowOf = (heights: number[]) => heights.slice(heights.length / 2 - 1, heights.length / 2 + 1);
  const middle = expect.closeTo((line + floor) / 2, 0);
  expect(nowOf(films)).toEqual([middle, floor]);
  expect(nowOf(scans)).toEqual([line, middle]);
  expect(Math.min(...films, ...scans)).toBe(line);
});

it('stays folded away where somebody has folded it, whatever happens on the link', async () => {
  const { world, open } = current();
  const [first = '', second = ''] = aLink(world, 'york');
  const tab = await open(OPERATOR);
  const panel = tab.getByRole('region', { name: 'Link york' });
  await panel.getByRole('img').waitFor();
  await panel.getByText('Link york').click();
  await panel.getByRole('img').waitFor({ state: 'hidden' });
  world.aws.enter(first, 'CANCELLING');
  world.aws.setLimit(second, 20 * MiB);
  await panel.getByText('20 MiB/s of 60 MiB/s').waitFor();
  expect(await panel.getByRole('img').isVisible()).toBe(false);
});

it('stands beside the controls, as wide as a phone', async () => {
  const { world, open } = current();
  aLink(world, 'a-long-name-of-a-line-between-two-cities-that-are-far-from-each-other');
  const tab = await open(OPERATOR, { viewport: { width: 390, height: 844 } });
  await tab.getByRole('button', { name: 'The other side' }).click();
  const panels = tab.getByRole('region', { name: /^Link/ });
  await panels.last().waitFor();
  for (const panel of await panels.all()) {
    const box = await panel.boundingBox();
    expect([box?.x, box?.width]).toEqual([0, 390]);
  }
  expect(await tab.evaluate('document.documentElement.scrollWidth')).toBe(390);
  // Where both don't fit, what is above it keeps its height, and all of the side scrolls.
  await tab.setViewportSize({ width: 320, height: 640 });
  expect((await tab.getByRole('region', { name: 'Transfers' }).boundingBox())?.height).toBeGreaterThan(150);
  await tab.getByRole('button', { name: 'Stop Redis' }).scrollIntoViewIfNeeded();
  expect(await tab.evaluate('document.documentElement.scrollWidth')).toBe(320);
});
