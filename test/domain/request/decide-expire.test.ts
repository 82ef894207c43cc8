import { describe, expect, it } from 'vitest';
import { decideExpire } from '../../../src/domain/request/decide-expire.ts';
import type { ThrottleRequest } from '../../../src/domain/request/throttle-request.ts';
import { at, LEAD, policy, requested, rule } from '../given.ts';
import { approve } from '../given-review.ts';

describe('expire', () => {
  const expire = (request: ThrottleRequest, seconds: number) => decideExpire(request, at(seconds), policy(rule()));

  it('what was not decided, or not begun, in time', () => {
    expect(expire(requested(), 1799)).toEqual([]);
    expect(expire(requested(), 1800)).toMatchObject([{ event: 'expired', actor: null, detail: { was: 'pending' } }]);
    const agreed = approve(requested(), LEAD, 1000);
    expect(expire(agreed, 2799)).toEqual([]);
    expect(expire(agreed, 2800)).toMatchObject([{ event: 'expired', detail: { was: 'approved' } }]);
  });

  it('never what is under way or over', () => {
    for (const status of ['applying', 'applied', 'failed', 'stale', 'denied', 'cancelled', 'expired'] as const) {
      expect(expire({ ...requested(), status }, 1e6)).toEqual([]);
    }
  });
});
