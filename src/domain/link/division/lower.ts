import { sum } from './fill.ts';
import { EFFECT_MS } from './member-state.ts';
import {
  coming,
  degree,
  due,
  held,
  isGrant,
  isRested,
  isShort,
  isWanting,
  isWorth,
  type Move,
  type Slot,
  type Slots,
} from './slot.ts';

/** So much at once where everybody is near what it should have: many small changes would cost many calls. */
const STEP = 0.9;

/**
 * Who gives, and how much: no more than others lack. First whoever is furthest above what it should have. Where something else
 * than needs changed (a start, a grant, less capacity), also those whose limits should rest.
 */
export function lowered({ free, established, newcomers }: Slots, floor: number, now: number): Move[] {
  const above = established.filter((slot) => slot.state.sent === null && held(slot) > due(slot));
  const isForced = (slot: Slot) => isGrant(slot) || held(slot) === Number.POSITIVE_INFINITY;
  const moves = above.filter(isForced).map((slot) => ({ id: slot.id, rate: slot.ideal }));

  const have = sum(established.map((slot) => (above.includes(slot) && isForced(slot) ? due(slot) : coming(slot))));
  // Who may not be raised yet when this takes effect would leave the room unused.
  const canGain = established.filter((slot) => isGrant(slot) || isRested(slot, now + EFFECT_MS));
  const wanting = canGain.filter(isWanting);
  const lack = sum(wanting.map((slot) => due(slot) - coming(slot))) + sum(newcomers.map(due));
  const slight = canGain.filter((slot) => isShort(slot) && !wanting.includes(slot) && due(slot) > coming(slot));
  const urgent = sum(wanting.filter(isGrant).map((slot) => due(slot) - coming(slot))) + sum(newcomers.map(due));
  const more = { usual: 0, unused: sum(slight.map((slot) => due(slot) - coming(slot))), urgent: urgent - lack };
  let toFree = have + lack - free;
  for (const { slot, rate, reason } of candidates(
    above.filter((one) => !isForced(one)),
    floor,
    now,
  )) {
    if (toFree + more[reason] <= 0) continue;
    toFree -= held(slot) - rate;
    moves.push({ id: slot.id, rate });
  }
  return moves;
}

/** What each could give, and for what it would: only what is urgent disturbs a limit that should rest. */
function candidates(slots: readonly Slot[], floor: number, now: number) {
  return slots
    .map((slot) => {
      const rate = loweredTo(slot, floor);
      const isFar = isWorth(held(slot), due(slot));
      const isQuiet = isRested(slot, now) && isWorth(held(slot), rate);
      const reason = isQuiet ? (isFar && slot.state.usage.need !== null ? 'unused' : 'usual') : 'urgent';
      return { slot, rate, isFar, isQuiet, reason } as const;
    })
    .toSorted(
      (one, other) =>
        Number(other.isQuiet) - Number(one.isQuiet) ||
        Number(other.isFar) - Number(one.isFar) ||
        degree(other.slot) - degree(one.slot) ||
        (one.slot.id < other.slot.id ? -1 : 1),
    );
}

/** Near what it should have, it goes a little below; never where its need is known, nor below the floor. */
function loweredTo(slot: Slot, floor: number): number {
  if (isWorth(held(slot), due(slot)) || slot.state.usage.need !== null) return slot.ideal;
  return Math.min(slot.ideal, Math.max(Math.floor(STEP * held(slot)), floor));
}
