import { describe, expect, it } from 'vitest';
import type { Person } from '../../../src/domain/policy/policy.ts';
import { decideReview } from '../../../src/domain/request/decide-review.ts';
import { hasPlace, maySeeAll, withoutPrivate } from '../../../src/domain/request/private-request.ts';
import {
  at,
  facts,
  folded,
  GROUPS,
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

const request = requested({ ask: { reason: 'the merger' } });
const closed = { ...policy(rule()).policy, audit: { readers: { users: ['U0AUDIT'], groups: [] } } };
const sees = (by: Person, changes: Partial<Parameters<typeof maySeeAll>[2]> = {}) =>
  maySeeAll(request, by, { policy: closed, rule: rule(), groups: GROUPS, people: PEOPLE, ...changes });

describe('who sees all of a request from a private channel', () => {
  it.each([
    ['who requested it', OPERATOR, true],
    ['who may decide it', LEAD, true],
    ['who reads the audit log', person('U0AUDIT'), true],
    ['anybody else', NOBODY, false],
    ['a guest among the approvers', GUEST, false],
  ])('%s: %s', (_, by, expected) => {
    expect(sees(by)).toBe(expected);
  });

  it('everybody, where everybody reads the audit log', () => {
    expect(sees(NOBODY, { policy: policy(rule()).policy })).toBe(true);
  });

  it('nobody of whom Slack can not say whether they may decide', () => {
    expect(sees(SECOND, { groups: NO_GROUPS })).toBe(false);
    expect(sees(LEAD, { rule: null })).toBe(false);
  });

  it('the requester under their other id too', () => {
    const other = { ...person('U0OLGAB'), enterprise: 'W0OLGA' };
    expect(sees(other)).toBe(false);
    expect(sees(other, { people: new Map([['U0OPER', { ...OPERATOR, enterprise: 'W0OLGA' }]]) })).toBe(true);
  });
});

describe('what others see of it', () => {
  it('is the change and its status, without requester, reason, channel and comments', () => {
    const command = { by: LEAD, decision: 'deny', comment: 'not before the merger' } as const;
    const [denied] = decideReview(request, command, facts()).events;
    const shown = withoutPrivate(folded(request, at(60), denied));
    expect(shown).toMatchObject({ id: request.id, from: request.from, to: request.to, status: 'denied' });
    expect(JSON.stringify(shown)).not.toMatch(/merger|U0OPER|u0oper|C0OPS/);
    expect([hasPlace(request), hasPlace(shown)]).toEqual([true, false]);
  });

  it('does not name the requester as who took it back either', () => {
    const by = { team: 'T0', user: 'U0OPER', name: 'olga' };
    const cancelled = {
      ...request,
      ending: { at: '', by, comment: null, why: null, rate: null, awsRequestId: null, refused: null },
    };
    expect(JSON.stringify(withoutPrivate(cancelled))).not.toMatch(/olga|U0OPER/);
  });
});
