import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { budgetOf, divide, type Member, type Terms } from '../../../src/domain/link/division/divide.ts';
import { UNLIMITED } from '../../../src/domain/rate/rate.ts';

type ShareOf = Extract<Member['holds'], { kind: 'share' }>;

const rate = fc.oneof(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 1, max: 10 ** 10 }));
const maybeUnlimited = fc.oneof({ weight: 3, arbitrary: rate }, { weight: 1, arbitrary: fc.constant(UNLIMITED) });
const share: fc.Arbitrary<Member['holds']> = fc.record({
  kind: fc.constant('share' as const),
  baseline: maybeUnlimited,
  need: fc.option(rate, { nil: null }),
});
const grant: fc.Arbitrary<Member['holds']> = fc.record({
  kind: fc.constant('grant' as const),
  rate: maybeUnlimited,
  measured: rate,
});
const fixed: fc.Arbitrary<Member['holds']> = fc.record({ kind: fc.constant('fixed' as const), takes: rate });
const holds = fc.oneof(
  { weight: 6, arbitrary: share },
  { weight: 1, arbitrary: grant },
  { weight: 1, arbitrary: fixed },
);
const membersOf = (arbitrary: fc.Arbitrary<Member['holds']>) =>
  fc
    .array(fc.record({ holds: arbitrary, weight: fc.constantFrom(0.5, 1, 2, 3, 10) }), { minLength: 1, maxLength: 12 })
    .map((list) => list.map((one, nth): Member => ({ id: `run-${nth}`, ...one })));
const members = membersOf(holds);
const terms: fc.Arbitrary<Terms> = fc.record({
  capacity: rate,
  headroom: fc.constantFrom(0, 0.05, 0.5),
  floor: fc.oneof(fc.constant(0), rate),
  grantsCapped: fc.boolean(),
});

/** What is left for whom the division may move. */
function freeOf(given: Terms, all: readonly Member[]): number {
  const taken = all.map(({ holds }) => {
    if (holds.kind === 'fixed') return holds.takes;
    if (holds.kind === 'share' || given.grantsCapped) return 0;
    return holds.rate === UNLIMITED ? holds.measured : holds.rate;
  });
  return budgetOf(given) - total(taken);
}

/** Those that are moved within what is left, with what they got. */
function moved(given: Terms, all: readonly Member[]): { one: Member; got: number }[] {
  const shares = divide(given, all);
  const isMoved = ({ holds }: Member) => holds.kind === 'share' || (holds.kind === 'grant' && given.grantsCapped);
  return all.filter(isMoved).map((one) => ({ one, got: shares.get(one.id) ?? Number.NaN }));
}

function mostOf({ holds }: Member): number {
  const most = holds.kind === 'share' ? holds.baseline : holds.kind === 'grant' ? holds.rate : 0;
  return most === UNLIMITED ? Number.POSITIVE_INFINITY : most;
}

function neededOf(one: Member, floor: number): number {
  const { need } = one.holds as ShareOf;
  return Math.min(mostOf(one), Math.max(floor, need ?? Number.POSITIVE_INFINITY));
}

const total = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0);

describe('the division of a capacity', () => {
  it('is never in sum above what there is, but for the one byte per second that everybody gets', () => {
    fc.assert(
      fc.property(terms, members, (given, all) => {
        const shares = moved(given, all);
        expect(total(shares.map(({ got }) => got))).toBeLessThanOrEqual(Math.max(freeOf(given, all), shares.length));
      }),
    );
  });

  it('gives whole bytes per second, at least one, and nobody more than it would have without the link', () => {
    fc.assert(
      fc.property(terms, members, (given, all) => {
        for (const { one, got } of moved(given, all)) {
          expect(Number.isSafeInteger(got)).toBe(true);
          expect(got).toBeGreaterThanOrEqual(1);
          expect(got).toBeLessThanOrEqual(mostOf(one));
        }
      }),
    );
  });

  it('keeps the floors while they fit, and scales them down alike where they do not', () => {
    fc.assert(
      fc.property(terms, members, (given, all) => {
        const shares = moved(given, all);
        const floors = shares.map(({ one }) => Math.max(1, Math.min(given.floor, mostOf(one))));
        const part = Math.min(1, Math.max(0, freeOf(given, all)) / total(floors));
        // What is rounded up to one byte is taken from the others, and a byte for each member may stay over.
        const rounded = part < 1 ? 2 * shares.length : 0;
        shares.forEach(({ got }, nth) => {
          expect(got).toBeGreaterThanOrEqual(Math.floor(part * (floors[nth] ?? 0)) - rounded);
        });
      }),
    );
  });

  it('leaves no share unused while another is short, and less than a byte for each member', () => {
    fc.assert(
      fc.property(terms, membersOf(share), (given, all) => {
        const shares = moved(given, all);
        const isShort = shares.some(({ one, got }) => got < Math.min(neededOf(one, given.floor), budgetOf(given)));
        fc.pre(isShort && budgetOf(given) >= shares.length);
        expect(total(shares.map(({ got }) => got))).toBeGreaterThan(budgetOf(given) - shares.length - 1);
        for (const { one, got } of shares) expect(got).toBeLessThanOrEqual(Math.ceil(neededOf(one, given.floor)));
      }),
    );
  });

  it('divides what nobody needs too, up to the baselines', () => {
    fc.assert(
      fc.property(terms, membersOf(share), (given, all) => {
        const shares = moved(given, all);
        fc.pre(shares.some(({ one, got }) => got < Math.min(mostOf(one), budgetOf(given))));
        expect(total(shares.map(({ got }) => got))).toBeGreaterThan(budgetOf(given) - shares.length - 1);
      }),
    );
  });

  it('keeps the weights: nobody above its floor has more for its weight than one that is short', () => {
    fc.assert(
      fc.property(terms, membersOf(share), (given, all) => {
        const shares = moved(given, all).map((one) => ({ ...one, weight: one.one.weight ?? 1 }));
        for (const short of shares.filter(({ one, got }) => got < neededOf(one, given.floor))) {
          const level = (short.got + 1) / short.weight;
          for (const other of shares.filter(({ got }) => got > Math.max(1, given.floor))) {
            expect(Math.max(0, other.got - 1) / other.weight).toBeLessThanOrEqual(level);
          }
        }
      }),
    );
  });

  it('does not depend on the order of the members', () => {
    fc.assert(
      fc.property(
        terms,
        members,
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
        (given, all, random) => {
          const places = new Map(all.map((one) => [one, random.next().value]));
          const shuffled = all.toSorted((one, other) => (places.get(one) ?? 0) - (places.get(other) ?? 0));
          expect(new Map([...divide(given, shuffled)].toSorted())).toEqual(new Map([...divide(given, all)].toSorted()));
        },
      ),
    );
  });

  it('gives everybody its baseline, or its grant, where the capacity is unlimited', () => {
    fc.assert(
      fc.property(terms, members, (given, all) => {
        const shares = divide({ ...given, capacity: UNLIMITED }, all);
        for (const { id, holds } of all) {
          const wanted = holds.kind === 'share' ? holds.baseline : holds.kind === 'grant' ? holds.rate : undefined;
          expect(shares.get(id)).toBe(wanted);
        }
      }),
    );
  });

  it('leaves the others their floors when it caps grants, and no grant gets more than was granted', () => {
    fc.assert(
      fc.property(terms, members, (given, all) => {
        const capped = { ...given, grantsCapped: true };
        const shares = moved(capped, all);
        const floors = shares.map(({ one }) => Math.max(1, Math.min(given.floor, mostOf(one))));
        fc.pre(total(floors) <= freeOf(capped, all));
        shares.forEach(({ got }, nth) => {
          expect(got).toBeGreaterThanOrEqual(floors[nth] ?? 0);
        });
      }),
    );
  });
});
