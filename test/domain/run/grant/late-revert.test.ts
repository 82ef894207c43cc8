import { describe, expect, it } from 'vitest';
import { lateness } from '../../../../src/domain/run/grant/late-revert.ts';
import type { GrantEnd, TimedGrant } from '../../../../src/domain/run/grant/timed-grant.ts';
import { at, MIB } from '../../given.ts';

const END: GrantEnd = {
  ...{ at: at(3600).toISOString(), how: 'reverted', why: null, rate: 100 * MIB },
  ...{ replacedBy: null, awsRequestId: null, refused: null },
};

function hold(sentAt: number, end: Partial<GrantEnd> | null): TimedGrant {
  return {
    ...{ since: at(0).toISOString(), scheduledAt: at(0).toISOString(), dueAt: at(3600).toISOString() },
    ...{ base: 100 * MIB, role: null, by: null, sent: { sentAt: at(sentAt).toISOString(), attempt: 1 } },
    end: end && { ...END, ...end },
  };
}

describe('how late a limit was reverted', () => {
  it('is nothing to say within a minute, before the end, or where it was not reverted', () => {
    expect(lateness(hold(3600, { at: at(3659).toISOString() }))).toBeNull();
    expect(lateness(hold(3600, null))).toBeNull();
    expect(lateness(hold(9000, { how: 'skipped', why: 'changed', at: at(9000).toISOString() }))).toBeNull();
  });

  it('says what was due when, and whether it was sent in time', () => {
    const dueAt = at(3600).toISOString();
    const revertedAt = at(5400).toISOString();
    expect(lateness(hold(5399, { at: revertedAt }))).toEqual({ dueAt, revertedAt, late: 'sent' });
    expect(lateness(hold(3601, { at: revertedAt }))).toEqual({ dueAt, revertedAt, late: 'shown' });
  });
});
