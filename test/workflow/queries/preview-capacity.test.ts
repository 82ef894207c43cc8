import { expect, it } from 'vitest';
import type { Rule } from '../../../src/domain/policy/policy.ts';
import { previewCapacity } from '../../../src/workflow/queries/links/preview-capacity.ts';
import { CHANNEL, LEAD, MIB, OPERATOR, policy, rule, SECOND } from '../../domain/given.ts';
import { link } from '../../domain/link/given-timetable.ts';
import { givenBot } from '../given-bot.ts';
import { sourceOf } from '../outside.ts';

const given = givenBot();

/** A policy with one link of this capacity and a rule for it that this person approves by. */
function policyWith(approver: string, capacity: number, changes: Partial<Rule> = {}) {
  const forLink = rule({ match: { links: ['dc1-wan'] }, role: null, approvers: { users: [approver], groups: [] } });
  const made = policy({ ...forLink, approvals: { lower: 0, raise: 1, unlimited: null }, ...changes });
  return { ...made, policy: { ...made.policy, links: [link({ name: 'dc1-wan', capacity })] } };
}

/** Of 50 MiB/s for 10 minutes, by a bot with the first policy while others run with the others. */
function previewUnder(
  own: ReturnType<typeof policyWith>,
  others: { policy: typeof own.policy | null; digest: string }[],
) {
  const deps = { ...given.bot.deps, policy: sourceOf(() => ({ ...own, others })) };
  const rate = { kind: 'absolute', bytesPerSecond: 50 * MIB } as const;
  const ask = { user: OPERATOR.user, channel: CHANNEL, link: 'dc1-wan', rate, durationSeconds: 600, until: null };
  return previewCapacity(deps, ask);
}

const other = (made: ReturnType<typeof policyWith>) => ({ policy: made.policy, digest: 'other' });
const [RAISES, LOWERS] = [10 * MIB, 100 * MIB];

it('under two policies needs approvers who count under both', async () => {
  const own = policyWith(LEAD.user, RAISES);
  expect(await previewUnder(own, [other(policyWith(LEAD.user, RAISES))])).toMatchObject({ kind: 'would-request' });
  expect(await previewUnder(own, [other(policyWith(SECOND.user, RAISES))])).toMatchObject({
    kind: 'refused',
    refusal: { why: 'too-few-approvers', needed: 1, possible: 0 },
  });
});

it('beside a policy that can’t be read is only good where it lowers the capacity by all that can be', async () => {
  const unread = { policy: null, digest: 'unread' };
  const free = { approvals: { lower: 0, raise: 0, unlimited: null } };
  const own = policyWith(LEAD.user, LOWERS, free);
  expect(await previewUnder(own, [unread])).toMatchObject({ kind: 'would-request' });
  const raising = other(policyWith(LEAD.user, RAISES, free));
  expect(await previewUnder(own, [raising, unread])).toMatchObject({ refusal: { why: 'policies-differ' } });
});
