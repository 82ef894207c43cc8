import { describe, expect, it } from 'vitest';
import { limitInForce, type OtherPolicy } from '../../../src/domain/policy/policies-in-force.ts';
import type { Policy, Rule } from '../../../src/domain/policy/policy.ts';
import { DEFAULT_LIMITS, type Limits } from '../../../src/domain/policy/use-limits.ts';
import { ask, at, MIB, NO_GROUPS, policy, rule } from '../given.ts';
import { asking, beside, LAX, to, UNREADABLE } from '../given-policies.ts';

describe('limits on use, while bots run several policies', () => {
  const limited = (digest: string, limits: Partial<Limits>): OtherPolicy & { policy: Policy } => ({
    policy: { ...policy(LAX).policy, limits: { ...DEFAULT_LIMITS, ...limits } },
    digest,
  });

  it('are the lowest of them, each for itself, and say whose it is where it is another bot’s', () => {
    const own = limited('own', { perUser: 10, perChannel: 100 });
    const inForce = {
      ...own,
      others: [limited('a', { perUser: 30, openPerUser: 2 }), limited('b', { perChannel: 90 }), UNREADABLE],
    };
    expect(limitInForce(inForce, 'perUser')).toEqual({ most: 10 });
    expect(limitInForce(inForce, 'perChannel')).toEqual({ most: 60, other: 'a' });
    expect(limitInForce(inForce, 'openPerUser')).toEqual({ most: 2, other: 'a' });
    expect(limitInForce({ ...own, others: [] }, 'perChannel')).toEqual({ most: 100 });
    expect(limitInForce({ ...own, others: [own] }, 'perUser')).toEqual({ most: 10 });
  });
});

describe('a request, while bots run two policies', () => {
  const strict = rule({ name: 'strict' });

  it('needs the higher number of approvals, and records the rule and policy that require it', () => {
    const inForce = beside(LAX, strict);
    const policies = ['digest of lax', 'digest of strict'];
    expect(asking(to(200), inForce)).toMatchObject({
      event: { rule: 'strict', policy: 'digest of strict', detail: { approvals: 2, policies } },
    });
    const own = beside(strict, LAX);
    expect(asking(to(200), own)).toMatchObject({
      event: { rule: 'strict', policy: 'digest of strict', detail: { approvals: 2 } },
    });
    const alone = asking(to(200), policy(LAX));
    expect(alone).toMatchObject({ event: { policy: 'digest of lax', detail: { approvals: 0 } } });
    expect(alone.ok && alone.event.detail).not.toHaveProperty('policies');
  });

  it('waits as long as the shorter of the two allows', () => {
    const hasty = rule({ name: 'hasty', approvals: LAX.approvals, expiresInSeconds: 60 });
    expect(asking(to(50), beside(LAX, hasty))).toMatchObject({
      event: { rule: 'lax', detail: { expiresAt: at(60).toISOString() } },
    });
  });

  it.each<[string, Partial<Rule>, ReturnType<typeof ask>, object]>([
    ['who may not ask', { requesters: { users: ['U0LEAD'], groups: [] } }, to(50), { why: 'may-not-ask' }],
    ['another rate', { rate: { min: null, max: 60 * MIB } }, to(70), { why: 'rate-outside', max: 60 * MIB }],
    [
      'a longer time',
      { maxDurationSeconds: 60 },
      to(50, { durationSeconds: 61 }),
      { why: 'duration-too-long', max: 60 },
    ],
    ['no reason', { reason: 'required' }, to(50), { why: 'reason-required' }],
    [
      'no limit',
      { approvals: { lower: 0, raise: 0, unlimited: null } },
      ask({ rate: { kind: 'absolute', bytesPerSecond: -1 } }),
      { why: 'unlimited-not-allowed' },
    ],
    ['another channel', { match: { channels: ['C0ELSE'] } }, to(50), { why: 'no-rule' }],
  ])('is refused where the other one does not allow it, which is told: %s', (_, change, command, refusal) => {
    const other = rule({ ...LAX, name: 'other', ...change });
    expect(asking(command, beside(LAX, other))).toMatchObject({ ok: false, refusal, other: 'digest of other' });
    const own = asking(command, beside(other, LAX));
    expect(own).toMatchObject({ ok: false, refusal });
    expect(own).not.toHaveProperty('other');
    expect(asking(command, policy(LAX))).toMatchObject({ ok: true });
  });

  it('counts as approvers only who may approve by both', () => {
    const one = rule({
      name: 'one',
      approvals: { lower: 1, raise: 1, unlimited: 1 },
      approvers: { users: ['U0LEAD'], groups: [] },
    });
    const two = { ...one, name: 'two', approvers: { users: ['U0SECOND'], groups: [] } };
    expect(asking(to(50), beside(one, two))).toMatchObject({ refusal: { why: 'too-few-approvers', possible: 0 } });
    const both = { ...two, approvers: { users: ['U0SECOND', 'U0LEAD'], groups: [] } };
    expect(asking(to(50), beside(one, both)).ok).toBe(true);
    const byGroup = { ...two, approvers: { users: [], groups: ['S0LEADS'] } };
    expect(asking(to(50), beside(one, byGroup), NO_GROUPS)).toMatchObject({ refusal: { why: 'groups-unknown' } });
  });

  it('continues if it lowers and one of them can’t be read, and waits otherwise', () => {
    expect(asking(to(50), beside(LAX, UNREADABLE))).toMatchObject({ event: { detail: { approvals: 0 } } });
    expect(asking(to(200), beside(LAX, UNREADABLE))).toEqual({ ok: false, refusal: { why: 'policies-differ' } });
    expect(asking(to(200), beside(LAX, LAX, UNREADABLE))).toMatchObject({ refusal: { why: 'policies-differ' } });
    const raised = rule({ name: 'no', requesters: { users: [], groups: [] } });
    expect(asking(to(50), beside(raised, UNREADABLE))).toMatchObject({ refusal: { why: 'may-not-ask' } });
  });
});
