import { describe, expect, it } from 'vitest';
import { decideOpen, decideReview } from '../../../src/domain/request/decide-review.ts';
import type { ThrottleRequest } from '../../../src/domain/request/throttle-request.ts';
import { decideBegin } from '../../../src/domain/run/change/decide-apply.ts';
import { at, facts, folded, LEAD, MIB, policy, requested, rule, SECOND } from '../given.ts';
import { beside, UNREADABLE } from '../given-policies.ts';

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
