import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRecord } from '../../../src/domain/audit/audit-record.ts';
import { startedEvent, undoneEvent } from '../../../src/domain/run/change/change-events.ts';
import { driftEvent } from '../../../src/domain/run/decide-drift.ts';
import { desiredLimit, limitsAhead, rateOf } from '../../../src/domain/run/desired-limit.ts';
import { evolveRun } from '../../../src/domain/run/evolve-run.ts';
import { type Run, run as runSchema } from '../../../src/domain/run/run.ts';
import { weigh } from '../../../src/domain/run/weigh-limit.ts';
import { storedStories } from '../audit/sample-records.ts';
import { at, MIB, rule } from '../given.ts';
import { HOUR, RunStory } from '../given-run.ts';

type Step =
  | { do: 'grant'; to: number; seconds: number | null }
  | { do: 'wait'; seconds: number }
  | { do: 'outside'; rate: number }
  | { do: 'fail'; why: 'ignored' | 'denied' };

const RATES = [10 * MIB, 50 * MIB, 100 * MIB, 200 * MIB, -1];
const rate = fc.constantFrom(...RATES);
const seconds = fc.constantFrom(60, 600, HOUR, 2 * HOUR);
const grant = fc.record({ do: fc.constant('grant' as const), to: rate, seconds: fc.option(seconds, { freq: 5 }) });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: grant },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('wait' as const), seconds }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('outside' as const), rate }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fail' as const), why: fc.constantFrom('ignored', 'denied') }) },
);

/** Lives these steps; `check` after each. */
function live(start: number, steps: readonly Step[], check: (story: RunStory, now: number) => void): RunStory {
  const story = new RunStory(start);
  let now = 0;
  for (const [nth, one] of steps.entries()) {
    now += 1;
    if (one.do === 'grant') tryGrant(story, `r-${nth}`, now, one);
    if (one.do === 'wait') now = passes(story, now, one.seconds);
    if (one.do === 'outside') changeOutside(story, now, one.rate);
    if (one.do === 'fail') failTop(story, now, one.why);
    check(story, now);
  }
  return story;
}

function tryGrant(story: RunStory, id: string, now: number, { to, seconds }: { to: number; seconds: number | null }) {
  try {
    story.grant(id, now, { to, seconds });
  } catch (fault) {
    if (!(fault instanceof Error) || fault.message !== `${id}: rate`) throw fault;
  }
}

/** Each grant is ended at its time, the earliest first. */
function passes(story: RunStory, from: number, seconds: number): number {
  const to = from + seconds;
  for (;;) {
    const due = (story.run?.grants ?? []).flatMap(({ request, until }) => (until === null ? [] : [{ request, until }]));
    const [next] = due.toSorted((one, other) => Date.parse(one.until) - Date.parse(other.until));
    if (!next || Date.parse(next.until) > at(to).getTime()) return to;
    story.end(next.request, Math.max(from, (Date.parse(next.until) - at(0).getTime()) / 1000));
  }
}

function changeOutside(story: RunStory, now: number, rate: number): void {
  const { run } = story;
  const id = run?.inForce?.request;
  if (!run || !id || rate === story.rate) return;
  story.rate = rate;
  story.add(now, driftEvent(story.of(id), run, story.seen(), 'd'));
}

/** The grant that applies could not be reverted. */
function failTop(story: RunStory, now: number, why: 'ignored' | 'denied'): void {
  const id = story.run?.inForce?.request;
  if (!id || !story.of(id).hold || !story.run?.grants.some(({ request }) => request === id)) return;
  const plan = story.endPlan(id, { grant: null, to: story.run.baseline ?? 0 });
  story.add(now, startedEvent(plan, 1));
  expect(story.run?.change).toMatchObject({ cause: 'end', request: id, from: story.rate });
  story.add(now, undoneEvent(story.planNow(plan), { why, execution: story.seen() }));
}

const lives = fc.array(step, { minLength: 1, maxLength: 15 });

describe('a run, over whatever happens', () => {
  it('folds to the same state at once and event by event, as stored, and knows its baseline, grants and change', () => {
    const met = new Set<string>();
    fc.assert(
      fc.property(rate, lives, (start, steps) => {
        const story = live(start, steps, ({ run, rate: shown }, now) => {
          if (!run) return;
          expect(run.change).toBeNull();
          expect(run.baseline).not.toBeNull();
          expect(run.inForce?.rate).toBe(shown);
          expect(new Set(run.grants.map(({ request }) => request)).size).toBe(run.grants.length);
          for (const { until } of run.grants) if (until) expect(Date.parse(until)).toBeGreaterThan(at(now).getTime());
        });
        for (const { event, detail } of story.events) {
          met.add(event === 'revert.skipped' ? `skipped ${detail.why}` : event);
        }
        const { run, events } = story;
        expect(events.reduce<Run | null>(evolveRun, null)).toEqual(run);
        if (run) expect(runSchema.parse(JSON.parse(JSON.stringify(run)))).toEqual(run);
      }),
      { numRuns: 500 },
    );
    // So that it does not hold for want of anything that happened.
    const all = ['applied', 'reverted', 'skipped covered', 'skipped same-rate', 'drift.detected', 'revert.failed'];
    for (const one of all) expect(met, one).toContain(one);
  });

  it('should have the limit of one of its grants, or its baseline, and the one that was foreseen', () => {
    const one = fc.tuple(rate, lives, fc.array(fc.nat({ max: 4 * HOUR }), { minLength: 1, maxLength: 5 }));
    fc.assert(
      fc.property(one, ([start, steps, later]) => {
        const story = live(start, steps, () => undefined);
        const { run } = story;
        if (!run) return;
        const ahead = limitsAhead(run, at(steps.length));
        for (const second of later) {
          const now = at(steps.length + second);
          const desired = desiredLimit(run, { now });
          const known = [run.baseline, ...run.grants.map(({ rate }) => rate)];
          expect(known).toContain(rateOf(desired));
          if (desired.cause === 'grant') expect(run.grants).toContainEqual(desired.grant);
          const foreseen = ahead.findLast(({ from }) => from === null || from <= now);
          expect(foreseen?.limit).toEqual(desired);
          expect(desiredLimit(run, { now, paused: true })).toEqual({ cause: 'paused' });
        }
      }),
      { numRuns: 500 },
    );
  });

  it('gives nothing to set where the records of its baseline are lost and no grant is open', () => {
    const story = new RunStory();
    story.grant('r-1', 0, { to: 50 * MIB, seconds: 60 });
    if (!story.run) throw new Error('nothing was set');
    const lost = { ...story.run, baseline: null };
    expect(desiredLimit(lost, { now: at(60) })).toEqual({ cause: 'unknown' });
    expect(desiredLimit(lost, { now: at(59) })).toMatchObject({ cause: 'grant', rate: 50 * MIB });
  });
});

describe('a requested limit', () => {
  const RULE = rule({ approvals: { lower: 0, raise: 1, unlimited: 2 } });
  const above = (one: number, other: number) => other !== -1 && (one === -1 || one > other);

  it('is at no moment above what would apply without it, unless a raise was approved, and not lifted unless that was', () => {
    const found = new Map<string, number>();
    fc.assert(
      fc.property(rate, lives, rate, fc.option(seconds), (start, steps, to, length) => {
        let now = 0;
        const story = live(start, steps, (_, then) => {
          now = then;
        });
        const until = length === null ? null : at(now + length);
        const { run } = story;
        const limit = { request: null, from: story.rate, to, until };
        const { needed, direction, lowers } = weigh(limit, { run, rule: RULE, now: at(now) });
        found.set(direction, (found.get(direction) ?? 0) + 1);
        const end = until === null ? now + 4 * HOUR : now + (length ?? 0);
        for (let second = now; second < end; second += 30) {
          const due = run ? (rateOf(desiredLimit(run, { now: at(second) })) ?? story.rate) : story.rate;
          if (!above(to, due)) continue;
          expect(needed).toBeGreaterThanOrEqual(to === -1 ? 2 : 1);
          expect(lowers).toBe(false);
        }
      }),
      { numRuns: 300 },
    );
    for (const direction of ['lower', 'raise', 'unlimited']) expect(found.get(direction) ?? 0).toBeGreaterThan(10);
  });
});

describe('the records of older versions', () => {
  it.each(storedStories('older-records.jsonl').map((story) => [story.name, story] as const))(
    'fold to a run: %s',
    (_, { records }) => {
      const run = records.map(readRecord).reduce<Run | null>(evolveRun, null);
      expect(run?.change?.cause ?? 'none').toMatch(/^(grant|end|none)$/);
      if (run) expect(runSchema.parse(JSON.parse(JSON.stringify(run)))).toEqual(run);
    },
  );

  it.each(storedStories('stories.jsonl').map((story) => [story.name, story] as const))(
    'and so do those of this one: %s',
    (_, { records }) => {
      const run = records.map(readRecord).reduce<Run | null>(evolveRun, null);
      if (run) expect(runSchema.parse(JSON.parse(JSON.stringify(run)))).toEqual(run);
    },
  );
});
