import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/longest-first.ts';

/** Files of one worker share their modules: loading them anew for each took longer than most tests. */
const shared = {
  isolate: false,
  // Far more than anything takes, so that a busy machine fails nothing: what may not be slow is measured by the bench.
  testTimeout: 120_000,
  hookTimeout: 120_000,
  expect: { poll: { timeout: 40_000 } },
};

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          ...shared,
          name: 'page',
          include: ['sandbox/test/page/**/*.test.ts'],
          globalSetup: ['test/global-redis.ts', 'sandbox/test/global-chromium.ts'],
          // Each has a browser and a bot.
          maxWorkers: 3,
          // By themselves, after the others: workers of several projects could not share their modules.
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...shared,
          name: 'bot',
          include: ['test/**/*.test.ts', 'sandbox/test/**/*.test.ts'],
          exclude: ['sandbox/test/page/**'],
          globalSetup: ['test/global-build.ts', 'test/global-redis.ts'],
          // More than there are cores: many of them wait, for time limits of the bot and for what must not happen.
          maxWorkers: 6,
        },
      },
    ],
  },
});
