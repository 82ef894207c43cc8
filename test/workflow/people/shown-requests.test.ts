import { describe, expect, it } from 'vitest';
import type { PolicyInForce } from '../../../src/domain/policy/policies-in-force.ts';
import type { Policy, Rule } from '../../../src/domain/policy/policy.ts';
import { mayKnow } from '../../../src/workflow/people/may-know.ts';
import { shownTo } from '../../../src/workflow/people/shown-requests.ts';
import { GROUPS, LEAD, NOBODY, OPERATOR, PEOPLE, policy, requested, rule, SECOND } from '../../domain/given.ts';
import { sourceOf } from '../outside.ts';

const SECRET = 'G0SECRET';
const OF: Partial<Rule> = { match: { channels: [SECRET] } };
/** In a private channel, for those who read the audit log or may decide it. */
const request = requested({ of: rule(OF), ask: { channel: SECRET, reason: 'the merger' } });

function bot(rules: { own: Rule; other: Rule }, more: Partial<Policy> = {}) {
  const closed = { audit: { readers: { users: [], groups: [] } }, viewers: { users: [], groups: [] }, ...more };
  const [own, other] = [policy(rules.own), policy(rules.other)];
  const inForce: PolicyInForce = {
    policy: { ...own.policy, ...closed },
    digest: own.digest,
    others: [{ policy: { ...other.policy, ...closed }, digest: 'other' }],
  };
  const person = async (user: string) => PEOPLE.get(user) ?? NOBODY;
  return {
    people: {
      person,
      lately: person,
      remembers: () => false,
      groups: async () => GROUPS,
      groupsLately: async () => GROUPS,
    },
    channels: { postable: async () => 'yes' as const, isPrivate: async () => true },
    policy: sourceOf(() => inForce),
  };
}

const open = rule(OF);
const forSecond = rule({ ...OF, approvers: { users: [SECOND.user], groups: [] } });

describe('a request of a private channel, while bots run two policies', () => {
  it('is shown whole to who may see it by both', async () => {
    const [forLead, forBoth] = await Promise.all(
      [LEAD, SECOND].map(async (one) => (await shownTo(bot({ own: open, other: forSecond }), one, [request]))(request)),
    );
    expect(forLead).toMatchObject({ reason: null, channel: '' });
    expect(forBoth).toMatchObject({ reason: 'the merger', channel: SECRET });
  });

  it('is known to who may know of it by both', async () => {
    const forLead = rule({ ...OF, requesters: { users: [LEAD.user], groups: [] } });
    const nobody = rule({ ...forSecond, requesters: { users: [], groups: [] } });
    expect(await mayKnow(bot({ own: forLead, other: forLead }), LEAD.user, request)).toBe(true);
    expect(await mayKnow(bot({ own: forLead, other: nobody }), LEAD.user, request)).toBe(false);
    expect(await mayKnow(bot({ own: forLead, other: nobody }), OPERATOR.user, request)).toBe(true);
  });
});
