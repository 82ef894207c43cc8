import { describe, expect, it } from 'vitest';
import { decideRequest } from '../../../src/domain/request/decide-request.ts';
import { decideBegin } from '../../../src/domain/run/change/decide-apply.ts';
import { ask, at, execution, folded, GROUPS, LEAD, MIB, OPERATOR, person, policy, rule, SECOND } from '../given.ts';
import {
  type Asking,
  approvals,
  asking,
  DAY_RULE,
  HOUR,
  inForce,
  KNOWN,
  runningLimit,
  THIRD,
  UNLIMITED,
} from '../given-takeover.ts';

describe('a request that takes the place of a limit whose end lifts it', () => {
  it.each<[string, Asking, number, string | null]>([
    ['ends earlier, by somebody else', { seconds: HOUR }, 2, 'ends-earlier'],
    ['ends a minute from now', { seconds: 60 }, 2, 'ends-earlier'],
    ['ends earlier, by who could end it today', { by: LEAD, seconds: HOUR }, 2, 'ends-earlier'],
    ['ends earlier, by another approver', { by: SECOND, seconds: HOUR }, 2, 'ends-earlier'],
    ['ends later, by somebody else, who could then end it', { seconds: 9 * HOUR }, 2, 'revert-now'],
    ['ends later, by who requested it', { by: LEAD }, 0, null],
    ['ends later, by another approver', { by: SECOND }, 0, null],
    ['has no end, and so no Revert now', { seconds: null }, 0, null],
    ['raises, and ends earlier', { rate: 20, seconds: HOUR }, 2, 'ends-earlier'],
    ['raises for good', { rate: 20, seconds: null }, 1, null],
  ])('%s: %s', (_, but, needed, why) => {
    const decision = asking(but);
    expect(approvals(decision)).toBe(needed);
    expect(decision.ok ? (decision.proposal.detail.takeover?.why ?? null) : null).toBe(why);
  });

  it('names what the limit would revert to, and when', () => {
    const running = runningLimit();
    expect(asking({ seconds: HOUR, running })).toMatchObject({
      event: {
        detail: {
          direction: 'unlimited',
          takeover: {
            request: running.id,
            base: UNLIMITED,
            dueAt: at(8 * HOUR + 2).toISOString(),
            why: 'ends-earlier',
          },
        },
      },
    });
  });

  it('to the second: as late as the running one is not earlier', () => {
    const left = 8 * HOUR + 2 - 60;
    expect(approvals(asking({ by: LEAD, seconds: left }))).toBe(0);
    expect(approvals(asking({ by: LEAD, seconds: left - 1 }))).toBe(2);
  });

  it('counts as a raise where the end is a raise', () => {
    const running = runningLimit({ base: 100 * MIB });
    expect(approvals(asking({ running, seconds: HOUR }))).toBe(1);
  });

  it('needs nothing more where the end lowers', () => {
    const running = runningLimit({ base: 5 * MIB, to: 50 * MIB });
    // Above what it reverts to it is a raise all the same; at or under it, it is not.
    expect(approvals(asking({ running, rate: 40, seconds: HOUR }))).toBe(1);
    expect(approvals(asking({ running, rate: 4, seconds: HOUR }))).toBe(0);
  });

  it('is refused, with an alternative, if the rule lets nobody remove a limit', () => {
    const never = rule({ approvals: { lower: 0, raise: 1, unlimited: null }, maxDurationSeconds: null });
    const running = runningLimit({ of: never });
    const refused = asking({ of: never, running, seconds: HOUR });
    expect(refused).toMatchObject({ refusal: { why: 'unlimited-not-allowed', takeover: { why: 'ends-earlier' } } });
    expect(asking({ of: never, running })).toMatchObject({ refusal: { takeover: { why: 'revert-now' } } });
    expect(approvals(asking({ of: never, running, seconds: null }))).toBe(0);
    expect(approvals(asking({ of: never, running, by: LEAD }))).toBe(0);
  });

  it('is compared with the newest limit in a chain, and the rate before them all', () => {
    const first = runningLimit();
    const later = asking({ by: SECOND, running: first });
    if (!later.ok) throw new Error(later.refusal.why);
    const second = inForce(folded(null, at(60), later.event), first, 61);
    expect(second.hold).toMatchObject({ base: UNLIMITED });
    expect(approvals(asking({ running: second, rate: 9, seconds: 8.5 * HOUR }))).toBe(2);
    expect(approvals(asking({ running: second, rate: 9, seconds: 10 * HOUR }))).toBe(2);
    expect(approvals(asking({ running: second, rate: 9, seconds: 10 * HOUR, by: SECOND }))).toBe(0);
    expect(approvals(asking({ running: second, rate: 9, seconds: null }))).toBe(0);
  });

  it('counts whom another rule would let end it', () => {
    const elsewhere = rule({
      ...DAY_RULE,
      ...{
        name: 'elsewhere',
        match: { channels: ['C0ELSE'] },
        approvers: { users: ['U0NOBODY'], groups: ['S0LEADS'] },
      },
    });
    const inElse = { of: elsewhere, channel: 'C0ELSE', others: [DAY_RULE], by: LEAD };
    expect(asking(inElse)).toMatchObject({ proposal: { detail: { approvals: 2, takeover: { why: 'revert-now' } } } });
    const fewer = { ...elsewhere, approvers: { users: [], groups: ['S0LEADS'] } };
    expect(approvals(asking({ ...inElse, of: fewer }))).toBe(0);
  });

  it('takes who Slack can’t tell for somebody who can’t', () => {
    const member = person('U0MEMBER');
    expect(approvals(asking({ by: member }))).toBe(2);
  });
});

describe('while a bot runs whose policy can’t be read', () => {
  it('a request that by one of the others does more than lower is not let through', () => {
    const running = runningLimit();
    const own = rule({
      ...DAY_RULE,
      approvers: { users: [OPERATOR.user, LEAD.user, THIRD.user], groups: ['S0LEADS'] },
    });
    const others = [
      { policy: policy(DAY_RULE).policy, digest: 'other' },
      { policy: null, digest: 'unreadable' },
    ];
    const command = ask({ rate: { kind: 'absolute', bytesPerSecond: 9 * MIB }, durationSeconds: 9 * HOUR });
    const facts = {
      ...{ rule: own, groups: GROUPS, people: KNOWN, running, now: at(60) },
      execution: execution({ bytesPerSecond: running.to }),
    };
    const decided = (inForce: (typeof others)[number][]) =>
      decideRequest(command, { ...facts, inForce: { ...policy(own), others: inForce } }, 'r-1111111111');
    expect(decided(others.slice(0, 1))).toMatchObject({ proposal: { detail: { takeover: { why: 'revert-now' } } } });
    expect(decided(others)).toMatchObject({ refusal: { why: 'policies-differ' } });
    const free = decided(others.slice(1));
    if (!free.ok) throw new Error(free.refusal.why);
    const approved = { ...folded(null, at(60), free.event), status: 'approved' as const };
    expect(
      decideBegin(approved, {
        ...facts,
        inForce: { ...policy(own), others },
      }),
    ).toMatchObject({ kind: 'wait', for: 'policies' });
    expect(decided(others.slice(1))).toMatchObject({ proposal: { detail: { approvals: 0 } } });
  });
});
