import type { Policy } from '../policy.ts';
import type { PolicyWarning } from '../policy-warning.ts';

/** What this version does with a link, as the end of a sentence about it. */
export const NOT_APPLIED =
  'checked and explained, but not applied yet: this version sets no limit on any execution because of it';

/** One for each link, as long as this version does not apply them. */
export function linksNotApplied({ links }: Pick<Policy, 'links'>): PolicyWarning[] {
  return links.map(({ name }, index) => ({ path: ['links', index], problem: `(${name}) is ${NOT_APPLIED}` }));
}
