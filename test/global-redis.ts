import type {} from 'vitest';
import type { TestProject } from 'vitest/node';
import { startRedis } from '../sandbox/redis.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** One Redis for all tests: take a fresh key prefix each. */
    redisUrl: string;
  }
}

/** One Redis for the whole run, started before the first test and removed after the last. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const redis = await startRedis();
  project.provide('redisUrl', redis.url);
  return () => redis.close();
}
