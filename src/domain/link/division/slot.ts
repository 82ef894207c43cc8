import { UNLIMITED } from '../../rate/rate.ts';
import type { MemberState } from './member-state.ts';

/** A member that can be moved, with the limit that it should have. */
export interface Slot {
  id: string;
  state: MemberState;
  /** Bytes per second, -1 unlimited. */
  ideal: number;
  /** The most that it may have, -1 unlimited. */
  most: number;
}

/** The members of a link on a budget, and what there is for them: what is fixed is taken off. */
export interface Slots {
  free: number;
  established: readonly Slot[];
  /** They have no limit of the link yet. */
  newcomers: readonly Slot[];
}

export interface Move {
  id: string;
  /** Bytes per second, -1 unlimited. */
  rate: number;
}

const PACE_MS = 300_000;
const WORTH = 0.1;

/** Bytes per second that a limit lets through. An unlimited grant counts at its measured rate. */
function amountOf({ state, ideal }: Slot, limit: number): number {
  if (limit !== UNLIMITED) return limit;
  return state.kind === 'grant' && ideal === UNLIMITED ? state.rate : Number.POSITIVE_INFINITY;
}

/** What AWS shows. */
export function held(slot: Slot): number {
  return amountOf(slot, slot.state.limit);
}

/** What it may have as far as AWS showed: what was sent counts where it is more. */
export function heldAtMost(slot: Slot): number {
  return Math.max(held(slot), coming(slot));
}

/** What it will have when the change under way is done. */
export function coming(slot: Slot): number {
  return amountOf(slot, slot.state.sent?.rate ?? slot.state.limit);
}

/** What it can use at the very most, with all that was sent and all that has perhaps no effect yet. */
export function ceiling(slot: Slot): number {
  return Math.max(heldAtMost(slot), ...slot.state.perhaps.map(({ rate }) => amountOf(slot, rate)));
}

/** What it should have. */
export function due(slot: Slot): number {
  return amountOf(slot, slot.ideal);
}

/** How much of what it should have it has; above 1 where it has more. */
export function degree(slot: Slot): number {
  return held(slot) / due(slot);
}

export function isGrant({ state }: Slot): boolean {
  return state.kind === 'grant';
}

/** Whether a change is worth a call. */
export function isWorth(from: number, to: number): boolean {
  return from === Number.POSITIVE_INFINITY ? to !== from : Math.abs(to - from) >= WORTH * from;
}

/** Whether its limit may be moved although nothing but needs changed. */
export function isRested({ state }: Slot, now: number): boolean {
  return state.mayMove || state.movedAt === null || now >= state.movedAt + PACE_MS;
}

export function isShort({ state }: Slot): boolean {
  return state.kind === 'share' && state.usage.isShort;
}

/** Whether it has less than it should, and would use more. */
export function isWanting(slot: Slot): boolean {
  const { usage, mayMove, limit, sent } = slot.state;
  if (isGrant(slot) && slot.ideal === UNLIMITED) return (sent?.rate ?? limit) !== UNLIMITED;
  if (due(slot) <= coming(slot)) return false;
  if (isGrant(slot)) return true;
  return isWorth(coming(slot), due(slot)) && (usage.isShort || (mayMove && usage.need === null));
}
