import { UNLIMITED } from '../../rate/rate.ts';
import { sum } from './fill.ts';
import { EFFECT_MS } from './member-state.ts';
import {
  ceiling,
  coming,
  degree,
  due,
  isGrant,
  isRested,
  isShort,
  isWanting,
  isWorth,
  type Move,
  type Slot,
  type Slots,
} from './slot.ts';

/** Room that is left goes to members that use all they have: up to this much of what they should have, in few changes. */
const MORE = 1.1;
/** A raise to less than this part of what a member should have is not made while more room is on the way. */
const NEAR = 0.9;

/**
 * Who gains, and how much: within the room that is there for certain. What was lowered counts at its old rate until it was read
 * back and takes effect. `giving`: lowered in this step.
 */
export function raised({ free, established, newcomers }: Slots, giving: ReadonlySet<string>, now: number): Move[] {
  const isOnTheWay = giving.size > 0 || established.some((slot) => ceiling(slot) > coming(slot));
  let room = free - sum(established.map(ceiling)) - sum(newcomers.map(due));
  const moves: Move[] = [];
  for (const slot of leastFirst(established.filter(isWanting))) {
    const rate = raisedTo(slot, room, isOnTheWay, now);
    if (rate !== null) moves.push({ id: slot.id, rate });
    // Who has to wait keeps its claim.
    if (rate === null && !isRested(slot, now + EFFECT_MS)) continue;
    room -= Math.max(0, (rate === null || rate === UNLIMITED ? due(slot) : rate) - ceiling(slot));
  }
  const raising = new Set(moves.map(({ id }) => id));
  const others = established.filter(({ id }) => !raising.has(id));
  return [...moves, ...more(room, others, now)];
}

function raisedTo(slot: Slot, room: number, isOnTheWay: boolean, now: number): number | null {
  if (slot.state.sent !== null) return null;
  // Below 0: what may still take effect is more than there is, perhaps its own.
  const rate = Math.min(due(slot), ceiling(slot) + Math.floor(room));
  if (isGrant(slot)) return slot.ideal === UNLIMITED || rate === due(slot) ? slot.ideal : null;
  if (rate <= coming(slot) || !isRested(slot, now) || !isWorth(coming(slot), rate)) return null;
  return rate >= NEAR * due(slot) || !isOnTheWay ? rate : null;
}

function more(room: number, slots: readonly Slot[], now: number): Move[] {
  const near = slots.filter(
    (slot) => slot.state.sent === null && isShort(slot) && coming(slot) <= due(slot) && isRested(slot, now),
  );
  let left = Math.floor(room);
  const moves: Move[] = [];
  for (const slot of leastFirst(near)) {
    const most = slot.most === UNLIMITED ? Number.POSITIVE_INFINITY : slot.most;
    const rate = Math.min(Math.floor(MORE * due(slot)), most, coming(slot) + Math.max(0, left));
    if (!isWorth(coming(slot), rate)) continue;
    left -= rate - coming(slot);
    moves.push({ id: slot.id, rate });
  }
  return moves;
}

function leastFirst(slots: readonly Slot[]): Slot[] {
  return slots.toSorted((one, other) => degree(one) - degree(other) || (one.id < other.id ? -1 : 1));
}
