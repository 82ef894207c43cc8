import { describe, expect, it } from 'vitest';
import { nearestFirst } from '../../../src/domain/text/nearest.ts';

describe('the nearest text', () => {
  it.each([
    ['dc1-wna', 'dc1-wan'],
    ['dc1wan', 'dc1-wan'],
    ['dc2-wan', 'dc1-wan'],
    ['berlin-uplnk', 'berlin-uplink'],
    ['', 'dc1-wan'],
  ])('to "%s" comes first: %s', (typed, nearest) => {
    const texts = ['berlin-uplink', 'dc1-wan', 'tokyo'];
    expect(nearestFirst(typed, typed === '' ? ['dc1-wan'] : texts)[0]).toBe(nearest);
    expect(nearestFirst(typed, texts).toSorted()).toEqual(texts);
  });

  it('counts what is inserted, deleted, replaced or swapped as one mistake each, and orders equals by name', () => {
    expect(nearestFirst('abcd', ['xxcd', 'abcde', 'abdc', 'abc', 'axcd', 'abcd'])).toEqual([
      ...['abcd', 'abc', 'abcde', 'abdc', 'axcd', 'xxcd'],
    ]);
  });
});
