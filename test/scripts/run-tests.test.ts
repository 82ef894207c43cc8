import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OLDEST_NODE, RELEASES } from '../../scripts/node-release.mjs';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFile(join(root, path), 'utf8');

let folder: string;

beforeEach(async () => {
  // Where the packages are found.
  const cache = join(root, 'node_modules/.cache/datasync-throttle');
  await mkdir(cache, { recursive: true });
  folder = await mkdtemp(join(cache, 'run-tests-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** What comes of a folder with this one file of tests. */
async function outcomeOf(tests: string) {
  await writeFile(join(folder, 'vitest.config.mjs'), `export default { test: { include: ['*.test.mjs'] } };`);
  await writeFile(join(folder, 'some.test.mjs'), `import { existsSync, writeFileSync } from 'node:fs';\n${tests}`);
  const program = `import { runTests } from ${JSON.stringify(join(root, 'scripts/run-tests.mjs'))};
    console.log('OUTCOME ' + JSON.stringify(await runTests(['--root=${folder}'], 'minimal')));`;
  const env = { ...process.env, VITEST: undefined };
  const ran = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], { env, cwd: folder });
  return JSON.parse(/^OUTCOME (.*)$/m.exec(ran.stdout)?.[1] ?? 'null');
}

describe('the tests of a run', () => {
  it('that fail, and pass when they are run once more alone, are flaky', async () => {
    const outcome = await outcomeOf(`
      import { expect, it } from 'vitest';
      it('passes', () => expect(1).toBe(1));
      it('passes the second time', () => {
        const again = existsSync('${folder}/again');
        writeFileSync('${folder}/again', '');
        expect(again).toBe(true);
      });`);
    const file = expect.stringContaining('some.test.mjs');
    expect(outcome).toEqual({ passedCount: 1, flaky: [{ file, test: 'passes the second time' }], failed: [] });
  });

  it('that fail again have failed', async () => {
    const outcome = await outcomeOf(`
      import { expect, it } from 'vitest';
      it('fails', () => expect(1).toBe(2));`);
    expect(outcome).toMatchObject({ passedCount: 0, flaky: [], failed: [{ test: 'fails' }] });
  });

  it.each([
    ['a file that can’t be loaded', `throw new Error('no');`, 'the file itself'],
    [
      'a fault that nobody waits for',
      `import { it } from 'vitest';
       it('passes', async () => {
         Promise.reject(new Error('nobody heard of it'));
         await new Promise((resolve) => setTimeout(resolve, 50));
       });`,
      'unhandled: nobody heard of it',
    ],
  ])('fail with %s', async (_, tests, test) => {
    expect(await outcomeOf(tests)).toMatchObject({ flaky: [], failed: [{ test }] });
  });
});

describe('Node.js', () => {
  it('is of one age in the packages, the set-up, the container, CI and the README', async () => {
    const oldest = OLDEST_NODE.join('.');
    expect(JSON.parse(await read('package.json')).engines.node).toBe(`>=${oldest}`);
    expect(await read('README.md')).toContain(`Node.js ${oldest} or newer`);
    const container = /^ARG NODE=node:(\d+)-/m.exec(await read('Dockerfile'))?.[1];
    expect(await read('.ci/run')).toContain(`--node ${container}`);
    expect(Object.keys(RELEASES)).toEqual([String(OLDEST_NODE[0]), container]);
    for (const [major, version] of Object.entries(RELEASES)) expect(version.split('.')[0]).toBe(major);
  });
});
