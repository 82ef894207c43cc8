import { describe, expect, it } from 'vitest';
import {
  afterLimit,
  afterRequested,
  coverOf,
  nextAfterRequested,
  nextLimit,
} from '../../../src/domain/run/limit-ends.ts';
import { at, MIB } from '../given.ts';
import { HOUR, RunStory } from '../given-run.ts';

/** On 100 MiB/s: 50 for an hour, and 80 above it for ten minutes. */
const story = new RunStory();
story.grant('r-below', 0, { to: 50 * MIB, seconds: HOUR });
story.grant('r-above', 0, { to: 80 * MIB, seconds: 600 });
const { run } = story;

describe('what comes after a limit', () => {
  it('is the grant below, then the baseline', () => {
    expect(nextLimit(run, at(0))).toEqual({ at: at(600).toISOString(), rate: 50 * MIB, request: 'r-below' });
    expect(nextLimit(run, at(600))).toEqual({ at: at(HOUR).toISOString(), rate: 100 * MIB, request: null });
    expect(nextLimit(run, at(HOUR))).toBeNull();
    expect(afterLimit(run, at(300))).toEqual({ afterSeconds: 300, rate: 50 * MIB });
  });

  it('is nothing where nothing was set, or a change is under way', () => {
    expect(afterLimit(null, at(0))).toBeNull();
    const change = { cause: 'end', request: 'r-above', grant: null, from: 1, to: 2, attempt: 1, role: null } as const;
    const sent = { ...change, sentAt: at(600).toISOString(), putOff: null };
    expect(afterLimit(run && { ...run, change: sent }, at(601))).toBeNull();
  });

  it('says which grant is covered, and until when', () => {
    expect(coverOf(run, 'r-below', at(0))).toEqual({ by: 'r-above', again: at(600).toISOString() });
    expect(coverOf(run, 'r-above', at(0))).toBeNull();
    expect(coverOf(run, 'r-below', at(600))).toBeNull();
    expect(coverOf(run, 'r-other', at(0))).toBeNull();
    expect(coverOf(null, 'r-below', at(0))).toBeNull();
    const forever = new RunStory();
    forever.grant('r-below', 0, { to: 50 * MIB, seconds: HOUR });
    forever.grant('r-above', 0, { to: 80 * MIB });
    expect(coverOf(forever.run, 'r-below', at(0))).toEqual({ by: 'r-above', again: null });
  });
});

describe('what would come after a requested limit', () => {
  const asked = { from: 100 * MIB, to: 20 * MIB, durationSeconds: 1800 };

  it('is the rate from before, after its duration or at its time', () => {
    expect(afterRequested(asked, null, at(0))).toEqual({ afterSeconds: 1800, rate: 100 * MIB });
    const until = at(900).toISOString();
    expect(afterRequested({ ...asked, until }, null, at(600))).toEqual({ afterSeconds: 300, rate: 100 * MIB });
  });

  it('is the limit that it covers, or what that one is followed by', () => {
    const change = { ...asked, from: 80 * MIB };
    const next = { at: at(1800).toISOString(), rate: 50 * MIB, request: 'r-below' };
    expect(nextAfterRequested(change, run, at(0))).toEqual(next);
    expect(afterRequested({ ...change, durationSeconds: 2 * HOUR }, run, at(0))).toEqual({
      ...{ afterSeconds: 2 * HOUR, rate: 100 * MIB },
    });
    const more = { request: 'r-above', dueAt: at(5400).toISOString(), totalSeconds: 5400 };
    expect(afterRequested({ ...change, to: 80 * MIB, extends: more }, run, at(0))).toEqual({
      ...{ afterSeconds: 5400, rate: 100 * MIB },
    });
  });

  it('is what AWS shows, where that was set outside the bot', () => {
    expect(afterRequested({ ...asked, from: 70 * MIB }, run, at(0))).toEqual({ afterSeconds: 1800, rate: 70 * MIB });
  });

  it('is nothing without an end', () => {
    expect(afterRequested({ ...asked, durationSeconds: null }, null, at(0))).toBeNull();
  });
});
