import { type CapacityProposal, type CapacityRefusal, decideCapacity } from '../../../domain/link/decide-capacity.ts';
import type { Link } from '../../../domain/link/link.ts';
import { linkRulesElsewhere, matchLinkRule } from '../../../domain/policy/links/link-rules.ts';
import {
  hasUnreadable,
  knownPolicies,
  type OnePolicy,
  otherThan,
  strictest,
} from '../../../domain/policy/policies-in-force.ts';
import { distinct, type Groups, groupsOf, type Person, type Policy, type Rule } from '../../../domain/policy/policy.ts';
import type { RequestedRate } from '../../../domain/rate/rate.ts';
import { approversRefusal } from '../../../domain/request/decide-by-each.ts';
import { elsewhereFor, personRefusal } from '../../../domain/request/decide-request.ts';
import { resolveUntil, type UntilTime } from '../../../domain/time/until.ts';
import { lookUpApprovers } from '../../people/known-people.ts';
import { groupsOfAll } from '../../people/rule-groups.ts';
import type { Channels, Postable } from '../../ports/channels.ts';
import type { Clock } from '../../ports/clock.ts';
import type { People } from '../../ports/people.ts';
import type { PolicySource } from '../../ports/policy-source.ts';
import { type LinkOutlook, laterCapacities, linkOutlook } from './link-outlook.ts';

export interface PreviewCapacityDeps {
  people: People;
  channels: Channels;
  policy: PolicySource;
  clock: Clock;
}

export interface CapacityAsk {
  user: string;
  channel: string;
  /** Its name. */
  link: string;
  rate: RequestedRate;
  durationSeconds: number | null;
  /** In the requester's own time zone. */
  until: UntilTime | null;
}

/** What requesting another capacity for a link would come to. */
export type CapacityPreviewed =
  | { kind: 'would-request'; link: Link; rule: Rule; proposal: CapacityProposal; outlook: LinkOutlook; end: Date }
  /** `other`: the digest of the policy that refused, where it is not this bot's own. */
  | { kind: 'refused'; refusal: CapacityRefusal; other?: string }
  /** The bot can't post in that channel, so nobody would see the request. */
  | { kind: 'cannot-post'; why: Exclude<Postable, 'yes' | 'shared'> };

type Admitted = { ok: true; link: Link; rule: Rule } | { ok: false; refusal: CapacityRefusal };

/**
 * What a request for a link would come to by the policies of all running bots. Nothing is put on record.
 * @throws PersonUnknown, NotRecorded
 */
export async function previewCapacity(deps: PreviewCapacityDeps, ask: CapacityAsk): Promise<CapacityPreviewed> {
  const inForce = await deps.policy.counting();
  const requester = await deps.people.person(ask.user);
  if (requester.kind !== 'member') return { kind: 'refused', refusal: { why: 'not-a-member', kind: requester.kind } };
  const known = knownPolicies(inForce);
  const groups = await deps.people.groups(distinct(known.flatMap(({ policy }) => groupsToRead(policy, ask.link))));
  const admitted = known.map((one) => ({ ...admit(one, ask, requester, groups), digest: one.digest }));
  const barred = admitted.find(({ ok }) => !ok);
  if (barred && !barred.ok) return { kind: 'refused', refusal: barred.refusal, ...otherThan(inForce, barred.digest) };
  const rules = admitted.flatMap((one) => (one.ok ? [one.rule] : []));
  const postable = await deps.channels.postable(ask.channel);
  const unshared = rules.find(({ shared }) => !shared);
  if (postable === 'shared' && unshared) return { kind: 'refused', refusal: { why: 'shared-channel', rule: unshared } };
  if (postable !== 'yes' && postable !== 'shared') return { kind: 'cannot-post', why: postable };
  const now = deps.clock.now();
  const until = ask.until ? resolveUntil(ask.until, { zone: requester.zone ?? null, now }) : null;
  if (until && !until.ok) return { kind: 'refused', refusal: { why: 'until', problem: until.problem } };
  const durationSeconds = until ? Math.ceil((until.value.getTime() - now.getTime()) / 1000) : ask.durationSeconds;
  const command = { requester, rate: ask.rate, durationSeconds };
  const each = await Promise.all(admitted.flatMap((one) => (one.ok ? [decided(one, { command, groups, now })] : [])));
  const [own, ...others] = each;
  if (!own) throw new Error('a bot has no policy of its own');
  const { decision, digest } = strictest([own, ...others], (one) =>
    one.decision.ok ? one.decision.proposal.needed : Number.POSITIVE_INFINITY,
  );
  if (!decision.ok) return { kind: 'refused', refusal: decision.refusal, ...otherThan(inForce, digest) };
  const { proposal } = decision;
  const lowers = each.every((one) => one.decision.ok && one.decision.proposal.direction === 'lower');
  if (hasUnreadable(inForce) && !lowers) return { kind: 'refused', refusal: { why: 'policies-differ' } };
  const tooFew = await tooFewApprovers(deps, rules, { requester, groups, needed: proposal.needed });
  if (tooFew) return { kind: 'refused', refusal: tooFew };
  const end = until?.value ?? new Date(now.getTime() + (durationSeconds ?? 0) * 1000);
  return { kind: 'would-request', link: own.link, rule: own.rule, proposal, outlook: own.outlook, end };
}

/** Those that tell who may request, approve, and view everything. */
function groupsToRead({ rules, viewers }: Policy, link: string): string[] {
  return [...groupsOfAll(rules.filter(({ match }) => match.links?.includes(link))), ...groupsOf(viewers)];
}

function admit({ policy }: OnePolicy, ask: CapacityAsk, requester: Person, groups: Groups): Admitted {
  const link = policy.links.find(({ name }) => name === ask.link);
  const rule = matchLinkRule(policy, ask);
  if (!link || !rule) {
    const rules = linkRulesElsewhere(policy, ask.link);
    const elsewhere = elsewhereFor({ policy, rules }, requester, groups);
    return { ok: false, refusal: { why: 'no-link-rule', link: ask.link, elsewhere } };
  }
  const refusal = personRefusal(rule, requester, groups);
  return refusal ? { ok: false, refusal } : { ok: true, link, rule };
}

async function decided(
  one: { link: Link; rule: Rule; digest: string },
  { command, groups, now }: { command: Parameters<typeof decideCapacity>[0]; groups: Groups; now: Date },
) {
  const outlook = await linkOutlook(one.link, now);
  const later = await laterCapacities(one.link, now, command.durationSeconds ?? 0);
  const facts = { rule: one.rule, groups, due: outlook.due.capacity, later };
  return { ...one, outlook, decision: decideCapacity(command, facts) };
}

/** Who approves must be an approver by each of the rules. */
async function tooFewApprovers(
  { people }: PreviewCapacityDeps,
  rules: readonly Rule[],
  { requester, groups, needed }: { requester: Person; groups: Groups; needed: number },
): Promise<CapacityRefusal | null> {
  if (needed === 0) return null;
  // The first approvers by one rule may be nobody's by another.
  const enough = rules.length > 1 ? Number.POSITIVE_INFINITY : needed;
  const found = await Promise.all(rules.map((rule) => lookUpApprovers(people, rule, requester, { groups, enough })));
  const known = new Map(found.flatMap((some) => [...some]));
  return approversRefusal(rules, needed, { requester }, { groups, people: known });
}
