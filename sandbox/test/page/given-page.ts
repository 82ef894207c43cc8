import {
  type Browser,
  type BrowserContextOptions,
  chromium,
  errors,
  type Locator,
  type Page as Tab,
} from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, inject } from 'vitest';
import { startTestWorld, type TestWorld } from '../../../test/whole-app/world.ts';
import { type Page, startPage } from '../../page/start-page.ts';
import { type LocalRedis, startLocalRedis } from '../../redis.ts';
import { CHROMIUM_FLAGS } from '../chromium.ts';

/** How long something may take to be seen: much more than it takes, so that a busy machine fails no test. */
export const PATIENCE_MS = 30_000;

/** A world, its page, and a browser to look at it with. */
export interface GivenPage {
  world: TestWorld;
  /** The one that the page stops and starts. */
  redis: LocalRedis;
  url: string;
  /** From the bot being ready to the page being served, and to it being seen. */
  ready: { servedMs: number; seenMs: number };
  /** Opens the page in a tab of its own. */
  open(seat: string, options?: BrowserContextOptions): Promise<Tab>;
  /** What the browser has complained about since this test began; to be taken out by who expects it. */
  complaints: string[];
  /** Calls a method of Slack as the bot does. */
  asBot(method: string, args: Record<string, unknown>): Promise<Record<string, unknown>>;
}

/**
 * One page for the tests of a file. After each: no tab had an error in its console, asked for anything from another
 * host, or failed to load anything.
 */
export function givenPage(): () => GivenPage {
  let given: GivenPage | undefined;
  let redis: LocalRedis;
  let page: Page;
  let browser: Browser;
  const tabs: Tab[] = [];
  const complaints: string[] = [];
  const current = () => {
    if (!given) throw new Error('no page yet');
    return given;
  };

  const open = async (seat: string, options: BrowserContextOptions = {}): Promise<Tab> => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 720 }, ...options });
    const tab = await context.newPage();
    tab.setDefaultTimeout(PATIENCE_MS);
    tab.on('console', (said) => ['error', 'warning'].includes(said.type()) && complaints.push(said.text()));
    tab.on('pageerror', (fault) => complaints.push(fault.message));
    tab.on('request', (request) => request.url().startsWith(page.url) || complaints.push(`asked for ${request.url()}`));
    tab.on(
      'response',
      (response) => response.status() < 400 || complaints.push(`${response.status()} ${response.url()}`),
    );
    tabs.push(tab);
    await tab.goto(`${page.url}?as=${seat}`);
    await tab.locator('#composer').waitFor();
    return tab;
  };

  beforeAll(async () => {
    const { command, env } = inject('chromium');
    browser = await chromium.launch({
      executablePath: command,
      args: CHROMIUM_FLAGS,
      env: { ...process.env, ...env } as Record<string, string>,
    });
    redis = await startLocalRedis();
    const world = await startTestWorld({ redisUrl: redis.url, env: { AWS_REGION: 'us-east-1' } });
    const botReady = performance.now();
    page = await startPage({ world, redis });
    const servedMs = performance.now() - botReady;
    await open('U0OPER');
    const seenMs = performance.now() - botReady;
    const { slack } = world;
    const asBot: GivenPage['asBot'] = async (method, args) => {
      const response = await fetch(slack.apiUrl + method, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${slack.seed.app.botToken}` },
        body: JSON.stringify(args),
      });
      const answer = (await response.json()) as Record<string, unknown>;
      expect(answer).toMatchObject({ ok: true });
      return answer;
    };
    given = { world, redis, complaints, url: page.url, ready: { servedMs, seenMs }, open, asBot };
  });
  afterEach(async () => {
    for (const tab of tabs.splice(0)) await tab.context().close();
    const { slack } = current().world;
    for (const person of slack.users().map(({ id }) => slack.as(id))) {
      for (const view of person.views()) await person.close(view);
    }
    expect(complaints.splice(0)).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    await page?.stop();
    await given?.world.stop();
    await redis?.close();
  });
  return current;
}

/** Takes a seat by the switch at the top. */
export async function sit(tab: Tab, name: string): Promise<void> {
  await tab.getByRole('radio', { name: new RegExp(`^${name}`) }).check();
  const seat = await tab.locator('.seats :checked').inputValue();
  // By attributes alone: the page's own policy lets no text be run as a script in it.
  await tab.locator(`main[data-me="${seat}"]`).waitFor();
}

/** Types into the composer, letter for letter what a person would, and sends it. */
export async function send(tab: Tab, words: string): Promise<void> {
  await tab.locator('#composer').fill(words);
  await tab.locator('#composer').press('Enter');
}

/** Types into a searchable list until it offers an option: one that came too late for Slack is asked for again by the next letter. */
export async function searchFor(search: Locator, words: string, option: Locator): Promise<void> {
  const offered = async () => {
    await search.fill('');
    await search.fill(words);
    try {
      await option.waitFor({ timeout: PATIENCE_MS / 6 });
      return true;
    } catch (fault) {
      if (fault instanceof errors.TimeoutError) return false;
      throw fault;
    }
  };
  await expect.poll(offered, { timeout: PATIENCE_MS }).toBe(true);
}

/** Waits until nothing moves: a spinner has no end of its own, and is gone once what it waits for is there. */
export async function atRest(tab: Tab): Promise<void> {
  // Asked from outside each time: the page's own policy lets nothing be evaluated in it.
  await expect.poll(() => tab.evaluate('document.getAnimations().length'), { timeout: PATIENCE_MS }).toBe(0);
}

/** Waits until an element has the focus. */
export async function focused(element: Locator): Promise<void> {
  await element.and(element.page().locator(':focus')).waitFor();
}
