import type { Link } from '../../src/domain/link/link.ts';
import type { OtherPolicy, PolicyInForce } from '../../src/domain/policy/policies-in-force.ts';
import type { Person, Rule } from '../../src/domain/policy/policy.ts';
import type { Postable } from '../../src/workflow/ports/channels.ts';
import type { PolicySource } from '../../src/workflow/ports/policy-source.ts';
import { EVERYBODY, policy, rule } from '../domain/given.ts';

/** The world outside the bot: a test changes it as it would change by itself. */
export interface Outside {
  /** Epoch milliseconds at which it began, the same for all its bots. */
  readonly began: number;
  seconds: number;
  rule: Rule;
  people: Map<string, Person>;
  groups: Map<string, string[] | null>;
  postable: Postable;
  /** The policy's admins. */
  admins: string[];
  links: Link[];
  /** The policies that other bots run. */
  others: OtherPolicy[];
}

export function outside(changes: Partial<Rule> = {}): Outside {
  return {
    began: Date.now(),
    seconds: 0,
    rule: rule({ role: null, ...changes }),
    people: new Map(EVERYBODY.map((one) => [one.user, one])),
    groups: new Map([['S0LEADS', ['U0LEAD', 'U0SECOND', 'U0GUEST']]]),
    postable: 'yes',
    admins: [],
    links: [],
    others: [],
  };
}

export function policyNow(world: Outside): PolicyInForce {
  const made = policy(world.rule);
  const { admins: users, links, others } = world;
  return { ...made, policy: { ...made.policy, admins: { users, groups: [] }, links }, digest: digestOf(world), others };
}

/** Another one for other links: what is kept of a link is kept by the policy. */
function digestOf({ rule: one, links }: Outside): string {
  return links.length === 0 ? policy(one).digest : `links-${JSON.stringify(links)}`;
}

/** A source of a policy that needs no Redis. */
export function sourceOf(current: () => PolicyInForce): PolicySource {
  return { current, counting: async () => current() };
}
