import { describe, expect, it } from 'vitest';
import { driftEvent, originOf } from '../../../src/domain/run/decide-drift.ts';
import { LATE_WRITE_SECONDS } from '../../../src/domain/run/evolve-run.ts';
import { at, MIB } from '../given.ts';
import { BASE, held, heldRun, limitedRun, SET } from '../given-grant.ts';

describe('who set the limit that AWS shows', () => {
  const sentAt = at(0).toISOString();
  const unconfirmed = { ...heldRun, unconfirmed: [{ rate: BASE, sentAt }] };
  it.each([
    ['nobody that is known', null, 7, 60, 'as-set'],
    ['the bot', heldRun, SET, 60, 'as-set'],
    [
      'the bot, which could not read it',
      { ...heldRun, inForce: heldRun.inForce && { ...heldRun.inForce, or: 7 } },
      7,
      60,
      'as-set',
    ],
    ['somebody else', heldRun, 7, 60, 'outside'],
    ['somebody else: the limit from before', heldRun, BASE, 60, 'outside'],
    ['the bot, late', unconfirmed, BASE, LATE_WRITE_SECONDS - 1, 'late-write'],
    ['somebody else, too late for the bot', unconfirmed, BASE, LATE_WRITE_SECONDS, 'outside'],
    ['somebody else, at another rate than was sent', unconfirmed, 7, 60, 'outside'],
  ] as const)('%s', (_, run, rate, seconds, origin) => {
    expect(originOf(run, rate, at(seconds))).toBe(origin);
  });
});

describe('a change made outside', () => {
  it('is on record once, ends all grants, and is the limit to return to', () => {
    const story = limitedRun();
    story.grant('r-above', 3, { to: 20 * MIB });
    story.rate = 7;
    const before = story.run;
    if (!before) throw new Error('nothing was set');
    const event = driftEvent(story.of(held.id), before, story.seen(), 'd');
    expect(event).toMatchObject({ from: 20 * MIB, to: 7, detail: { rate: 7, expected: 20 * MIB } });
    story.add(9, event);
    expect(story.run).toMatchObject({ grants: [], baseline: 7, inForce: { rate: 7, request: null } });
    expect(originOf(story.run, 7, at(10))).toBe('as-set');
    expect(originOf(story.run, SET, at(10))).toBe('outside');
  });
});
