import axe from 'axe-core';
import type { Page as Tab } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { COMMAND, LEAD, OPERATOR } from '../../../test/whole-app/world.ts';
import { atRest, givenPage, send } from './given-page.ts';

const current = givenPage();

interface Fault {
  id: string;
  impact: string;
  nodes: { html: string; failureSummary: string }[];
}

/** What axe-core finds, by WCAG 2.2 AA and its own best practices. */
async function faultsOf(tab: Tab): Promise<string[]> {
  // In the way that a debugger has: the page's own policy lets no script of another's in.
  await tab.evaluate(axe.source);
  // What is still fading in has another contrast.
  await atRest(tab);
  const { violations } = await tab.evaluate<{ violations: Fault[] }>('axe.run()');
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}\n${node.failureSummary}`));
}

describe.each(['light', 'dark'] as const)('axe-core, in %s', (colorScheme) => {
  it('finds nothing in the channel, in the call log, in the form and in the guide', async () => {
    const { world, open } = current();
    const arn = world.execution({ name: `seen-in-${colorScheme}` });
    const tab = await open(OPERATOR, { colorScheme });
    await tab.locator('#composer').pressSequentially(`${COMMAND} `);
    await tab.getByRole('option').first().waitFor();
    expect(await faultsOf(tab)).toEqual([]);
    await send(tab, `${COMMAND} ${arn} 30MiB/s`);
    await tab
      .getByRole('article')
      .filter({ hasText: arn.slice(-22) })
      .first()
      .waitFor();
    await tab.getByRole('button', { name: 'AWS calls' }).click();
    expect(await faultsOf(tab)).toEqual([]);

    await send(tab, COMMAND);
    const modal = tab.getByRole('dialog', { name: 'Ask for a limit' });
    await modal.getByRole('combobox').press('ArrowDown');
    await modal.getByRole('option').first().waitFor();
    expect(await faultsOf(tab)).toEqual([]);
    await modal.getByRole('combobox').press('Escape');
    await modal.getByRole('button', { name: 'Ask' }).click();
    await modal.locator('.error').first().waitFor();
    expect(await faultsOf(tab)).toEqual([]);
  });

  it('finds nothing on the Home tab, in a thread, in the search of the audit log', async () => {
    const { world, open, asBot } = current();
    await world.ask(world.execution({ name: `home-in-${colorScheme}` }));
    const tab = await open(LEAD, { colorScheme });
    await tab.getByRole('button', { name: 'Home' }).click();
    await tab.getByRole('region', { name: 'Home' }).getByRole('button', { name: 'Review' }).first().waitFor();
    expect(await faultsOf(tab)).toEqual([]);
    await tab.getByRole('button', { name: 'ops-transfers' }).click();
    const { ts } = await asBot('chat.postMessage', { channel: 'C0OPS', text: `head in ${colorScheme}` });
    await asBot('chat.postMessage', { channel: 'C0OPS', text: 'line\n'.repeat(60), thread_ts: ts });
    const head = tab.getByRole('article').filter({ hasText: `head in ${colorScheme}` });
    await head.getByRole('button', { name: '1 reply' }).click();
    await tab.getByRole('region', { name: 'Thread', exact: true }).waitFor();
    expect(await faultsOf(tab)).toEqual([]);
    await send(tab, `${COMMAND} audit`);
    await tab.getByRole('button', { name: 'Filter…' }).last().click();
    await tab.getByRole('dialog').getByLabel('In the channel').waitFor();
    expect(await faultsOf(tab)).toEqual([]);
  });

  it('finds nothing on a phone, on either side', async () => {
    const { world, open } = current();
    const [task = ''] = world.execution({ name: `on-a-link-in-${colorScheme}` }).split('/execution/');
    world.aws.addWire({ name: `line-in-${colorScheme}`, capacity: 60_000_000, tasks: [task] });
    const tab = await open(OPERATOR, { colorScheme, viewport: { width: 390, height: 844 } });
    expect(await faultsOf(tab)).toEqual([]);
    await tab.getByRole('button', { name: 'The other side' }).click();
    await tab.getByRole('region', { name: 'First steps' }).waitFor();
    await tab.getByRole('region', { name: `Link line-in-${colorScheme}` }).waitFor();
    expect(await faultsOf(tab)).toEqual([]);
  });
});
