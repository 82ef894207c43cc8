import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';

const SRC = new URL('../src/', import.meta.url);

describe('the sources', () => {
  it('never silence the compiler by a cast through unknown', async () => {
    const files = (await readdir(SRC, { recursive: true })).filter((file) => file.endsWith('.ts'));
    const texts = await Promise.all(files.map(async (file) => [file, await readFile(new URL(file, SRC), 'utf8')]));
    expect(texts.length).toBeGreaterThan(100);
    expect(texts.filter(([, text]) => /\bas\s+unknown\s+as\b/.test(text ?? '')).map(([file]) => file)).toEqual([]);
  });
});
