import type { Groups, Person, Policy, Rule } from '../../src/domain/policy/policy.ts';
import { DEFAULT_LIMITS } from '../../src/domain/policy/use-limits.ts';

export function rule(but: Partial<Rule> = {}): Rule {
  return {
    name: 'production',
    match: {},
    requesters: { users: ['UOPER'], groups: ['SOPS'] },
    approvers: { users: ['ULEAD'], groups: ['SLEADS'] },
    approvals: { lower: 0, raise: 1, unlimited: 2 },
    rate: { min: 100, max: 200 },
    maxDurationSeconds: null,
    reason: 'optional',
    expiresInSeconds: 1800,
    reminders: true,
    shared: false,
    role: null,
    ...but,
  };
}
export function policy(...rules: Rule[]): Policy {
  return {
    version: 1,
    limits: DEFAULT_LIMITS,
    viewers: null,
    admins: { users: [], groups: [] },
    audit: { readers: null },
    links: [],
    rules,
  };
}
export function person(user: string, kind: Person['kind'] = 'member'): Person {
  return { team: 'T1', user, name: user.toLowerCase(), kind };
}
export const groups: Groups = new Map([
  ['SOPS', ['UOPER', 'UOPS2']],
  ['SLEADS', ['ULEAD', 'ULEAD2', 'UOPER']],
]);
export const silent: Groups = new Map([
  ['SOPS', null],
  ['SLEADS', null],
]);
/** To wait for Slack would not help. */
export const unreadable: Groups = new Map([
  ['SOPS', 'unreadable'],
  ['SLEADS', null],
]);
export const NOT_MEMBERS = ['guest', 'stranger', 'other-team', 'deactivated', 'bot'] as const;
