import type { Permission, Policy } from './policy.ts';
import type { Limits } from './use-limits.ts';

/** A policy, and the digest of its text. */
export interface OnePolicy {
  policy: Policy;
  digest: string;
}

/** What another bot that is running goes by. `policy` null: its text is not to be had, or this version can't read it. */
export interface OtherPolicy {
  policy: Policy | null;
  digest: string;
}

/** The policy of this bot, and those that differ from it of the other bots that are running. */
export interface PolicyInForce extends OnePolicy {
  others: readonly OtherPolicy[];
}

/** Each policy that has to allow a request, this bot's own first. */
export function knownPolicies({ policy, digest, others }: PolicyInForce): [OnePolicy, ...OnePolicy[]] {
  const known = others.flatMap((other) => (other.policy ? [{ policy: other.policy, digest: other.digest }] : []));
  return [{ policy, digest }, ...known];
}

/** Whether a bot runs that goes by a policy which can't be read here: then only what lowers a limit can be let through. */
export function hasUnreadable({ others }: Pick<PolicyInForce, 'others'>): boolean {
  return others.some(({ policy }) => policy === null);
}

/** The strictest answer; of those that are equally strict the first, so that the bot's own policy goes before others. */
export function strictest<T>(answers: readonly [T, ...T[]], strictness: (answer: T) => number): T {
  return answers.reduce((found, answer) => (strictness(answer) > strictness(found) ? answer : found));
}

/** How strict an answer about a person is: that Slack can't say is less than that they may not. */
export function strictnessOf(answer: Permission): number {
  if (answer.allowed) return 0;
  return answer.why === 'unknown-groups' ? 1 : 2;
}

/** The same question put to each policy that counts: the strictest answer. */
export function underEach<T>(
  inForce: PolicyInForce,
  answer: (one: OnePolicy) => T,
  strictness: (answer: T) => number,
): T {
  const [own, ...others] = knownPolicies(inForce);
  return strictest([answer(own), ...others.map(answer)], strictness);
}

/** Of a record: each policy that counted, where there was more than one. */
export function countedPolicies({ digest, others }: Pick<PolicyInForce, 'digest' | 'others'>): { policies?: string[] } {
  return others.length === 0 ? {} : { policies: [digest, ...others.map((other) => other.digest)] };
}

/** Of a refusal: the digest of the policy that refuses, where it is not this bot's own. */
export function otherThan({ digest }: Pick<PolicyInForce, 'digest'>, deciding: string): { other?: string } {
  return deciding === digest ? {} : { other: deciding };
}

/** A limit on use: the lowest of the policies that count. `other`: the digest of its policy, where it is not this bot's own. */
export function limitInForce(inForce: PolicyInForce, limit: keyof Limits): { most: number; other?: string } {
  const { policy, digest } = underEach(
    inForce,
    (one) => one,
    (one) => -one.policy.limits[limit],
  );
  return { most: policy.limits[limit], ...otherThan(inForce, digest) };
}
