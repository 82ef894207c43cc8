import { UNLIMITED } from '../../rate/rate.ts';
import { type Link, WEIGHT_IF_NOT_NAMED } from '../link.ts';
import { fill, sum } from './fill.ts';

/** What is divided, and how. */
export interface Terms extends Pick<Link, 'headroom' | 'floor'> {
  /** Bytes per second that are due for the link now; -1 unlimited. */
  capacity: number;
  /** A window or a request is due for the link: grants of its runs are capped. */
  grantsCapped: boolean;
}

/** A running execution of the link. Rates in bytes per second. */
export interface Member {
  /** Its ARN. */
  id: string;
  /** Above 0; 1 if absent. */
  weight?: number | undefined;
  holds: Share | GrantedRate | Fixed;
}

/** It gets a part of what is divided. */
interface Share {
  kind: 'share';
  /** The limit that it would have without the link: a share is never higher. -1 unlimited. */
  baseline: number;
  /** What it would use; null: unknown, or more than it has. */
  need: number | null;
}

/** It has a grant of its own, which is taken off before dividing. */
interface GrantedRate {
  kind: 'grant';
  /** -1 unlimited. */
  rate: number;
  /** What is taken off where the grant is unlimited and not capped. */
  measured: number;
}

/** Its limit can't be moved: changed outside the bot, without effect, or AWS lets nobody change it. */
interface Fixed {
  kind: 'fixed';
  /** What is taken off: its limit; its measured rate where it has none, or where the limit has no effect. */
  takes: number;
}

/** AWS documents no meaning of 0. */
const LEAST_SHARE = 1;

/** What the members may use together; -1 unlimited. What is fixed is not taken off yet. */
export function budgetOf({ capacity, headroom }: Pick<Terms, 'capacity' | 'headroom'>): number {
  return capacity === UNLIMITED ? UNLIMITED : Math.floor(capacity * (1 - headroom));
}

/**
 * The limit of each member that can be moved, in bytes per second, -1 unlimited. Weighted max-min with floors: first up to what
 * each needs, then, if that leaves something, up to the baselines. The sum is never above what there is, with one exception:
 * nobody gets less than 1 byte per second, also where nothing is left.
 */
export function divide(terms: Terms, members: readonly Member[]): Map<string, number> {
  const budget = budgetOf(terms);
  const granted = of('grant', members);
  const sharing = of('share', members);
  const inFull = granted.map((one): [string, number] => [one.id, one.holds.rate]);
  if (budget === UNLIMITED) return new Map([...inFull, ...sharing.map(baselineOf)]);

  const free = budget - sum(of('fixed', members).map(({ holds }) => holds.takes));
  if (!terms.grantsCapped) {
    const taken = sum(granted.map(({ holds }) => (holds.rate === UNLIMITED ? holds.measured : holds.rate)));
    return new Map([...inFull, ...sharesOf(free - taken, terms.floor, sharing)]);
  }
  const grants = cappedGrants(free, terms.floor, granted, sharing);
  const taken = sum(grants.map(([, rate]) => rate));
  return new Map([...grants, ...sharesOf(free - taken, terms.floor, sharing)]);
}

type With<H extends Member['holds']> = Member & { holds: H };

function of<K extends Member['holds']['kind']>(kind: K, members: readonly Member[]) {
  return members.filter((one): one is With<Extract<Member['holds'], { kind: K }>> => one.holds.kind === kind);
}

function baselineOf({ id, holds }: With<Share>): [string, number] {
  return [id, holds.baseline];
}

function sharesOf(budget: number, floor: number, members: readonly With<Share>[]): [string, number][] {
  const mosts = members.map(({ holds }) => atMost(holds.baseline, budget));
  const floors = fittingFloors(
    budget,
    floor,
    members.map(({ holds }) => holds.baseline),
  );
  const takers = members.map((one, nth) => {
    const [least = 0, most = 0] = [floors[nth], mosts[nth]];
    const need = one.holds.need === null ? most : Math.ceil(one.holds.need);
    return { weight: weightOf(one), least, most, needed: Math.max(least, Math.min(need, most)) };
  });
  const needed = fill(
    budget,
    takers.map(({ weight, least, needed }) => ({ weight, least, most: needed })),
  );
  const isEnough = takers.every((one, nth) => one.needed === needed[nth]);
  const shares = isEnough
    ? fill(
        budget,
        takers.map((one) => ({ ...one, least: one.needed })),
      )
    : needed;
  return members.map(({ id }, nth) => [id, shares[nth] ?? LEAST_SHARE]);
}

/** In sum what is left beside the floors of the others, by weight; none gets more than it was granted. */
function cappedGrants(
  budget: number,
  floor: number,
  granted: readonly With<GrantedRate>[],
  sharing: readonly With<Share>[],
): [string, number][] {
  const mosts = granted.map(({ holds }) => atMost(holds.rate, budget));
  const rates = [...granted.map(({ holds }) => holds.rate), ...sharing.map(({ holds }) => holds.baseline)];
  const floors = fittingFloors(budget, floor, rates);
  const left = budget - sum(floors.slice(mosts.length));
  const takers = granted.map((one, nth) => {
    const most = mosts[nth] ?? LEAST_SHARE;
    return { weight: weightOf(one), least: floors[nth] ?? LEAST_SHARE, most };
  });
  const capped = fill(left, takers);
  return granted.map(({ id }, nth) => [id, capped[nth] ?? LEAST_SHARE]);
}

/** Floors that don't fit are scaled down alike. Nobody's floor is above the most that it may have; -1 unlimited. */
function fittingFloors(budget: number, floor: number, mosts: readonly number[]): number[] {
  const floors = mosts.map((most) => Math.max(LEAST_SHARE, most === UNLIMITED ? floor : Math.min(floor, most)));
  return fill(
    budget,
    floors.map((one) => ({ weight: one, least: LEAST_SHARE, most: one })),
  );
}

function atMost(rate: number, budget: number): number {
  return Math.max(LEAST_SHARE, rate === UNLIMITED ? budget : Math.min(rate, budget));
}

function weightOf({ weight = WEIGHT_IF_NOT_NAMED }: Member): number {
  return weight;
}
