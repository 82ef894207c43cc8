import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createKeys } from '../src/store/connection/keys.ts';
import { ROOT } from './command-line.ts';

const DOCUMENT = readFileSync(join(ROOT, 'docs/growth.md'), 'utf8');
const [redis = '', memory = ''] = DOCUMENT.split('\n## ').slice(1);

/** The rows of a table: its first cell's words in backticks, and the rest. */
function rows(part: string): { names: string[]; bound: string; test: string }[] {
  const lines = part.split('\n').filter((line) => line.startsWith('| `'));
  return lines.map((line) => {
    const [, first = '', , bound = '', test = ''] = line.split('|').map((cell) => cell.trim());
    return { names: [...first.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? ''), bound, test };
  });
}

/** Every kind of key, `…` in the place of what differs. */
function families(): string[] {
  const keys = Object.entries(createKeys('p')).filter(([name]) => !name.startsWith('every'));
  const made = keys.map(([, one]) => {
    if (typeof one === 'string') return one;
    return (one as (...parts: string[]) => string)(...Array.from({ length: one.length }, () => '…'));
  });
  return made.map((key) => key.replace('{p}:', '')).sort();
}

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.includes('sandbox'));
}

describe('docs/growth.md', () => {
  it('has a bound for every kind of key', () => {
    expect(
      rows(redis)
        .flatMap(({ names }) => names)
        .sort(),
    ).toEqual(families());
    for (const { names, bound } of rows(redis)) expect(bound, names[0]).not.toBe('');
  });

  it('names each file that makes a map or a set to be filled, and no other', () => {
    // One that is filled from something that is there is as large as that.
    const filled = /new (?:Map|Set|WeakMap)(?:<[^(]*>)?\(\)|new LRUCache\b/;
    const making = sources(join(ROOT, 'src')).filter((path) => filled.test(readFileSync(path, 'utf8')));
    const named = [...memory.matchAll(/`(src\/[^`]+)`/g)].map((match) => match[1] ?? '');
    expect([...new Set(named)].sort()).toEqual(making.map((path) => relative(ROOT, path)).sort());
  });

  it('has a maximum for each cache', () => {
    for (const path of sources(join(ROOT, 'src'))) {
      for (const [cache] of readFileSync(path, 'utf8').matchAll(/new LRUCache\b[^;]*?\}\)/g)) {
        expect(cache, path).toMatch(/\bmax(?:: [A-Z0-9_]+)?,?\s/);
      }
    }
  });

  it('names a test for each bound', () => {
    for (const { names, test } of [...rows(redis), ...rows(memory)]) {
      expect(existsSync(join(ROOT, test.replaceAll('`', ''))), `${names[0]}: ${test}`).toBe(true);
    }
  });
});
