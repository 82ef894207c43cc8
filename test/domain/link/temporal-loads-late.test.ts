import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../command-line.ts';

describe('the polyfill of Temporal', () => {
  it('takes long to load, so no start of the bot loads it: it is only ever imported by `await import(…)`', () => {
    const loaded = loadedBy(
      join(ROOT, 'src/serve.ts'),
      join(ROOT, 'src/commands/run-serve.ts'),
      join(ROOT, 'src/main.ts'),
    );
    expect(loaded).toContain('@slack/bolt');
    expect(loaded).not.toContain('temporal-polyfill');
    expect(loadedBy(join(ROOT, 'src/domain/link/next-change.ts'))).toContain('temporal-polyfill');
  });
});

/** The files and libraries that are loaded with these files, by their static imports. */
function loadedBy(...entries: string[]): string[] {
  const loaded = new Set<string>();
  const left = [...entries];
  for (let file = left.pop(); file !== undefined; file = left.pop()) {
    if (loaded.has(file)) continue;
    loaded.add(file);
    if (!existsSync(file)) continue;
    const imports = readFileSync(file, 'utf8').matchAll(
      /^(?:import|export)\s(?!type\s)(?:[^;']*?\sfrom\s)?'([^']+)';/gm,
    );
    for (const [, name = ''] of imports) left.push(name.startsWith('.') ? join(dirname(file), name) : name);
  }
  return [...loaded];
}
