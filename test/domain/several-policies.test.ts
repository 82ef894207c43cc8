import { describe, expect, it } from 'vitest';
import { decideBegin } from '../../src/domain/decide-apply.ts';
import { admit, decideRequest } from '../../src/domain/decide-request.ts';
import { decideRevertNow } from '../../src/domain/decide-revert-now.ts';
import { decideOpen, decideReview } from '../../src/domain/decide-review.ts';
import type { Hold } from '../../src/domain/hold.ts';
import { DEFAULT_LIMITS, type Limits } from '../../src/domain/limits.ts';
import { limitInForce, type OtherPolicy, type PolicyInForce } from '../../src/domain/policies-in-force.ts';
import type { Policy, Rule } from '../../src/domain/policy.ts';
import type { ThrottleRequest } from '../../src/domain/throttle-request.ts';
import {
  ask,
  at,
  execution,
  facts,
  folded,
  GROUPS,
  LEAD,
  MIB,
  NO_GROUPS,
  OPERATOR,
  PEOPLE,
  policy,
  requested,
  rule,
  SECOND,
} from './given.ts';

/** What this bot goes by: all is let through at once. */
const LAX = rule({ name: 'lax', approvals: { lower: 0, raise: 0, unlimited: 0 } });
const UNREADABLE: OtherPolicy = { policy: null, digest: 'unreadable' };

function beside(own: Rule, ...others: (Rule | null | OtherPolicy)[]): PolicyInForce {
  const made = others.map((one): OtherPolicy => {
    if (one && 'digest' in one) return one;
    const { policy: other, digest } = one ? policy(one) : policy();
    return { policy: other, digest };
  });
  return { ...policy(own), others: made };
}

const to = (mibPerSecond: number, more = {}) =>
  ask({ rate: { kind: 'absolute', bytesPerSecond: mibPerSecond * MIB }, ...more });

function asking(command: ReturnType<typeof ask>, inForce: PolicyInForce, groups = GROUPS) {
  const admission = admit(command, inForce, groups);
  if (!admission.ok) return admission;
  const given = {
    rule: admission.rule,
    inForce,
    groups,
    people: PEOPLE,
    execution: execution(),
    running: null,
    now: at(0),
  };
  return decideRequest(command, given, 'r-1111111111');
}

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

  it('needs the higher number of approvals, by the rule and policy that ask for it, on record with both', () => {
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

  it('goes on where it lowers, if one of them can’t be read, and is put off where it does anything else', () => {
    expect(asking(to(50), beside(LAX, UNREADABLE))).toMatchObject({ event: { detail: { approvals: 0 } } });
    expect(asking(to(200), beside(LAX, UNREADABLE))).toEqual({ ok: false, refusal: { why: 'policies-differ' } });
    expect(asking(to(200), beside(LAX, LAX, UNREADABLE))).toMatchObject({ refusal: { why: 'policies-differ' } });
    const raised = rule({ name: 'no', requesters: { users: [], groups: [] } });
    expect(asking(to(50), beside(raised, UNREADABLE))).toMatchObject({ refusal: { why: 'may-not-ask' } });
  });
});

describe('a decision, while bots run two policies', () => {
  const own = rule({ name: 'own' });
  const pending = (mibPerSecond = 50) =>
    requested({ of: own, ask: { rate: { kind: 'absolute', bytesPerSecond: mibPerSecond * MIB } } });
  const approve = { by: LEAD, decision: 'approve', comment: null } as const;
  const by = (...others: Parameters<typeof beside>[1][]) => facts({ inForce: beside(own, ...others) });

  it('is made by who may decide by both', () => {
    const other = rule({ name: 'other', approvers: { users: ['U0SECOND'], groups: [] } });
    expect(decideReview(pending(), approve, by(other))).toMatchObject({
      ok: false,
      refusal: { why: 'may-not-decide', denial: 'not-an-approver', rule: { name: 'other' } },
      other: 'digest of other',
      events: [
        {
          event: 'decision.refused',
          policy: 'digest of other',
          detail: { policies: ['digest of own', 'digest of other'] },
        },
      ],
    });
    expect(decideReview(pending(), { ...approve, by: SECOND }, by(other))).toMatchObject({ ok: true });
  });

  it('needs the higher number of approvals', () => {
    const two = rule({ name: 'two', approvals: { lower: 2, raise: 2, unlimited: 2 } });
    expect(decideReview(pending(), approve, by(two))).toMatchObject({
      events: [
        { event: 'approved', rule: 'two', policy: 'digest of two', detail: { count: 1, needed: 2, complete: false } },
      ],
    });
    expect(decideReview(pending(), approve, by(rule({ name: 'same' })))).toMatchObject({
      events: [{ rule: 'own', policy: 'digest of own', detail: { complete: true } }],
    });
  });

  it('ends what the other one does not allow any more', () => {
    const other = { event: 'apply.stale', policy: 'digest of other', detail: { why: 'policy' } };
    const narrow = rule({ name: 'other', rate: { min: null, max: 40 * MIB } });
    expect(decideOpen(pending(), LEAD, by(narrow)).events).toMatchObject([other]);
    expect(
      decideOpen(pending(), LEAD, by(rule({ name: 'other', match: { channels: ['C0ELSE'] } }))).events,
    ).toMatchObject([other]);
  });

  it('waits where one can’t be read, but to lower, or to deny', () => {
    expect(decideReview(pending(), approve, by(UNREADABLE))).toMatchObject({ events: [{ event: 'approved' }] });
    expect(decideReview(pending(200), approve, by(UNREADABLE))).toEqual({
      ok: false,
      refusal: { why: 'policies-differ' },
      events: [],
    });
    const deny = { by: LEAD, decision: 'deny', comment: 'no' } as const;
    expect(decideReview(pending(200), deny, by(UNREADABLE))).toMatchObject({ events: [{ event: 'denied' }] });
  });
});

describe('an apply, while bots run two policies', () => {
  const own = rule({ name: 'own', approvals: { lower: 1, raise: 1, unlimited: 1 } });
  function agreed(mibPerSecond: number): ThrottleRequest {
    const asked = requested({ of: own, ask: { rate: { kind: 'absolute', bytesPerSecond: mibPerSecond * MIB } } });
    const command = { by: LEAD, decision: 'approve', comment: null } as const;
    const { events } = decideReview(asked, command, facts({ inForce: policy(own) }));
    return folded(asked, at(60), ...events);
  }
  const begin = (mibPerSecond: number, ...others: Parameters<typeof beside>[1][]) =>
    decideBegin(agreed(mibPerSecond), facts({ inForce: beside(own, ...others) }));

  it('is what both allow', () => {
    expect(begin(50, rule({ name: 'other' }))).toMatchObject({
      kind: 'send',
      event: { policy: 'digest of own', detail: { policies: ['digest of own', 'digest of other'] } },
    });
    const two = rule({ name: 'other', approvals: { lower: 2, raise: 2, unlimited: 2 } });
    const without = rule({ name: 'other', approvers: { users: ['U0SECOND'], groups: [] } });
    for (const other of [two, without]) {
      expect(begin(50, other)).toMatchObject({
        kind: 'end',
        event: { event: 'apply.stale', policy: 'digest of other', detail: { why: 'policy' } },
      });
    }
  });

  it('waits where one can’t be read, but to lower', () => {
    expect(begin(50, UNREADABLE)).toMatchObject({ kind: 'send' });
    expect(begin(200, UNREADABLE)).toEqual({ kind: 'wait', for: 'policies' });
  });
});

describe('Revert now, while bots run two policies', () => {
  const own = rule({ name: 'own' });
  const hold: Hold = {
    ...{ since: at(0).toISOString(), scheduledAt: at(0).toISOString(), dueAt: at(3600).toISOString() },
    ...{ base: 100 * MIB, role: null, by: null, sent: null, end: null },
  };
  const held: ThrottleRequest = { ...requested({ of: own }), status: 'applied', hold };
  const revert = (person: typeof LEAD, ...others: Parameters<typeof beside>[1][]) =>
    decideRevertNow(held, person, { inForce: beside(own, ...others), groups: GROUPS, people: PEOPLE, now: at(60) });

  it('is for who may by both, and for the requester whatever they say', () => {
    const other = rule({ name: 'other', approvers: { users: ['U0SECOND'], groups: [] } });
    expect(revert(LEAD, other)).toMatchObject({
      refusal: { why: 'may-not-revert', rule: { name: 'other' } },
      other: 'digest of other',
      event: { policy: 'digest of other' },
    });
    expect(revert(SECOND, other).ok).toBe(true);
    expect(revert(OPERATOR, other).ok).toBe(true);
    expect(revert(OPERATOR, null).ok).toBe(true);
  });

  it('is not held up by one that can’t be read', () => {
    expect(revert(LEAD, UNREADABLE).ok).toBe(true);
    expect(revert(OPERATOR, UNREADABLE).ok).toBe(true);
  });
});
