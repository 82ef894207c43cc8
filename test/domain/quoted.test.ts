import { describe, expect, it } from 'vitest';
import { quoted } from '../../src/domain/quoted.ts';

describe('quoted', () => {
  it.each([
    ['short', 'short'],
    ['x'.repeat(60), 'x'.repeat(60)],
    ['x'.repeat(61), `${'x'.repeat(59)}…`],
    ['🚚'.repeat(61), `${'🚚'.repeat(59)}…`],
    [' two\n\tlines\u0000 ', 'two lines'],
    [`${' '.repeat(1000)}x`, '…'],
    ['', ''],
  ])('%j', (text, shown) => {
    expect(quoted(text)).toBe(shown);
  });
});
