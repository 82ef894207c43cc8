import { expect, it } from 'vitest';
import { count } from '../../../src/domain/text/count.ts';

it('a number is written with what is counted', () => {
  expect([count(1, 'approval'), count(2, 'approval'), count(0, 'person', 'people')]).toEqual([
    '1 approval',
    '2 approvals',
    '0 people',
  ]);
});
