import type { Link } from '../../link/link.ts';
import type { Policy } from '../policy.ts';
import type { PolicyWarning } from '../policy-warning.ts';

/** What this version does with a link whose capacity has to be divided, as the end of a sentence about it. */
export const NOT_APPLIED =
  'checked and explained, but not applied yet: this version divides no capacity, so it sets no limit on any execution because of it';

/** Whether its executions get their limits from it. */
export function isApplied({ share }: Pick<Link, 'share'>): boolean {
  return share === 'each';
}

/** One for each link that this version does not apply. */
export function linksNotApplied({ links }: Pick<Policy, 'links'>): PolicyWarning[] {
  return links.flatMap((link, index) =>
    isApplied(link) ? [] : [{ path: ['links', index], problem: `(${link.name}) is ${NOT_APPLIED}` }],
  );
}
