// `npm test [-- [--node MAJOR] <files and what else to pass to vitest>]`: everything that must be good, from a fresh clone on.
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { root, stop } from './process.mjs';
import { runTests } from './run-tests.mjs';
import { runScript, setUp } from './setup.mjs';
import { unlessUnchanged } from './unchanged.mjs';

const LAST_GREEN = join(root, 'node_modules/.cache/last-green');

const { node, passed } = ownOptions(process.argv.slice(2));
await setUp(node);
const isPart = passed.length > 0;
const check = () => runScript('check');
await Promise.all([
  isPart ? unlessUnchanged('check', check) : check(),
  unlessUnchanged('build', () => runScript('build')),
]);

// Of a part, all that it prints: its figures too.
const { passedCount, flaky, failed } = await runTests(passed, isPart ? 'default' : 'minimal');
for (const { file, test } of flaky) console.log(`FLAKY: ${file} › ${test}: failed, then passed alone.`);
for (const { file, test } of failed) console.log(`FAILED: ${file} › ${test}`);
console.log(`${passedCount + flaky.length} passed, ${failed.length} failed`);
if (failed.length === 0 && !isPart) await keepLastGreen(flaky.length);
process.exitCode = failed.length === 0 ? 0 : 1;

/** `--node` is ours, and the rest is vitest's. */
function ownOptions(args) {
  const { tokens } = parseArgs({ args, strict: false, tokens: true, options: { node: { type: 'string' } } });
  const own = tokens.find((token) => token.kind === 'option' && token.name === 'node');
  if (own === undefined) return { node: null, passed: args };
  if (!/^[0-9]+$/.test(own.value ?? '')) stop('--node takes a major version, such as --node 26.', 2);
  return { node: Number(own.value), passed: args.toSpliced(own.index, own.inlineValue === true ? 1 : 2) };
}

/** Commit and time of a run that was green in all its parts. What is not committed has no commit to be known by. */
async function keepLastGreen(flakyCount) {
  const git = async (...args) => (await promisify(execFile)('git', args, { cwd: root })).stdout.trim();
  const [commit, changed] = await Promise.all([git('rev-parse', 'HEAD'), git('status', '--porcelain')]);
  const what = changed === '' ? commit : `changes on top of ${commit.slice(0, 7)}`;
  const how = `Node.js ${process.versions.node}, flaky: ${flakyCount}`;
  await writeFile(LAST_GREEN, `${what} ${new Date().toISOString()} ${how}\n`);
}
