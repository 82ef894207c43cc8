import type { LinkLimit, LinkLimits } from '../run/link-limits.ts';
import { budgetOf } from './division/divide.ts';
import type { Link } from './link.ts';
import type { Due } from './week.ts';

/**
 * What a link that every execution may have all of allows each of them, from the first to the last of some times at which something
 * is due. `dues`: in order; the first one has been due for as long as matters.
 */
export function limitsOfLink(
  { name, headroom }: Link,
  dues: readonly [{ at: Date; due: Due }, ...{ at: Date; due: Due }[]],
): LinkLimits {
  const limitOf = ({ at, due }: { at: Date; due: Due }): LinkLimit => ({
    from: at,
    rate: budgetOf({ capacity: due.capacity, headroom }),
    capsGrants: due.cause === 'window',
  });
  const [first, ...others] = dues;
  return { link: name, limits: [limitOf(first), ...others.map(limitOf)] };
}
