import type { Person } from '../../src/domain/policy/policy.ts';
import { decideReview, type ReviewFacts } from '../../src/domain/request/decide-review.ts';
import type { ThrottleRequest } from '../../src/domain/request/throttle-request.ts';
import { at, facts, folded, MIB } from './given.ts';

export const raise = { rate: { kind: 'absolute', bytesPerSecond: 200 * MIB } } as const;

/** What comes of a decision by this person. */
export const review = (
  request: ThrottleRequest,
  by: Person,
  changes: Partial<ReviewFacts> = {},
  decision: 'approve' | 'deny' = 'approve',
  comment: string | null = 'fine',
) => decideReview(request, { by, decision, comment }, { ...facts(), ...changes });

/** The request after this person approved it. */
export const approve = (request: ThrottleRequest, by: Person, seconds = 60) =>
  folded(request, at(seconds), review(request, by, { now: at(seconds) }).events[0]);
