import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files, and folders whose files take long, longest first. */
const SLOW = [
  '/test/store/work/silent-redis.test.ts',
  '/test/whole-app/',
  '/test/commands/',
  '/sandbox/test/',
  '/test/scripts/',
  '/test/store/',
  '/test/audit/',
  '/test/workflow/',
];

/** Long files first, so that no worker is left with one at the end. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.toSorted((one, other) => rankOf(one) - rankOf(other));
  }
}

function rankOf({ moduleId }: TestSpecification): number {
  const place = SLOW.findIndex((folder) => moduleId.includes(folder));
  return place < 0 ? SLOW.length : place;
}
