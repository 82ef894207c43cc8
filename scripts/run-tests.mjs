// Runs vitest, and each file that fails once more by itself: what passes then failed by its surroundings.
import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { OUTCOME_FILE } from './outcome-reporter.mjs';
import { root, run } from './process.mjs';

const FILE = join(root, 'node_modules/.cache/datasync-throttle/test-outcome.json');
const OUTSIDE = { file: 'vitest', test: 'outside of the tests; what it was is above' };

/**
 * Runs the tests that these arguments choose, shown by that reporter of vitest. Answers with how many passed, and with what
 * failed and then passed alone (`flaky`) or failed again (`failed`), each a `{ file, test }`.
 */
export async function runTests(args, reporter) {
  const { passedCount, failures } = await runOnce(args, reporter);
  // The value of this one may be a word of its own.
  const options = args.filter((arg, place) => arg.startsWith('-') || args[place - 1] === '--project');
  const flaky = [];
  const failed = failures.filter(({ file }) => file === null || file === OUTSIDE.file);
  const files = new Set(failures.filter((one) => !failed.includes(one)).map(({ file }) => file));
  for (const file of files) {
    const again = await runOnce([file, ...options, '--maxWorkers=1'], reporter);
    (again.failures.length === 0 ? flaky : failed).push(...failures.filter((one) => one.file === file));
  }
  return { passedCount, flaky: flaky.map(shown), failed: failed.map(shown) };
}

async function runOnce(args, reporter) {
  await mkdir(dirname(FILE), { recursive: true });
  await rm(FILE, { force: true });
  const reporters = [`--reporter=${reporter}`, `--reporter=${join(root, 'scripts/outcome-reporter.mjs')}`];
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const env = { ...process.env, [OUTCOME_FILE]: FILE };
  const { code } = await run(process.execPath, [vitest, 'run', ...reporters, ...args], 'inherit', { env });
  const outcome = await outcomeOrNothing();
  return code !== 0 && outcome.failures.length === 0 ? { ...outcome, failures: [OUTSIDE] } : outcome;
}

async function outcomeOrNothing() {
  try {
    return JSON.parse(await readFile(FILE, 'utf8'));
  } catch (error) {
    // It did not come to any test.
    if (error.code === 'ENOENT') return { passedCount: 0, failures: [] };
    throw error;
  }
}

function shown({ file, test }) {
  return { file: file?.startsWith(root) ? relative(root, file) : String(file), test };
}
