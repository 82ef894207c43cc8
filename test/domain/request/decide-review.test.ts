import { describe, expect, it } from 'vitest';
import type { Person } from '../../../src/domain/policy/policy.ts';
import { decideCancel } from '../../../src/domain/request/decide-cancel.ts';
import { approvalsOf, decideOpen } from '../../../src/domain/request/decide-review.ts';
import { stateEvent } from '../../../src/domain/request/request-event.ts';
import { decideBegin } from '../../../src/domain/run/change/decide-apply.ts';
import {
  at,
  execution,
  facts,
  folded,
  GUEST,
  LEAD,
  NO_GROUPS,
  NOBODY,
  OPERATOR,
  PEOPLE,
  person,
  policy,
  requested,
  rule,
  SECOND,
} from '../given.ts';
import { approve, raise, review } from '../given-review.ts';

describe('approve', () => {
  it('by the one lead that the rule needs: approved, with new time to apply it', () => {
    const decision = review(requested(), LEAD);
    expect(decision).toMatchObject({
      ok: true,
      events: [
        {
          event: 'approved',
          version: 2,
          actor: { user: 'U0LEAD' },
          detail: { comment: 'fine', count: 1, needed: 1, complete: true, expiresAt: at(60 + 1800).toISOString() },
        },
      ],
    });
    expect(folded(requested(), at(60), decision.events[0])).toMatchObject({
      status: 'approved',
      version: 2,
      approvals: [{ by: { user: 'U0LEAD' }, at: at(60).toISOString(), comment: 'fine' }],
      expiresAt: at(1860).toISOString(),
    });
  });

  it('by the first of two: still pending, until the same time as before', () => {
    const one = approve(requested({ ask: raise }), LEAD);
    expect(one).toMatchObject({ status: 'pending', approvalsNeeded: 2, expiresAt: at(1800).toISOString() });
    expect(approve(one, SECOND)).toMatchObject({ status: 'approved', approvals: [{}, {}] });
  });

  it('counts as many as the rule in force now wants', () => {
    const two = policy(rule({ approvals: { lower: 2, raise: 2, unlimited: null } }));
    expect(review(requested(), LEAD, { inForce: two })).toMatchObject({
      events: [{ event: 'approved', detail: { needed: 2, complete: false } }],
    });
  });

  it.each([
    ['the requester', OPERATOR, 'requester'],
    ['nobody in particular', NOBODY, 'not-an-approver'],
  ])('is refused to %s, on record', (_, by, denial) => {
    expect(review(requested(), by)).toMatchObject({
      ok: false,
      refusal: { why: 'may-not-decide', denial },
      events: [{ event: 'decision.refused', version: 1, detail: { why: 'may-not-decide', denial } }],
    });
  });

  it.each([
    ['a guest, though in the group', GUEST, 'guest'],
    ['a deactivated lead', person('U0LEAD', 'deactivated'), 'deactivated'],
    ['somebody of another team', person('U0LEAD', 'other-team'), 'other-team'],
  ])('is refused to %s before anything is said of the request, on record', (_, by, kind) => {
    const refusal = { why: 'not-a-member', kind };
    const events = [{ event: 'decision.refused', version: 1, detail: { why: 'not-a-member', denial: kind } }];
    expect(review(requested(), by)).toMatchObject({ ok: false, refusal, events });
    expect(decideCancel(requested(), by, policy(rule()))).toMatchObject({ ok: false, refusal });
    const over = folded(requested(), at(9), stateEvent(requested(), 'cancelled', null, 'd', null));
    expect(review(over, by)).toMatchObject({ ok: false, refusal });
  });

  describe('a person with two ids in one organization', () => {
    const [first, second] = [LEAD, SECOND].map((one) => ({ ...one, enterprise: 'W0LEAD' })) as [Person, Person];
    const people = new Map([...PEOPLE, [first.user, first], [second.user, second]]);

    it('never decides their own request under the other one', () => {
      const own = requested({ ask: { requester: first } });
      expect(review(own, second, { people })).toMatchObject({
        refusal: { why: 'may-not-decide', denial: 'requester' },
      });
    });

    it('is the approver that a group names by the other id', () => {
      const groups = new Map([['S0LEADS', ['W0LEAD']]]);
      expect(review(requested(), first, { people, groups })).toMatchObject({
        ok: true,
        events: [{ event: 'approved' }],
      });
    });

    it('counts once, and may cancel under either', () => {
      const one = approve(requested({ ask: raise }), first);
      expect(review(one, second, { people })).toMatchObject({ refusal: { why: 'decided-already' } });
      const own = requested({ ask: { requester: first } });
      expect(decideCancel(own, second, policy(rule()), people)).toMatchObject({ ok: true });
    });

    it('is no two approvals where the records of both are there', () => {
      const both = approve(approve(requested({ ask: raise }), LEAD), SECOND);
      expect(approvalsOf(both, PEOPLE)).toBe(2);
      expect(decideBegin(both, facts())).toMatchObject({ kind: 'send' });
      expect(approvalsOf(both, people)).toBe(1);
      expect(decideBegin(both, facts({ people }))).toMatchObject({ kind: 'end', event: { event: 'apply.stale' } });
    });
  });

  it('is refused to a lead who is the requester', () => {
    const own = requested({ ask: { requester: LEAD } });
    expect(review(own, LEAD)).toMatchObject({ ok: false, refusal: { why: 'may-not-decide', denial: 'requester' } });
  });

  it('counts one person once, under whatever team Slack names them', () => {
    const one = approve(requested({ ask: raise }), LEAD);
    for (const again of [LEAD, person('U0LEAD', 'member', 'E0GRID')]) {
      expect(review(one, again)).toMatchObject({ ok: false, refusal: { why: 'decided-already' } });
    }
  });

  it('completes a request that needs no more approvals since a policy change, even by an approver', () => {
    const one = approve(requested({ ask: raise }), LEAD);
    const inForce = policy(rule({ approvals: { lower: 1, raise: 1, unlimited: null } }));
    const again = review(one, LEAD, { inForce });
    expect(again).toMatchObject({
      ok: true,
      events: [{ event: 'approved', version: 3, detail: { count: 1, needed: 1, complete: true } }],
    });
    expect(folded(one, at(90), again.events[0])).toMatchObject({
      status: 'approved',
      approvalsNeeded: 1,
      approvals: [{ by: { user: 'U0LEAD' }, at: at(90).toISOString() }],
    });
    expect(review(one, SECOND, { inForce })).toMatchObject({ events: [{ detail: { count: 2, complete: true } }] });
    expect(decideOpen(one, LEAD, facts({ inForce }))).toEqual({ ok: true, events: [] });
  });

  it('is refused where Slack can’t say, with nothing on record', () => {
    const refused = { ok: false, refusal: { why: 'groups-unknown' }, events: [] };
    expect(review(requested(), LEAD, { groups: NO_GROUPS })).toMatchObject(refused);
    const one = approve(requested({ ask: raise }), LEAD);
    expect(review(one, SECOND, { people: new Map([['U0OPER', OPERATOR]]) })).toMatchObject(refused);
  });

  it('never happens blind', () => {
    expect(() => review(requested(), LEAD, { execution: null })).toThrow('without its facts');
  });

  it('ends a request whose time is over, timer or not', () => {
    expect(review(requested(), LEAD, { now: at(1800) })).toMatchObject({ ok: true, events: [{ event: 'expired' }] });
    expect(review(requested(), LEAD, { now: at(1799) })).toMatchObject({ events: [{ event: 'approved' }] });
  });

  it('is refused once it is no longer pending, on record', () => {
    const denied = folded(requested(), at(60), review(requested(), LEAD, {}, 'deny', 'no').events[0]);
    expect(review(denied, SECOND)).toMatchObject({
      ok: false,
      refusal: { why: 'not-open', status: 'denied' },
      events: [{ event: 'decision.refused', version: 2 }],
    });
    const agreed = approve(requested(), LEAD);
    expect(review(agreed, SECOND, {}, 'deny', 'no')).toMatchObject({
      refusal: { why: 'not-open', status: 'approved' },
    });
  });
});

describe('deny', () => {
  it('by anybody who could approve, with a comment, and without calling AWS', () => {
    const decision = review(requested(), LEAD, { execution: null }, 'deny', 'not tonight');
    expect(folded(requested(), at(60), decision.events[0])).toMatchObject({
      status: 'denied',
      ending: { by: { user: 'U0LEAD' }, comment: 'not tonight' },
    });
  });

  it('wants a comment', () => {
    for (const comment of [null, '']) {
      expect(review(requested(), LEAD, {}, 'deny', comment)).toEqual({
        ok: false,
        refusal: { why: 'comment-required' },
        events: [],
      });
    }
  });

  it('is refused to people who may not decide', () => {
    expect(review(requested(), OPERATOR, {}, 'deny', 'x')).toMatchObject({ refusal: { denial: 'requester' } });
    expect(review(requested(), NOBODY, {}, 'deny', 'x')).toMatchObject({ refusal: { denial: 'not-an-approver' } });
  });
});

describe('open the review', () => {
  it('is allowed to people who could decide, with nothing to record', () => {
    expect(decideOpen(requested(), LEAD, facts())).toEqual({ ok: true, events: [] });
    expect(decideOpen(requested(), LEAD, { ...facts(), execution: null })).toEqual({ ok: true, events: [] });
  });

  it('ends a request that is no longer valid, and refuses people who may not decide', () => {
    expect(decideOpen(requested(), LEAD, facts({ execution: execution({ bytesPerSecond: 5 }) }))).toMatchObject({
      ok: true,
      events: [{ event: 'apply.stale' }],
    });
    expect(decideOpen(requested(), LEAD, { ...facts({ now: at(1800) }), execution: null })).toMatchObject({
      events: [{ event: 'expired' }],
    });
    expect(decideOpen(requested(), OPERATOR, facts())).toMatchObject({ ok: false });
  });
});
