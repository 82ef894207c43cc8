// `npm run demo [-- --once]`: the demo, from a fresh clone on.
import { readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root, runNode, runScript, setUp } from './setup.mjs';

/** As old as the start of the last good build: what changed while it ran is newer. */
const STAMP = join(root, 'dist/.built');

await setUp();
if (await isStale()) {
  const started = new Date();
  await runScript('build');
  await writeFile(STAMP, '');
  await utimes(STAMP, started, started);
}
process.exitCode = await runNode('dist/sandbox/demo.js', process.argv.slice(2));

async function isStale() {
  const built = await timeOf(STAMP);
  if (built === null) return true;
  const sources = await readdir(join(root, 'src'), { recursive: true });
  const files = ['package.json', 'tsconfig.json', 'src', ...sources.map((file) => join('src', file))];
  const times = await Promise.all(files.map((file) => timeOf(join(root, file))));
  return times.some((time) => time === null || time >= built);
}

async function timeOf(file) {
  try {
    return (await stat(file)).mtimeMs;
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}
