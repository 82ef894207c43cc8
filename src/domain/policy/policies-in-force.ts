import type { Permission, Policy } from './policy.ts';
import type { Limits } from './use-limits.ts';

/** A policy, and the digest of its text. */
export interface OnePolicy {
  policy: Policy;
  digest: string;
}

/** The policy of another running bot. `policy` null: its text is missing, or this version can't parse it. */
export interface OtherPolicy {
  policy: Policy | null;
  digest: string;
}

/** This bot's policy, and those of other running bots that differ from it. */
export interface PolicyInForce extends OnePolicy {
  others: readonly OtherPolicy[];
}

/** All readable policies that must allow a request, this bot's own first. */
export function knownPolicies({ policy, digest, others }: PolicyInForce): [OnePolicy, ...OnePolicy[]] {
  const known = others.flatMap((other) => (other.policy ? [{ policy: other.policy, digest: other.digest }] : []));
  return [{ policy, digest }, ...known];
}

/** Whether a bot runs with a policy that can't be read here. Then only requests that lower a limit can be allowed. */
export function hasUnreadable({ others }: Pick<PolicyInForce, 'others'>): boolean {
  return others.some(({ policy }) => policy === null);
}

/** The strictest answer; among equally strict ones the first, so that the bot's own policy takes precedence. */
export function strictest<T>(answers: readonly [T, ...T[]], strictness: (answer: T) => number): T {
  return answers.reduce((found, answer) => (strictness(answer) > strictness(found) ? answer : found));
}

/** How strict an answer about a person is: "unknown" is less strict than "not allowed". */
export function strictnessOf(answer: Permission): number {
  if (answer.allowed) return 0;
  return answer.why === 'unknown-groups' ? 1 : 2;
}

/** Evaluates each applicable policy and returns the strictest answer. */
export function underEach<T>(
  inForce: PolicyInForce,
  answer: (one: OnePolicy) => T,
  strictness: (answer: T) => number,
): T {
  const [own, ...others] = knownPolicies(inForce);
  return strictest([answer(own), ...others.map(answer)], strictness);
}

/** For a record: the applicable policies, if there was more than one. */
export function countedPolicies({ digest, others }: Pick<PolicyInForce, 'digest' | 'others'>): { policies?: string[] } {
  return others.length === 0 ? {} : { policies: [digest, ...others.map((other) => other.digest)] };
}

/** For a refusal: the digest of the policy that refuses, if it is not this bot's own. */
export function otherThan({ digest }: Pick<PolicyInForce, 'digest'>, deciding: string): { other?: string } {
  return deciding === digest ? {} : { other: deciding };
}

/**
 * A usage limit: the lowest of the applicable policies. `other`: the digest of its policy, if it is not this bot's own.
 */
export function limitInForce(inForce: PolicyInForce, limit: keyof Limits): { most: number; other?: string } {
  const { policy, digest } = underEach(
    inForce,
    (one) => one,
    (one) => -one.policy.limits[limit],
  );
  return { most: policy.limits[limit], ...otherThan(inForce, digest) };
}
