import { EFFECT_MS, type MemberState } from './member-state.ts';
import { isInDoubt } from './need.ts';

const LEAST_MS = 30_000;
/** A link with many members costs no more than one look in this time. */
const EACH_MS = 2_000;

/**
 * When a member's rate is to be measured next, in milliseconds since 1970. `lookedAt`: the last time, also by a read-back.
 * Sooner than usual where the share may be unused, and when a change takes effect, since only what is measured from then on counts.
 */
export function nextLookAt(state: MemberState, lookedAt: number, members: number): number {
  const effectAt = (state.movedAt ?? Number.NEGATIVE_INFINITY) + EFFECT_MS;
  if (lookedAt < effectAt) return effectAt;
  const usual = Math.max(LEAST_MS, members * EACH_MS);
  return lookedAt + (state.phase === 'waiting' || isInDoubt(state.usage) ? LEAST_MS : usual);
}
