import { describe, expect, it } from 'vitest';
import { quoted } from '../../../src/domain/text/quoted.ts';

describe('quoted', () => {
  it.each([
    ['short', 'short'],
    ['x'.repeat(60), 'x'.repeat(60)],
    ['x'.repeat(61), `${'x'.repeat(35)}…${'x'.repeat(24)}`],
    ['🚚'.repeat(61), `${'🚚'.repeat(35)}…${'🚚'.repeat(24)}`],
    [' two\n\tlines\u0000 ', 'two lines'],
    [`${' '.repeat(1000)}x`, '…x'],
    [`begin${'x'.repeat(1000)}end`, `begin${'x'.repeat(30)}…${'x'.repeat(21)}end`],
    ['', ''],
  ])('%j', (text, shown) => {
    expect(quoted(text)).toBe(shown);
  });
});

describe('an invisible character in what is quoted', () => {
  it.each([
    ['50\u200bMB', '50[U+200B]MB'],
    ['\ufeff50', '[U+FEFF]50'],
    ['5\u202e0', '5[U+202E]0'],
    ['a\u00adb', 'a[U+00AD]b'],
    ['👩\u200d💻', '👩\u200d💻'],
    ['a\u00a0b', 'a b'],
  ])('%j is named: %j', (text, shown) => {
    expect(quoted(text)).toBe(shown);
  });
});
