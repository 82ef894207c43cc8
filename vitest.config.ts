import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/global-redis.ts', 'test/global-chromium.ts'],
    // Some start a browser or several bots: more at once get in each other's way on two cores.
    maxWorkers: 2,
    // Far more than anything takes, so that a busy machine fails nothing: what may not be slow is measured by the bench.
    testTimeout: 90_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 15_000 } },
  },
});
