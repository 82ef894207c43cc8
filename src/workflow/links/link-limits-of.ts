import { limitsOfLink } from '../../domain/link/limits-of-link.ts';
import type { Link } from '../../domain/link/link.ts';
import { type Due, dueAt } from '../../domain/link/week.ts';
import { isApplied } from '../../domain/policy/links/links-not-applied.ts';
import { knownPolicies, type OnePolicy } from '../../domain/policy/policies-in-force.ts';
import { UNLIMITED } from '../../domain/rate/rate.ts';
import { type LinkLimit, type LinkLimits, stricterLimits } from '../../domain/run/link-limits.ts';
import type { Clock } from '../ports/clock.ts';
import type { PolicySource } from '../ports/policy-source.ts';
import { changesWithin } from '../queries/links/link-outlook.ts';
import type { LinkMembership } from './link-membership.ts';

/** A week has all windows on weekdays, and no limit lasts longer. */
const REACH_MS = 8 * 86_400_000;
/** Time only moves on: what was made a while ago is still true, but for what has come into reach since. */
const KEPT_MS = 60_000;
/** Of a link that this bot's policy does not have. */
const NO_LIMIT: LinkLimit = { from: new Date(0), rate: UNLIMITED, capsGrants: false };

/** What the links of the policies allow an execution. */
export interface LinkLimitsOf {
  /** By the policies that count now, and by what AWS says of the locations of links. @throws AwsFault, NotRecorded */
  now(execution: string): Promise<LinkLimits | null>;
  /** As far as this process knows. */
  known(execution: string): Promise<LinkLimits | null>;
}

/** Where bots run different policies, the lower of their limits comes of it: each bot lowers by its own, and raises by all. */
export function createLinkLimitsOf(deps: {
  policy: PolicySource;
  membership: LinkMembership;
  clock: Clock;
}): LinkLimitsOf {
  const { policy, membership, clock } = deps;
  /** By the digest of the policy and the link, for the time of their making. */
  const kept = { sinceMs: 0, limits: new Map<string, LinkLimits>() };

  async function limitsOf(digest: string, link: Link): Promise<LinkLimits> {
    const now = clock.now();
    const age = now.getTime() - kept.sinceMs;
    if (age < 0 || age > KEPT_MS) {
      kept.limits.clear();
      kept.sinceMs = now.getTime();
    }
    const key = `${digest} ${link.name}`;
    const limits = kept.limits.get(key) ?? limitsOfLink(link, await duesOf(link, now));
    kept.limits.set(key, limits);
    return limits;
  }

  async function limitsBy(one: OnePolicy, link: Link | null): Promise<LinkLimits | null> {
    return link && isApplied(link) ? limitsOf(one.digest, link) : null;
  }

  async function limitsByEach(
    [own, ...rest]: readonly [OnePolicy, ...OnePolicy[]],
    linkOf: (one: OnePolicy) => Promise<Link | null>,
  ): Promise<LinkLimits | null> {
    const mine = await limitsBy(own, await linkOf(own));
    let others: LinkLimits | null = null;
    for (const one of rest) others = stricterLimits(others, await limitsBy(one, await linkOf(one)));
    if (others === null) return mine;
    return { ...(mine ?? { link: others.link, limits: [NO_LIMIT] }), others: others.limits };
  }

  const hasLinks = () => knownPolicies(policy.current()).some((one) => one.policy.links.length > 0);

  return {
    now: async (execution) =>
      !hasLinks()
        ? null
        : limitsByEach(knownPolicies(await policy.counting()), (one) => membership.linkOf(one.policy, execution)),
    known: async (execution) =>
      limitsByEach(knownPolicies(policy.current()), async (one) => membership.knownLinkOf(one.policy, execution)),
  };
}

/** What is due for a link from a week ago to a week ahead. */
async function duesOf(link: Link, now: Date): Promise<[{ at: Date; due: Due }, ...{ at: Date; due: Due }[]]> {
  const [begin, end] = [new Date(now.getTime() - REACH_MS), new Date(now.getTime() + REACH_MS)];
  // What was due before the first change has been for as long as matters.
  return [{ at: new Date(0), due: dueAt(link, begin) }, ...(await changesWithin(link, begin, end))];
}
