import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Groups,
  groupsNamed,
  groupsOf,
  isAmong,
  mayDecide,
  mayRead,
  mayRequest,
  unreadableOf,
} from '../../../src/domain/policy/policy.ts';
import { possibleApprovers } from '../../../src/domain/policy/possible-approvers.ts';
import { DEFAULT_LIMITS } from '../../../src/domain/policy/use-limits.ts';
import { groups, NOT_MEMBERS, person, policy, rule, silent, unreadable } from '../given-rules.ts';

describe('isAmong', () => {
  it.each([
    ['named alone', ['U1'], [], 'U1', 'yes'],
    ['named by a group', [], ['SOPS'], 'UOPS2', 'yes'],
    ['named by neither', ['U2'], ['SOPS'], 'U1', 'no'],
    ['named alone, the group unknown', ['U1'], ['SGONE'], 'U1', 'yes'],
    ['named by one group, the other unknown', [], ['SGONE', 'SOPS'], 'UOPS2', 'yes'],
    ['a group that was not looked up', [], ['SGONE'], 'U1', 'unknown'],
    ['nobody named', [], [], 'U1', 'no'],
  ])('%s', (_what, users, groupIds, user, answer) => {
    expect(isAmong({ users, groups: groupIds }, { user }, groups)).toBe(answer);
  });
});

describe('a group that Slack will not tell', () => {
  it('is unknown like one that Slack does not answer for, for any requester', () => {
    for (const user of ['UOPS2', 'unreadable', 'read']) {
      expect(isAmong({ users: [], groups: ['SOPS'] }, { user }, unreadable)).toBe('unknown');
    }
    const of = rule({ approvers: { users: [], groups: ['SOPS'] } });
    expect(possibleApprovers(of, { user: 'U1' }, unreadable, new Map())).toEqual({
      ...{ people: [], unknownGroups: true, unknownPeople: false },
    });
  });

  it('is named, and the other is not', () => {
    expect(unreadableOf(rule(), unreadable)).toEqual(['SOPS']);
    expect(unreadableOf(rule(), silent)).toEqual([]);
    expect(unreadableOf(null, unreadable)).toEqual([]);
  });
});

describe('mayRequest', () => {
  it('lets the named ones through, or any full member where nobody is named', () => {
    expect(mayRequest(rule(), person('UOPS2'), groups)).toEqual({ allowed: true });
    expect(mayRequest(rule({ requesters: null }), person('UANY'), silent)).toEqual({ allowed: true });
  });

  it('says why not, and by which rule', () => {
    const of = rule();
    expect(mayRequest(of, person('UANY'), groups)).toEqual({ allowed: false, why: 'not-a-requester', rule: of });
    expect(mayRequest(of, person('UANY'), silent)).toEqual({ allowed: false, why: 'unknown-groups', rule: of });
    expect(mayRequest(of, person('UOPER'), silent)).toEqual({ allowed: true });
  });

  it.each(NOT_MEMBERS)('no %s, even one who is named', (kind) => {
    for (const of of [rule(), rule({ requesters: null })]) {
      expect(mayRequest(of, person('UOPER', kind), groups)).toEqual({ allowed: false, why: kind, rule: of });
    }
  });
});

describe('mayDecide', () => {
  const requester = { user: 'UOPER' };
  it.each([
    ['an approver', person('ULEAD'), groups, { allowed: true }],
    ['an approver by a group', person('ULEAD2'), groups, { allowed: true }],
    ['somebody else', person('UANY'), groups, { allowed: false, why: 'not-an-approver' }],
    ['somebody else, the groups unknown', person('UANY'), silent, { allowed: false, why: 'unknown-groups' }],
    ['the requester, who is in the group', person('UOPER'), groups, { allowed: false, why: 'requester' }],
    ['the requester, the groups unknown', person('UOPER'), silent, { allowed: false, why: 'requester' }],
    ['a guest', person('ULEAD', 'guest'), groups, { allowed: false, why: 'guest' }],
    ['another workspace', person('ULEAD', 'other-team'), groups, { allowed: false, why: 'other-team' }],
  ])('%s', (_who, by, of, answer) => {
    expect(mayDecide(rule(), by, requester, of)).toMatchObject(answer);
  });

  it('never lets the requester, nor anyone but a full member, whatever the rule says', () => {
    const user = fc.constantFrom('U1', 'U2', 'U3');
    const group = fc.constantFrom('S1', 'S2');
    const principals = fc.record({ users: fc.array(user), groups: fc.array(group) });
    const some = fc.record({
      approvers: principals,
      requesters: fc.option(principals),
      needed: fc.nat(3),
      asks: user,
      by: user,
      kind: fc.constantFrom('member' as const, ...NOT_MEMBERS),
      members: fc.dictionary(group, fc.option(fc.array(user))),
    });
    fc.assert(
      fc.property(some, ({ approvers, requesters, needed, asks, by, kind, members }) => {
        const of = rule({ approvers, requesters, approvals: { lower: needed, raise: needed, unlimited: needed } });
        const known: Groups = new Map(Object.entries(members));
        const { allowed } = mayDecide(of, person(by, kind), { user: asks }, known);
        if (by === asks || kind !== 'member') expect(allowed).toBe(false);
        // Who may decide is exactly who was counted as a possible approver.
        const all = new Map(['U1', 'U2', 'U3'].map((one) => [one, person(one, one === by ? kind : 'member')]));
        const users = possibleApprovers(of, { user: asks }, known, all).people.map(({ user }) => user);
        expect(allowed).toBe(users.includes(by));
        expect(users).not.toContain(asks);
        expect(new Set(users).size).toBe(users.length);
      }),
    );
  });
});

describe('mayRead', () => {
  const readers = { users: ['UAUDIT'], groups: ['SOPS'] };
  it.each([
    ['any full member where no readers are named', null, person('UANY'), { allowed: true }],
    ['a reader', readers, person('UAUDIT'), { allowed: true }],
    ['a reader by a group', readers, person('UOPS2'), { allowed: true }],
    ['somebody else', readers, person('UANY'), { allowed: false, why: 'not-a-reader', rule: null }],
    ['a guest', null, person('UANY', 'guest'), { allowed: false, why: 'guest', rule: null }],
  ])('%s', (_who, named, by, answer) => {
    expect(mayRead({ ...policy(), audit: { readers: named } }, by, groups)).toEqual(answer);
  });
});

describe('groupsNamed', () => {
  it('names each group of the rules, the readers, the viewers and the admins once', () => {
    const policy = {
      version: 1 as const,
      viewers: { users: [], groups: ['SVIEW'] },
      admins: { users: [], groups: ['SADMIN', 'SVIEW'] },
      limits: DEFAULT_LIMITS,
      audit: { readers: { users: [], groups: ['SAUDIT', 'SOPS'] } },
      links: [],
      rules: [rule(), rule({ match: { links: ['dc1-wan'] }, requesters: { users: [], groups: ['SLINKS'] } })],
    };
    expect(groupsNamed(policy)).toEqual(['SVIEW', 'SADMIN', 'SAUDIT', 'SOPS', 'SLEADS', 'SLINKS']);
  });
});

describe('groupsOf', () => {
  it('names each group to be looked up once', () => {
    expect(groupsOf(rule({ requesters: { users: [], groups: ['S1', 'SLEADS'] } }))).toEqual(['S1', 'SLEADS']);
    expect(groupsOf(rule({ requesters: null }))).toEqual(['SLEADS']);
    expect(groupsOf({ users: ['U1'], groups: ['S1', 'S1'] })).toEqual(['S1']);
    expect(groupsOf(null)).toEqual([]);
  });
});
