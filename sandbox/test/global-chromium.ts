import type {} from 'vitest';
import type { TestProject } from 'vitest/node';
import { type Chromium, findOrInstallChromium } from './chromium.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** For the tests of the page. */
    chromium: Chromium;
  }
}

/** Found, or installed once, before the first test. */
export default async function setup(project: TestProject): Promise<void> {
  project.provide('chromium', await findOrInstallChromium());
}
