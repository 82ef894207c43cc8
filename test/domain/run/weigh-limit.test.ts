import { describe, expect, it } from 'vitest';
import { driftEvent } from '../../../src/domain/run/decide-drift.ts';
import { differs, weigh } from '../../../src/domain/run/weigh-limit.ts';
import { at, MIB, rule } from '../given.ts';
import { HOUR, RunStory, UNLIMITED } from '../given-run.ts';

const RULE = rule({ approvals: { lower: 0, raise: 1, unlimited: 2 } });
/** When the grants of these tables were set, and when the next limit is requested. */
const SET_AT = 0;
const NOW = 60;

interface Given {
  baseline: number;
  /** Oldest first; both are set at 10:00:00. */
  grants?: { to: number; seconds: number | null }[];
  /** Set outside the bot since. */
  outside?: number;
}

interface Asked {
  to: number;
  /** Seconds from now; null: until the execution ends. */
  seconds?: number | null;
  /** A grant whose limit it is already. */
  request?: string;
}

const bytes = (mib: number) => (mib === UNLIMITED ? UNLIMITED : Math.round(mib * MIB));

function weighed({ baseline, grants = [], outside }: Given, { to, seconds = null, request }: Asked, of = RULE) {
  const story = new RunStory(bytes(baseline));
  for (const [nth, grant] of grants.entries()) {
    story.grant(`r-${nth}`, SET_AT, { to: bytes(grant.to), seconds: grant.seconds });
  }
  if (outside !== undefined) story.rate = bytes(outside);
  const until = seconds === null ? null : at(NOW + seconds);
  const limit = { request: request ?? null, from: story.rate, to: bytes(to), until };
  const facts = { run: story.run, rule: of, now: at(NOW) };
  return { ...weigh(limit, facts), differs: differs(limit, story.run, at(NOW)) };
}

const from = (second: number | null, rate: number) => ({
  rate: bytes(rate),
  from: second === null ? null : at(second).toISOString(),
});

const RAISED: Given = { baseline: 50, grants: [{ to: 200, seconds: HOUR }] };
const LED: Given = { baseline: UNLIMITED, grants: [{ to: 10, seconds: 8 * HOUR }] };

describe('the approvals of a limit, weighed over its whole time', () => {
  it.each<[string, Given, Asked, 'lower' | 'raise' | 'unlimited', ReturnType<typeof from> | null]>([
    ['a plain lower for an hour', { baseline: 100 }, { to: 50, seconds: HOUR }, 'lower', null],
    ['a plain lower without an end', { baseline: 100 }, { to: 50 }, 'lower', null],
    ['a plain raise', { baseline: 100 }, { to: 200, seconds: HOUR }, 'raise', null],
    ['no limit at all', { baseline: 100 }, { to: UNLIMITED, seconds: HOUR }, 'unlimited', null],
    ['a limit where there is none', { baseline: UNLIMITED }, { to: 50 }, 'lower', null],
    ['less than a raise, for longer', RAISED, { to: 150, seconds: 12 * HOUR }, 'raise', from(HOUR, 50)],
    ['less than a raise, without an end', RAISED, { to: 150 }, 'raise', from(HOUR, 50)],
    ['less than a raise, and over before it', RAISED, { to: 150, seconds: 600 }, 'lower', null],
    ['less than a raise, to the same second', RAISED, { to: 150, seconds: HOUR - NOW }, 'lower', null],
    ['less than a raise, a second longer', RAISED, { to: 150, seconds: HOUR - NOW + 1 }, 'raise', from(HOUR, 50)],
    ['down to the baseline, for longer', RAISED, { to: 50, seconds: 12 * HOUR }, 'lower', null],
    ['under the baseline, for longer', RAISED, { to: 40, seconds: 12 * HOUR }, 'lower', null],
    ['more than a raise', RAISED, { to: 300, seconds: 12 * HOUR }, 'raise', null],
    ['a little less than what a lead limited', LED, { to: 9.9, seconds: HOUR }, 'lower', null],
    ['the same without an end', LED, { to: 9.9 }, 'lower', null],
    ['the same for longer', LED, { to: 9.9, seconds: 9 * HOUR }, 'lower', null],
    ['more than what a lead limited', LED, { to: 20, seconds: HOUR }, 'raise', null],
    ['the same rate for longer where it lowers', LED, { to: 10, seconds: 9 * HOUR }, 'lower', null],
    ['the same rate for longer where it raises', RAISED, { to: 200, seconds: 12 * HOUR }, 'raise', from(HOUR, 50)],
    [
      'no limit for longer',
      { baseline: 50, grants: [{ to: UNLIMITED, seconds: HOUR }] },
      { to: UNLIMITED, seconds: 2 * HOUR },
      'unlimited',
      from(HOUR, 50),
    ],
    [
      'a limit under none, longer than there is none',
      { baseline: 50, grants: [{ to: UNLIMITED, seconds: HOUR }] },
      { to: 100, seconds: 2 * HOUR },
      'raise',
      from(HOUR, 50),
    ],
    [
      'covered raises, one after the other',
      {
        baseline: 50,
        grants: [
          { to: 100, seconds: 2 * HOUR },
          { to: 200, seconds: HOUR },
        ],
      },
      { to: 120, seconds: 1.5 * HOUR },
      'raise',
      from(HOUR, 100),
    ],
    [
      'a covered limit that would apply again and be lower',
      {
        baseline: 100,
        grants: [
          { to: 10, seconds: 8 * HOUR },
          { to: 100, seconds: HOUR },
        ],
      },
      { to: 50, seconds: 2 * HOUR },
      'raise',
      from(HOUR, 10),
    ],
    [
      'grants that end at the same moment: the one below never applies again',
      {
        baseline: 100,
        grants: [
          { to: 10, seconds: HOUR },
          { to: 90, seconds: HOUR },
        ],
      },
      { to: 80, seconds: 2 * HOUR },
      'lower',
      null,
    ],
    [
      'grants that end at the same moment, above the baseline',
      {
        baseline: 10,
        grants: [
          { to: 100, seconds: HOUR },
          { to: 90, seconds: HOUR },
        ],
      },
      { to: 80, seconds: 2 * HOUR },
      'raise',
      from(HOUR, 10),
    ],
    [
      'a covered grant without an end: the baseline is due no more',
      {
        baseline: 10,
        grants: [
          { to: 100, seconds: null },
          { to: 200, seconds: HOUR },
        ],
      },
      { to: 90, seconds: 12 * HOUR },
      'lower',
      null,
    ],
    ['a change made outside: nothing else is due', { ...RAISED, outside: 300 }, { to: 150 }, 'lower', null],
    ['a raise of what was set outside', { ...RAISED, outside: 100 }, { to: 150 }, 'raise', null],
  ])('%s', (_, given, asked, direction, exceeds) => {
    const needed = RULE.approvals[direction];
    expect(weighed(given, asked)).toEqual({ direction, needed, exceeds, lowers: direction === 'lower', differs: true });
  });

  it.each<[string, Given, Asked]>([
    ['the limit in force, without an end', { baseline: 100 }, { to: 100 }],
    ['the same rate for a shorter time', RAISED, { to: 200, seconds: 600 }],
    ['the same rate to the same second', RAISED, { to: 200, seconds: HOUR - NOW }],
    ['the same rate as one without an end', { baseline: 50, grants: [{ to: 200, seconds: null }] }, { to: 200 }],
    ['what was set outside', { ...RAISED, outside: 300 }, { to: 300, seconds: HOUR }],
    ['no limit where there is none', { baseline: UNLIMITED }, { to: UNLIMITED, seconds: HOUR }],
  ])('nothing differs: %s', (_, given, asked) => {
    expect(weighed(given, asked)).toEqual({
      direction: 'lower',
      needed: 0,
      exceeds: null,
      lowers: true,
      differs: false,
    });
  });

  it('does not count the grant that it has already', () => {
    expect(weighed(RAISED, { to: 200, seconds: HOUR - NOW, request: 'r-0' })).toMatchObject({ direction: 'raise' });
    expect(
      weighed({ baseline: 100, grants: [{ to: 50, seconds: HOUR }] }, { to: 50, seconds: 600, request: 'r-0' }),
    ).toMatchObject({ direction: 'lower', differs: true });
  });

  it('is not allowed where the rule removes no limit, at whatever moment', () => {
    const never = rule({ approvals: { lower: 0, raise: 1, unlimited: null } });
    const lifted = { baseline: 50, grants: [{ to: UNLIMITED, seconds: HOUR }] };
    expect(weighed(lifted, { to: UNLIMITED, seconds: 2 * HOUR }, never)).toMatchObject({ needed: null });
    expect(weighed(LED, { to: 9, seconds: HOUR }, never)).toMatchObject({ needed: 0 });
  });

  it('takes the most that any moment needs, also where a rule asks more for a lower', () => {
    const odd = rule({ approvals: { lower: 3, raise: 1, unlimited: 2 } });
    const found = weighed(RAISED, { to: 150, seconds: 12 * HOUR }, odd);
    expect(found).toMatchObject({ direction: 'lower', needed: 3, lowers: false });
  });

  it('compares with the limit that is about to apply, where a grant is over and AWS shows it still', () => {
    const story = new RunStory(50 * MIB);
    story.grant('r-0', 0, { to: 200 * MIB, seconds: 30 });
    const limit = { request: null, from: 200 * MIB, to: 150 * MIB, until: at(600) };
    const found = weigh(limit, { run: story.run, rule: RULE, now: at(NOW) });
    expect(found).toMatchObject({ direction: 'raise', needed: 1, exceeds: from(null, 50) });
  });

  it('compares with nothing else once a change made outside is on record', () => {
    const story = new RunStory(50 * MIB);
    const request = story.grant('r-0', 0, { to: 200 * MIB, seconds: HOUR });
    story.rate = 300 * MIB;
    if (!story.run) throw new Error('nothing was set');
    story.add(30, driftEvent(request, story.run, story.seen(), 'd'));
    const limit = { request: null, from: 300 * MIB, to: 250 * MIB, until: at(2 * HOUR) };
    expect(weigh(limit, { run: story.run, rule: RULE, now: at(NOW) })).toMatchObject({ direction: 'lower' });
  });
});
