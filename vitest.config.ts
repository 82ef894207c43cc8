import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/global-redis.ts', 'test/global-chromium.ts'],
    // The whole-app tests mostly wait, each in a world of its own.
    maxWorkers: 3,
    // Far more than anything takes, so that a busy machine fails nothing: what may not be slow is measured by the bench.
    testTimeout: 90_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 15_000 } },
  },
});
