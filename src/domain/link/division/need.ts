/** How a run uses its share, by the looks at it since its limit took effect. */
export interface Usage {
  /** Of the last looks, the newest last; bytes per second. */
  rates: readonly number[];
  /** What it would use, with some room to grow; null: unknown, or all that it can get. */
  need: number | null;
  /** At the last look it used nearly all of its share, so it could probably use more. */
  isShort: boolean;
  /** Its need was found too low once: the next time it is unknown again. */
  isGrown: boolean;
}

export const UNKNOWN_USAGE: Usage = { rates: [], need: null, isShort: false, isGrown: false };

const LOOKS = 3;
/** A share is unused if all of these looks were below this part of it. */
const UNUSED = 0.8;
/** Above this part of its share a run may need more. */
const SHORT = 0.9;
/** A run that gets exactly what it needs uses this part of its share: between the two. */
const AIM = 0.88;
/** Rates waver: a need that was found too low is taken for so much more first. */
const GROWTH = 1.15;
/** Less could hardly be told from a transfer that stands still. */
const LEAST_NEED = 64 * 1024;

/** Of a run that sends nothing yet, or nothing any more. */
export const NO_USAGE: Usage = { ...UNKNOWN_USAGE, need: LEAST_NEED };

/** After a look: `rate` was measured while `limit` was in effect. Bytes per second; the limit is not unlimited. */
export function usageAfter(usage: Usage, limit: number, rate: number): Usage {
  if (rate > SHORT * limit) return { ...shortOf(usage, limit), rates: [], isShort: true };
  const { need, isGrown } = usage;
  const rates = [...usage.rates, rate].slice(-LOOKS);
  const seen = Math.max(LEAST_NEED, Math.ceil(Math.max(...rates) / AIM));
  const isUnused = rates.length === LOOKS && rates.every((one) => one < UNUSED * limit);
  if (need === null) return { rates, need: isUnused ? seen : null, isShort: false, isGrown: false };
  // Until there were as many looks, what was measured before counts too.
  const isSure = rates.length === LOOKS;
  return { rates, need: isSure ? seen : Math.max(need, seen), isShort: false, isGrown: isGrown && !isSure };
}

function shortOf({ need, isGrown }: Usage, limit: number): Pick<Usage, 'need' | 'isGrown'> {
  // It was not given yet what it is known to need.
  if (need !== null && need > limit) return { need, isGrown };
  if (need === null || isGrown || need <= LEAST_NEED) return { need: null, isGrown: false };
  return { need: Math.ceil(GROWTH * limit), isGrown: true };
}

/** Whether the next look could show that the share is unused. */
export function isInDoubt({ need, isShort }: Usage): boolean {
  return need === null && !isShort;
}

/** The share was set to another rate. What was measured before says nothing about it, but for the need. */
export function withNewLimit(usage: Usage): Usage {
  return { ...usage, rates: [], isShort: false };
}
