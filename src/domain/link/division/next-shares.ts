import { UNLIMITED } from '../../rate/rate.ts';
import { budgetOf, divide, type Member, type Terms } from './divide.ts';
import { sum } from './fill.ts';
import { lowered } from './lower.ts';
import { type LinkMember, type MemberState, seen } from './member-state.ts';
import { raised } from './raise.ts';
import { coming, due, heldAtMost, isWanting, type Move, type Slot, type Slots } from './slot.ts';

/** What is known of the shares of a link between two steps: plain values. */
export interface LinkShares {
  terms: Terms;
  /** By ARN. */
  members: Readonly<Record<string, MemberState>>;
}

export interface NextShares {
  /** To be set now. The next step counts them as sent. */
  now: Move[];
  /** To be raised to this, or as near as there is room then, in a later step: when others were lowered and that takes effect. */
  later: Move[];
  /** Where everybody should be, by what is known of their needs. */
  ideal: ReadonlyMap<string, number>;
  shares: LinkShares;
}

/**
 * One step from the shares in force towards those that are due. Safe in any order of events: the sum of what the limits let
 * through at the very most stays within the budget by what is set here. Members that have to give are lowered at once; those
 * that gain are raised when that was read back and takes effect for certain; a newcomer gets its first limit as soon as the
 * others were read back lower. Moves are few: where needs alone changed, a limit rests 5 minutes, and a change of less than 10 %
 * is left.
 *
 * Who carries the moves out reads each back and passes that look to a later step. A member whose limit can't be moved must
 * come as `fixed`: newcomers wait for it otherwise. Times in milliseconds since 1970.
 */
export function nextShares(
  before: LinkShares | null,
  { terms, members }: { terms: Terms; members: readonly LinkMember[] },
  now: number,
): NextShares {
  const isNewTerms = before !== null && !isSame(before.terms, terms);
  const states = members.map((member): [LinkMember, MemberState] => {
    const state = seen(before?.members[member.id], member, now);
    return [member, isNewTerms ? { ...state, mayMove: true } : state];
  });
  const ideal = divide(terms, states.map(asMember));
  const slots = states.flatMap(([{ id, holds }, state]): Slot[] => {
    const rate = ideal.get(id);
    if (rate === undefined || holds.kind === 'fixed') return [];
    const most = holds.kind === 'share' ? holds.baseline : holds.rate;
    return [{ id, ideal: rate, most, state: settledIn(state, rate, terms) }];
  });

  const moves = movesOf(terms, slots, members, now);
  const rateOf = new Map(moves.map(({ id, rate }) => [id, rate]));
  const later = slots.filter((slot) => !rateOf.has(slot.id) && isWanting(slot));
  const after = slots.map(({ id, state }): [string, MemberState] => {
    const rate = rateOf.get(id);
    return [id, rate === undefined ? state : { ...state, mayMove: false, sent: { rate, at: now } }];
  });
  const all = Object.fromEntries([...states.map(([{ id }, state]) => [id, state]), ...after]);
  return {
    now: moves,
    later: later.map(({ id, ideal: rate }) => ({ id, rate })),
    ideal,
    shares: { terms, members: all },
  };
}

function movesOf(terms: Terms, slots: readonly Slot[], members: readonly LinkMember[], now: number): Move[] {
  const budget = budgetOf(terms);
  const idle = slots.filter(({ state }) => state.sent === null);
  if (budget === UNLIMITED) {
    return idle.filter(({ state, ideal }) => state.limit !== ideal).map(({ id, ideal }) => ({ id, rate: ideal }));
  }
  const free = budget - sum(members.map(({ holds }) => (holds.kind === 'fixed' ? holds.takes : 0)));
  const established = slots.filter(({ state }) => !state.isNew);
  const newcomers = slots.filter(({ state }) => state.isNew);
  const parts = { free, established, newcomers };
  const lower = lowered(parts, terms.floor, now);
  const moving = new Set(lower.map(({ id }) => id));
  // What is lowered in this step counts as it is until it was read back.
  return [...lower, ...firstLimits(parts), ...raised(parts, moving, now)];
}

/** First limits, for whom there is room by what AWS showed of the others. */
function firstLimits({ free, established, newcomers }: Slots): Move[] {
  const isLow = (slot: Slot) => slot.state.sent === null && heldAtMost(slot) <= due(slot);
  const isSettled = established.every(isLow) && newcomers.every(({ state }) => state.sent === null);
  let room =
    free - sum(established.map(heldAtMost)) - sum(newcomers.map((slot) => (slot.state.sent ? coming(slot) : 0)));
  const moves: Move[] = [];
  for (const slot of newcomers) {
    if (slot.state.sent !== null || !(isSettled || due(slot) <= room)) continue;
    room -= due(slot);
    moves.push({ id: slot.id, rate: slot.ideal });
  }
  return moves;
}

/** A newcomer whose own limit is low enough needs none of ours, nor does anybody while the link is unlimited. */
function settledIn(state: MemberState, ideal: number, terms: Terms): MemberState {
  const isLow = state.limit !== UNLIMITED && (ideal === UNLIMITED || state.limit <= ideal);
  return state.isNew && state.sent === null && (isLow || terms.capacity === UNLIMITED)
    ? { ...state, isNew: false }
    : state;
}

function asMember([{ id, weight, holds }, { usage, rate }]: [LinkMember, MemberState]): Member {
  switch (holds.kind) {
    case 'share':
      return { id, weight, holds: { ...holds, need: usage.need } };
    case 'grant':
      return { id, weight, holds: { ...holds, measured: rate } };
    case 'fixed':
      return { id, weight, holds };
  }
}

function isSame(one: Terms, other: Terms): boolean {
  return (
    one.capacity === other.capacity &&
    one.headroom === other.headroom &&
    one.floor === other.floor &&
    one.grantsCapped === other.grantsCapped
  );
}
