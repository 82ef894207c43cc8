// `npm run screenshots`: starts the demo, lives through it in Chromium, and writes docs/screenshots, in light and dark.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';
import { root } from '../../scripts/process.mjs';
import { CHROMIUM_FLAGS, findOrInstallChromium } from '../test/chromium.ts';
import { withPalette } from './palette-png.mjs';

const FOLDER = join(root, 'docs/screenshots');
/** For the curve to have something to show. */
const CURVE_MS = 12_000;

const { command, env } = await findOrInstallChromium();
await mkdir(FOLDER, { recursive: true });
const browser = await chromium.launch({
  executablePath: command,
  args: CHROMIUM_FLAGS,
  env: { ...process.env, ...env },
});
for (const scheme of ['light', 'dark']) {
  const demo = await startDemo();
  const page = await browser.newPage({ viewport: { width: 1280, height: 820 }, colorScheme: scheme });
  page.setDefaultTimeout(60_000);
  await page.goto(demo.url);
  await live(page, async (moment) => {
    await writeFile(join(FOLDER, `${moment}-${scheme}.png`), withPalette(await page.screenshot()));
  });
  await page.close();
  await demo.stop();
}
await browser.close();

/** The moments, by the guide's own help. */
async function live(page, shoot) {
  const step = (title) => page.getByRole('listitem').filter({ hasText: title }).getByRole('button');
  await page.waitForTimeout(CURVE_MS);
  await step('Ask for a lower limit').click();
  await page.locator('#composer').press('Enter');
  const card = page.getByRole('article').filter({ hasText: 'customer call at nine' }).filter({ hasText: 'Approvals' });
  await card.waitFor();
  await step('Take the lead’s seat').waitFor();
  await shoot('ask');

  await step('Take the lead’s seat').click();
  await card.getByRole('button', { name: 'Review' }).click();
  const approve = page.getByRole('radio', { name: 'Approve' });
  await approve.check();
  await shoot('review');

  await page.getByRole('button', { name: 'Decide' }).click();
  await page
    .getByText(/^In force:.*25 MiB/)
    .first()
    .waitFor();
  await shoot('result');
  await page.waitForTimeout(CURVE_MS);
  await shoot('curve');

  await step('Look up the record').click();
  await page.locator('#composer').press('Enter');
  await page.getByText('All seen.').waitFor();
  await page.getByRole('button', { name: 'AWS calls' }).click();
  await shoot('audit');

  // The limit was asked for two hours: its card counts down, and the Home tab has what runs for whom.
  await page.getByRole('button', { name: 'Transfers', exact: true }).click();
  await page.getByRole('radio', { name: /^Olga/ }).check();
  await page.locator('main[data-me="U0OPER"]').waitFor();
  await card.getByRole('button', { name: 'Revert now' }).scrollIntoViewIfNeeded();
  await shoot('timed');
  await page.getByRole('button', { name: 'Home' }).click();
  await page
    .getByRole('main')
    .getByText(/back to/)
    .first()
    .waitFor();
  await shoot('home');
}

/** The demo as anybody starts it, once it has told its page's address. */
async function startDemo() {
  const child = spawn(process.execPath, [join(root, 'scripts/demo.mjs')], {
    env: { ...process.env, CI: '1', NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /Now you: (http\S+)/.exec(line)?.[1];
    if (url === undefined) continue;
    child.stdout.resume();
    const stop = async () => {
      child.kill('SIGTERM');
      await exit;
    };
    return { url, stop };
  }
  throw new Error('The demo ended without a page.');
}
