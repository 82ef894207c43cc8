import { describe, expect, it } from 'vitest';
import { divide, type Member, type Terms } from '../../../src/domain/link/division/divide.ts';

const TERMS: Terms = { capacity: 100, headroom: 0, floor: 5, grantsCapped: false };

function sharing(need: number | null = null, baseline = -1): Member['holds'] {
  return { kind: 'share', baseline, need };
}

function divided(
  terms: Partial<Terms>,
  members: Record<string, Member['holds']>,
  weights: Record<string, number> = {},
) {
  const list = Object.entries(members).map(([id, holds]) => ({ id, holds, weight: weights[id] }));
  return Object.fromEntries(divide({ ...TERMS, ...terms }, list));
}

describe('a capacity', () => {
  it.each([
    ['is divided evenly', {}, { a: sharing(), b: sharing() }, {}, { a: 50, b: 50 }],
    ['is divided by weight', {}, { a: sharing(), b: sharing() }, { a: 3 }, { a: 75, b: 25 }],
    ['keeps its headroom', { headroom: 0.2 }, { a: sharing(), b: sharing() }, {}, { a: 40, b: 40 }],
    ['goes to whom it serves', {}, { a: sharing(10), b: sharing(), c: sharing() }, {}, { a: 10, b: 45, c: 45 }],
    ['keeps a floor for whom it does not serve', {}, { a: sharing(0), b: sharing() }, {}, { a: 5, b: 95 }],
    ['is divided up to the baselines', {}, { a: sharing(null, 20), b: sharing() }, {}, { a: 20, b: 80 }],
    ['is divided although nobody needs it', {}, { a: sharing(10), b: sharing(20) }, {}, { a: 50, b: 50 }],
    [
      'is divided by floors that do not fit',
      { floor: 100 },
      { a: sharing(null, 50), b: sharing() },
      {},
      { a: 33, b: 67 },
    ],
  ])('%s', (_, terms, members, weights, shares) => {
    expect(divided(terms, members, weights)).toEqual(shares);
  });

  it('is divided without what is fixed', () => {
    expect(divided({}, { a: sharing(), b: { kind: 'fixed', takes: 40 } })).toEqual({ a: 60 });
  });

  it('is divided without the grants, the unlimited ones at their measured rate', () => {
    const granted = {
      b: { kind: 'grant', rate: 40, measured: 1 },
      c: { kind: 'grant', rate: -1, measured: 20 },
    } as const;
    expect(divided({}, { a: sharing(), ...granted })).toEqual({ a: 40, b: 40, c: -1 });
  });

  it('caps the grants beside the floors of the others while a window or a request is due', () => {
    const granted = {
      b: { kind: 'grant', rate: 90, measured: 1 },
      c: { kind: 'grant', rate: -1, measured: 20 },
    } as const;
    expect(divided({ grantsCapped: true }, { a: sharing(), ...granted }, { c: 4 })).toEqual({ a: 5, b: 19, c: 76 });
  });

  it('leaves everybody one byte per second where nothing is left', () => {
    expect(divided({}, { a: sharing(), b: sharing(), c: { kind: 'fixed', takes: 500 } })).toEqual({ a: 1, b: 1 });
  });
});
