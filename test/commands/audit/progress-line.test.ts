import { expect, it } from 'vitest';
import { progressLine } from '../../../src/commands/audit/progress-line.ts';

it('shows how far it is', () => {
  expect(progressLine('exported', 0, 1000)).toBe(`exported ${'─'.repeat(30)}   0 %  0 of 1,000`);
  expect(progressLine('exported', 500, 1000)).toBe(`exported ${'█'.repeat(15)}${'─'.repeat(15)}  50 %  500 of 1,000`);
  expect(progressLine('exported', 1000, 1000)).toBe(`exported ${'█'.repeat(30)} 100 %  1,000 of 1,000`);
  expect(progressLine('exported', 0, 0)).toContain('100 %');
});
