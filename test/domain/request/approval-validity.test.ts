import { describe, expect, it } from 'vitest';
import { approvalValidity, type ReviewFacts } from '../../../src/domain/request/decide-review.ts';
import {
  at,
  execution,
  facts,
  folded,
  LEAD,
  MIB,
  NO_GROUPS,
  OPERATOR,
  person,
  policy,
  requested,
  rule,
  SECOND,
} from '../given.ts';
import { approve, raise, review } from '../given-review.ts';

describe('what is no longer valid', () => {
  const one = approve(requested({ ask: { ...raise, durationSeconds: 600 } }), LEAD);
  const stale = (changes: Partial<ReviewFacts>) => review(one, SECOND, changes).events[0];

  it.each([
    ['no rule matches any more', { inForce: policy() }],
    [
      'another rule matches now, by which the lead does not count',
      {
        inForce: policy(rule({ name: 'new', approvers: { users: ['U0SECOND'], groups: [] } })),
      },
    ],
    ['the rate is outside of the rule', { inForce: policy(rule({ rate: { min: null, max: 150 * MIB } })) }],
    ['the time is longer than the rule allows', { inForce: policy(rule({ maxDurationSeconds: 599 })) }],
    ['the requester may not ask any more', { inForce: policy(rule({ requesters: { users: ['U0X'], groups: [] } })) }],
    [
      'the requester is deactivated',
      {
        people: new Map([
          ['U0OPER', person('U0OPER', 'deactivated')],
          ['U0LEAD', LEAD],
        ]),
      },
    ],
    [
      'who approved is a guest now',
      {
        people: new Map([
          ['U0OPER', OPERATOR],
          ['U0LEAD', person('U0LEAD', 'guest')],
        ]),
      },
    ],
    ['who approved has left the group', { groups: new Map([['S0LEADS', ['U0SECOND']]]) }],
  ] as [string, Partial<ReviewFacts>][])('by the policy: %s', (_, changes) => {
    expect(stale(changes)).toMatchObject({ event: 'apply.stale', version: 3, actor: null, detail: { why: 'policy' } });
  });

  it('by the rate in force: somebody has changed it', () => {
    const event = stale({ execution: execution({ bytesPerSecond: 7 }) });
    expect(event).toMatchObject({
      event: 'apply.stale',
      aws: { requestId: 'aws-1' },
      detail: { why: 'rate', rate: 7 },
    });
    expect(folded(one, at(60), event)).toMatchObject({ status: 'stale', ending: { why: 'rate', rate: 7 } });
  });

  it('by the status: it can’t be changed any more', () => {
    expect(stale({ execution: execution({ status: 'SUCCESS' }) })).toMatchObject({
      event: 'apply.stale',
      detail: { why: 'status', status: 'SUCCESS' },
    });
  });

  it('by a direction that the rule no longer knows', () => {
    const lifting = rule({ approvals: { lower: 1, raise: 1, unlimited: 2 } });
    const lift = requested({ of: lifting, ask: { rate: { kind: 'absolute', bytesPerSecond: -1 } } });
    expect(approvalValidity(lift, facts({ inForce: policy(lifting) }))).toMatchObject({ kind: 'valid', needed: 2 });
    expect(approvalValidity(lift, facts())).toMatchObject({ kind: 'stale', why: 'policy' });
  });

  it('is distinguished from what can’t be known', () => {
    expect(approvalValidity(one, facts({ groups: NO_GROUPS }))).toMatchObject({ kind: 'unknown' });
    const gone = new Map([['S0LEADS', null]]);
    const people = new Map([
      ['U0OPER', person('U0OPER', 'deactivated')],
      ['U0LEAD', LEAD],
    ]);
    expect(approvalValidity(one, facts({ groups: gone, people }))).toMatchObject({ kind: 'stale' });
  });
});
