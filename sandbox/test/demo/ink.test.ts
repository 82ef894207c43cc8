import { describe, expect, it } from 'vitest';
import { padded, paint, styled, wrap } from '../../demo/ink.ts';

describe('ink', () => {
  it('is on the words with colour, and gone without', () => {
    const line = `${styled('ab', 'bold')}c`;
    expect(paint(line, true)).toBe('\u001b[1mab\u001b[22mc');
    expect(paint(line, false)).toBe('abc');
    expect(paint(styled('ab  ', 'bold'), false)).toBe('ab');
  });

  it('breaks between words, and what is longer than a line anywhere', () => {
    expect(wrap('for arn:aws:datasync/execution/exec-0123456789abcdef now', 20)).toEqual([
      'for arn:aws:datasync',
      '/execution/exec-0123',
      '456789abcdef now',
    ]);
  });

  it('stays on the words of a line that is broken', () => {
    expect(wrap(styled('one two', 'bold'), 4)).toEqual([styled('one', 'bold'), styled('two', 'bold')]);
  });

  it('counts columns: escape sequences have none, an emoji has two', () => {
    expect(padded('✅ ok', 7)).toBe('✅ ok  ');
    expect(padded(styled('ok', 'bold'), 4)).toBe(`${styled('ok', 'bold')}  `);
  });
});
