import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from './command-line.ts';

/** Each with all that lies in it. */
const FOLDERS = ['src', 'sandbox', 'test', 'bench', 'scripts'];
const MAX_FILES = 16;
const MAX_LINES = 250;
const SOURCE = /\.(?:ts|tsx|mjs|lua|css|html)$/;

const files = FOLDERS.flatMap((folder) => filesIn(join(ROOT, folder)));

describe('the source', () => {
  it(`has at most ${MAX_FILES} files in a folder: more are two rooms`, () => {
    const counts = new Map<string, number>();
    for (const { folder } of files) counts.set(folder, (counts.get(folder) ?? 0) + 1);
    expect([...counts].filter(([, count]) => count > MAX_FILES)).toEqual([]);
  });

  it(`has at most ${MAX_LINES} lines in a file`, () => {
    const lengths = files
      .filter(({ name }) => SOURCE.test(name))
      .map(({ folder, name }) => ({ file: `${folder}/${name}`, lines: linesOf(join(ROOT, folder, name)) }));
    expect(lengths.length).toBeGreaterThan(0);
    expect(lengths.filter(({ lines }) => lines > MAX_LINES)).toEqual([]);
  });
});

describe('the packages', () => {
  const packages = ['package.json', 'sandbox/package.json'].map((file) =>
    JSON.parse(readFileSync(join(ROOT, file), 'utf8')),
  );
  const ranges = packages.flatMap(({ dependencies, devDependencies }): [string, string][] =>
    Object.entries({ ...dependencies, ...devDependencies }),
  );

  it('say of each library which versions fit; the lock file says which one it is', () => {
    expect(ranges.filter(([, range]) => !/^\^\d+\.\d+\.\d+$/.test(range))).toEqual([]);
  });

  it('want one range of a library that both use', () => {
    const isOther = ([name, range]: [string, string]) => ranges.some(([one, its]) => one === name && its !== range);
    expect(ranges.filter(isOther)).toEqual([]);
  });

  it('run on the same Node.js', () => {
    const [root, sandbox] = packages.map(({ engines }) => engines);
    expect(sandbox).toEqual(root);
  });
});

function filesIn(folder: string): { folder: string; name: string }[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === 'node_modules') return [];
    if (entry.isDirectory()) return filesIn(join(folder, entry.name));
    return [{ folder: relative(ROOT, folder), name: entry.name }];
  });
}

function linesOf(file: string): number {
  return readFileSync(file, 'utf8').split('\n').length - 1;
}
