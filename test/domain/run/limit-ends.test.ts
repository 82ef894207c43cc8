import { describe, expect, it } from 'vitest';
import type { ThrottleRequest } from '../../../src/domain/request/throttle-request.ts';
import { afterLimit, afterRequested } from '../../../src/domain/run/limit-ends.ts';
import { at, MIB, requested } from '../given.ts';

/** In force at 50 MiB/s, reverts to 100 MiB/s at 3600 s. */
const running: ThrottleRequest = {
  ...requested(),
  status: 'applied',
  hold: {
    ...{ since: at(0).toISOString(), scheduledAt: at(0).toISOString(), dueAt: at(3600).toISOString() },
    ...{ base: 100 * MIB, role: null, by: null, sent: null, end: null },
  },
};

describe('what comes after a limit in force', () => {
  it('is its base, when its time is over', () => {
    expect(afterLimit(running, at(600))).toEqual({ afterSeconds: 3000, rate: 100 * MIB });
    expect(afterLimit(running, at(4000))).toEqual({ afterSeconds: 0, rate: 100 * MIB });
  });

  it('is nothing where no time runs, or it is being reverted', () => {
    expect(afterLimit(null, at(0))).toBeNull();
    expect(afterLimit({ ...running, hold: null }, at(0))).toBeNull();
    const sent = { sentAt: at(3600).toISOString(), attempt: 1 };
    expect(afterLimit({ ...running, hold: running.hold && { ...running.hold, sent } }, at(3601))).toBeNull();
  });
});

describe('what would come after a requested limit', () => {
  const asked = { from: 100 * MIB, to: 20 * MIB, durationSeconds: 1800 };

  it('is the rate from before, after its duration or at its time', () => {
    expect(afterRequested(asked, null, at(0))).toEqual({ afterSeconds: 1800, rate: 100 * MIB });
    const until = at(900).toISOString();
    expect(afterRequested({ ...asked, until }, null, at(600))).toEqual({ afterSeconds: 300, rate: 100 * MIB });
  });

  it('is what the running limit reverts to, where it takes the place of one', () => {
    const change = { ...asked, from: 50 * MIB };
    expect(afterRequested(change, running, at(0))).toEqual({ afterSeconds: 1800, rate: 100 * MIB });
    expect(afterRequested({ ...change, to: 100 * MIB }, running, at(0))).toBeNull();
    const more = { request: running.id, dueAt: at(5400).toISOString(), totalSeconds: 5400 };
    expect(afterRequested({ ...change, to: 50 * MIB, extends: more }, running, at(0))).toEqual({
      afterSeconds: 5400,
      rate: 100 * MIB,
    });
  });

  it('is nothing without an end', () => {
    expect(afterRequested({ ...asked, durationSeconds: null }, null, at(0))).toBeNull();
  });
});
