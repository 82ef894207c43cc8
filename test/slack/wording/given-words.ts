import { expect } from 'vitest';
import { noticeModal } from '../../../src/slack/views/modals/notices.ts';
import { plainWords, type Words } from '../../../src/slack/wording/reply-words.ts';
import { expectGoodView, expectHarmless } from '../views/text/given-facts.ts';

export function good(words: Words): string {
  expectHarmless([words.text]);
  expectGoodView(noticeModal('Throttle', words.text));
  const plain = plainWords(words);
  // Only where nothing of it would be lost.
  expect(plain === null).toBe(/<(?!!date)/.test(words.text));
  if (plain !== null) {
    expect(plain.length).toBeGreaterThan(0);
    expect(plain.length).toBeLessThanOrEqual(300);
    expect(plain).not.toMatch(/<!date|[`*]/);
  }
  return words.text;
}
