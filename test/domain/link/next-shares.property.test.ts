import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { budgetOf, type Terms } from '../../../src/domain/link/division/divide.ts';
import { LinkStory } from './given-link.ts';

type Step =
  | { do: 'start'; need: number; weight: number }
  | { do: 'end'; nth: number }
  | { do: 'need'; nth: number; need: number }
  | { do: 'capacity'; capacity: number }
  | { do: 'fail'; times: number };
type Timed = Step & { seconds: number };

const TERMS: Terms = { capacity: 1_000_000_000, headroom: 0.05, floor: 2_000_000, grantsCapped: false };
const SETTLING = 2400;
/** What is lowered takes effect within a minute of its read-back; a few calls fail before. */
const FITTING = 180_000;
/** Each lives hours. */
const RUNS = 25;

const nth = fc.nat({ max: 11 });
const need = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 2 * TERMS.capacity }));
const seconds = fc.integer({ min: 5, max: 900 });
const start = fc.record({ do: fc.constant('start' as const), need, weight: fc.constantFrom(1, 1, 3), seconds });
const change = fc.record({ do: fc.constant('need' as const), nth, need, seconds });
const end = fc.record({ do: fc.constant('end' as const), nth, seconds });
const capacity = fc.record({
  do: fc.constant('capacity' as const),
  capacity: fc.integer({ min: 1e8, max: 4e9 }),
  seconds,
});
const fail = fc.record({ do: fc.constant('fail' as const), times: fc.integer({ min: 1, max: 3 }), seconds });
const steps = (...kinds: fc.Arbitrary<Timed>[]) => fc.array(fc.oneof(...kinds), { minLength: 3, maxLength: 25 });

function live(list: readonly Timed[], check: (story: LinkStory) => void, terms = TERMS): LinkStory {
  const story = new LinkStory(terms);
  list.forEach((one, place) => {
    does(story, one, place);
    story.passes(one.seconds, check);
  });
  return story;
}

function does(story: LinkStory, one: Step, place: number): void {
  const ids = [...story.runs.keys()].toSorted();
  switch (one.do) {
    case 'start':
      story.starts(`run-${place}`, one);
      break;
    case 'end':
      story.ends(ids[one.nth % Math.max(1, ids.length)] ?? '');
      break;
    case 'need': {
      const run = story.runs.get(ids[one.nth % Math.max(1, ids.length)] ?? '');
      if (run) run.need = one.need;
      break;
    }
    case 'capacity':
      story.terms = { ...story.terms, capacity: one.capacity };
      break;
    case 'fail':
      story.failing = one.times;
      break;
  }
}

describe('the shares of a link over time', () => {
  it('never let through more than the budget, though what is lowered takes effect late and calls fail', () => {
    fc.assert(
      fc.property(steps(start, start, change, end, fail), (list) => {
        live(list, (story) => expect(story.throughput()).toBeLessThanOrEqual(budgetOf(TERMS)));
      }),
      { numRuns: RUNS },
    );
  });

  it('fit into another capacity within minutes', () => {
    fc.assert(
      fc.property(steps(start, start, change, end, capacity, fail), (list) => {
        let [terms, since] = [TERMS, 0];
        live(list, (story) => {
          if (story.terms !== terms) [terms, since] = [story.terms, story.now];
          if (story.now > since + FITTING) expect(story.throughput()).toBeLessThanOrEqual(budgetOf(terms));
        });
      }),
      { numRuns: RUNS },
    );
  });

  it('set no limit below the floor while the floors fit', () => {
    fc.assert(
      fc.property(steps(start, start, change, end, fail), (list) => {
        const story = live(list, () => undefined);
        for (const { to } of story.moves) expect(to).toBeGreaterThanOrEqual(TERMS.floor);
      }),
      { numRuns: RUNS },
    );
  });

  it('move a limit at most every 5 minutes, and by a tenth at least, where needs alone change', () => {
    fc.assert(
      fc.property(fc.array(start, { minLength: 2, maxLength: 6 }), steps(change), (starts, list) => {
        const story = live([...starts, { do: 'fail', times: 0, seconds: SETTLING }, ...list], () => undefined);
        const from = starts.reduce((sum, one) => sum + one.seconds + 5, 0) * 1000 + 600_000;
        const moves = story.moves.filter(({ at }) => at > from);
        moves.forEach((move, place) => {
          expect(Math.abs(move.to - move.from)).toBeGreaterThanOrEqual(Math.floor(move.from / 10));
          const last = story.moves.slice(0, story.moves.indexOf(move)).findLast(({ id }) => id === move.id);
          if (last && place >= 0) expect(move.at - last.at).toBeGreaterThanOrEqual(300_000);
        });
      }),
      { numRuns: RUNS },
    );
  });

  it('come near to what perfect knowledge could move, once the needs stay what they are', () => {
    fc.assert(
      fc.property(steps(start, start, change, end), (list) => {
        const story = live([...list, { do: 'fail', times: 0, seconds: SETTLING }], () => undefined);
        const runs = [...story.runs.values()];
        const needed = runs.reduce((sum, run) => sum + run.need, 0);
        const reserved = runs.reduce((sum, run) => sum + Math.max(0, TERMS.floor - run.need), 0);
        const best = Math.min(needed, budgetOf(TERMS) - reserved);
        // A share counts as used from 80 %, and may be 10 % away from the exact one.
        expect(story.used()).toBeGreaterThanOrEqual(0.8 * 0.9 * best);
      }),
      { numRuns: RUNS },
    );
  });

  it('stay what they are while nothing happens', () => {
    fc.assert(
      fc.property(steps(start, change), (list) => {
        const story = live([...list, { do: 'fail', times: 0, seconds: SETTLING }], () => undefined);
        const before = story.moves.length;
        story.passes(SETTLING);
        expect(story.moves.length).toBe(before);
      }),
      { numRuns: RUNS },
    );
  });

  it('do not depend on the order of the members', () => {
    fc.assert(
      fc.property(steps(start, start, change, end, capacity), (list) => {
        const one = live(list, () => undefined);
        const other = live(list, (story) => {
          const turned = [...story.runs].toReversed();
          story.runs.clear();
          for (const [id, run] of turned) story.runs.set(id, run);
        });
        // Where runs are alike, by their names: the same ones.
        expect(other.limits()).toEqual(one.limits());
      }),
      { numRuns: RUNS },
    );
  });
});
