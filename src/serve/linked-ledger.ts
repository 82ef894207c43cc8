import { createLinkLimitsOf } from '../workflow/links/link-limits-of.ts';
import { createLinkMembership } from '../workflow/links/link-membership.ts';
import { withLinks } from '../workflow/links/with-links.ts';
import type { Clock } from '../workflow/ports/clock.ts';
import type { LinkTasks } from '../workflow/ports/links/link-tasks.ts';
import type { PolicySource } from '../workflow/ports/policy-source.ts';
import type { CreatedLedger } from './create-ledger.ts';

/** The ledger whose runs know what their links allow them. */
export function linkedLedger({
  ledger,
  policy,
  clock,
  linkTasks,
}: {
  ledger: CreatedLedger['ledger'];
  policy: PolicySource;
  clock: Clock;
  linkTasks: LinkTasks;
}): CreatedLedger['ledger'] {
  const membership = createLinkMembership(linkTasks);
  return withLinks(ledger, createLinkLimitsOf({ policy, membership, clock }));
}
