// Whether something must be made again: by the content of what it is made from, since times say little after a checkout.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { root } from './process.mjs';

const SETTINGS = ['package.json', 'package-lock.json', 'tsconfig.json'];
/** What each step reads. */
const SOURCES = {
  build: [...SETTINGS, 'src', 'scripts'],
  check: [...SETTINGS, 'biome.json', 'knip.json', 'vitest.config.ts', 'src', 'test', 'bench', 'scripts', 'sandbox'],
};

/** Does `make`, unless nothing that this step (`build` or `check`) reads has changed since it last went well. */
export async function unlessUnchanged(step, make) {
  // Within dist, the stamp goes with what it speaks of.
  const stamp = join(root, step === 'build' ? 'dist/.built' : 'node_modules/.cache/datasync-throttle/checked');
  const digest = await digestOf(SOURCES[step]);
  if ((await readOr(stamp, '')) === digest) return;
  await make();
  await mkdir(dirname(stamp), { recursive: true });
  await writeFile(stamp, digest);
}

async function digestOf(paths) {
  const listed = await Promise.all(paths.map(filesIn));
  const hash = createHash('sha256');
  for (const file of listed.flat().sort()) {
    const content = await readFile(join(root, file));
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

async function filesIn(path) {
  if (path.includes('.')) return [path];
  const entries = await readdir(join(root, path), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
}

async function readOr(file, otherwise) {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return otherwise;
    throw error;
  }
}
