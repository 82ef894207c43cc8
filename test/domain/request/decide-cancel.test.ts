import { describe, expect, it } from 'vitest';
import type { Person } from '../../../src/domain/policy/policy.ts';
import { decideCancel } from '../../../src/domain/request/decide-cancel.ts';
import type { ThrottleRequest } from '../../../src/domain/request/throttle-request.ts';
import { at, folded, LEAD, OPERATOR, policy, requested, rule } from '../given.ts';
import { approve } from '../given-review.ts';

describe('cancel', () => {
  const cancel = (request: ThrottleRequest, by: Person) => decideCancel(request, by, policy(rule()));

  it('by the requester, pending or approved', () => {
    for (const request of [requested(), approve(requested(), LEAD)]) {
      const [event] = cancel(request, OPERATOR).events;
      expect(folded(request, at(70), event)).toMatchObject({ status: 'cancelled', ending: { by: { user: 'U0OPER' } } });
    }
  });

  it('by nobody else, and not once it is under way or over', () => {
    expect(cancel(requested(), LEAD)).toMatchObject({
      ok: false,
      refusal: { why: 'not-the-requester', requester: 'U0OPER' },
      events: [{ event: 'decision.refused' }],
    });
    const applying: ThrottleRequest = { ...requested(), status: 'applying' };
    expect(cancel(applying, OPERATOR)).toMatchObject({ refusal: { why: 'under-way' } });
    expect(cancel({ ...requested(), status: 'applied' }, OPERATOR)).toMatchObject({
      refusal: { why: 'not-open', status: 'applied' },
    });
  });
});
