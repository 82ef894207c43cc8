import { describe, expect, it } from 'vitest';
import { createBoundedMap } from '../src/bounded-map.ts';

describe('a bounded map', () => {
  it('holds no more than it may, whatever is put in', () => {
    const map = createBoundedMap<number, string>(100);
    for (let number = 0; number < 10_000; number++) map.set(number, `${number}`);
    expect(map.keys()).toEqual(Array.from({ length: 100 }, (_, place) => 9900 + place));
  });

  it('lets go what was used longest ago, and tells it', () => {
    const dropped: string[] = [];
    const map = createBoundedMap<string, string>(2, (value) => dropped.push(value));
    map.set('a', 'A');
    map.set('b', 'B');
    expect(map.get('a')).toBe('A');
    map.set('c', 'C');
    expect(dropped).toEqual(['B']);
    map.set('c', 'C');
    map.set('c', 'C2');
    expect(dropped).toEqual(['B', 'C']);
    expect(map.values()).toEqual(['A', 'C2']);
    expect(map.delete('a')).toBe(true);
    expect(map.get('a')).toBeUndefined();
    map.clear();
    expect(map.keys()).toEqual([]);
    expect(dropped).toHaveLength(2);
  });
});
