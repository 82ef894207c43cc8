import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../src/domain/limits.ts';
import {
  approvalsNeeded,
  checkRate,
  directionOf,
  type Groups,
  groupsNamed,
  groupsOf,
  isAmong,
  matchRule,
  mayAsk,
  mayDecide,
  mayRead,
  type Person,
  type Policy,
  type Rule,
  unreadableOf,
} from '../../src/domain/policy.ts';
import { possibleApprovers } from '../../src/domain/possible-approvers.ts';
import { UNLIMITED } from '../../src/domain/rate.ts';

function rule(but: Partial<Rule> = {}): Rule {
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
function policy(...rules: Rule[]): Policy {
  return { version: 1, limits: DEFAULT_LIMITS, viewers: null, audit: { readers: null }, rules };
}
function person(user: string, kind: Person['kind'] = 'member'): Person {
  return { team: 'T1', user, name: user.toLowerCase(), kind };
}
const groups: Groups = new Map([
  ['SOPS', ['UOPER', 'UOPS2']],
  ['SLEADS', ['ULEAD', 'ULEAD2', 'UOPER']],
]);
const silent: Groups = new Map([
  ['SOPS', null],
  ['SLEADS', null],
]);
/** To wait for Slack would not help. */
const unreadable: Groups = new Map([
  ['SOPS', 'unreadable'],
  ['SLEADS', null],
]);
const NOT_MEMBERS = ['guest', 'stranger', 'other-team', 'deactivated', 'bot'] as const;

describe('matchRule', () => {
  const target = { account: '111122223333', region: 'us-east-1', task: 'task-0123456789abcdef0', channel: 'COPS' };
  it.each([
    ['no key', {}, true],
    ['the account', { accounts: ['444455556666', '111122223333'] }, true],
    ['another account', { accounts: ['444455556666'] }, false],
    [
      'all keys',
      { accounts: [target.account], regions: [target.region], tasks: [target.task], channels: ['COPS'] },
      true,
    ],
    ['another Region', { accounts: [target.account], regions: ['eu-west-1'] }, false],
    ['another task', { tasks: ['task-00000000000000000'] }, false],
    ['another channel', { channels: ['COTHER'] }, false],
  ])('%s', (_what, match, matches) => {
    expect(matchRule(policy(rule({ match })), target)?.name ?? null).toBe(matches ? 'production' : null);
  });

  it('takes the first of those that match, and none where none does', () => {
    const value = fc.constantFrom('a', 'b', 'c');
    const list = fc.option(fc.uniqueArray(value, { minLength: 1 }), { nil: undefined });
    const match = fc
      .record({ accounts: list, regions: list, tasks: list, channels: list })
      .map((given) => Object.fromEntries(Object.entries(given).filter(([, entries]) => entries)) as Rule['match']);
    const target = fc.record({ account: value, region: value, task: value, channel: value });
    fc.assert(
      fc.property(fc.array(match, { maxLength: 6 }), target, (matches, of) => {
        const rules = matches.map((match, index) => rule({ match, name: `rule ${index}` }));
        const found = matchRule(policy(...rules), of);
        const fits = ({ match }: Rule) =>
          (match.accounts?.includes(of.account) ?? true) &&
          (match.regions?.includes(of.region) ?? true) &&
          (match.tasks?.includes(of.task) ?? true) &&
          (match.channels?.includes(of.channel) ?? true);
        expect(found).toBe(rules.filter(fits)[0] ?? null);
      }),
    );
  });
});

describe('the direction, by the limit in force', () => {
  it.each([
    [100, 50, 'lower'],
    [50, 100, 'raise'],
    [UNLIMITED, 100, 'lower'],
    [UNLIMITED, Number.MAX_SAFE_INTEGER, 'lower'],
    [100, UNLIMITED, 'unlimited'],
  ] as const)('%d → %d is %s', (from, to, direction) => {
    expect(directionOf(from, to)).toBe(direction);
    expect(approvalsNeeded(rule(), direction)).toBe({ lower: 0, raise: 1, unlimited: 2 }[direction]);
  });

  it('may forbid to lift the limit', () => {
    expect(approvalsNeeded(rule({ approvals: { lower: 0, raise: 0, unlimited: null } }), 'unlimited')).toBeNull();
  });
});

describe('checkRate', () => {
  it.each([
    [100, { min: 100, max: 200 }, true],
    [200, { min: 100, max: 200 }, true],
    [99, { min: 100, max: 200 }, false],
    [201, { min: 100, max: 200 }, false],
    [201, { min: 100, max: null }, true],
    [1, { min: null, max: 200 }, true],
    [UNLIMITED, { min: 100, max: 200 }, true],
  ])('%d within %j: %s', (to, rate, allowed) => {
    expect(checkRate(rule({ rate }), to)).toEqual(allowed ? null : rate);
  });
});

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
  it('is unknown like one that it can not tell just now, whoever asks', () => {
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

describe('mayAsk', () => {
  it('lets the named ones through, or any full member where nobody is named', () => {
    expect(mayAsk(rule(), person('UOPS2'), groups)).toEqual({ allowed: true });
    expect(mayAsk(rule({ requesters: null }), person('UANY'), silent)).toEqual({ allowed: true });
  });

  it('says why not, and by which rule', () => {
    const of = rule();
    expect(mayAsk(of, person('UANY'), groups)).toEqual({ allowed: false, why: 'not-a-requester', rule: of });
    expect(mayAsk(of, person('UANY'), silent)).toEqual({ allowed: false, why: 'unknown-groups', rule: of });
    expect(mayAsk(of, person('UOPER'), silent)).toEqual({ allowed: true });
  });

  it.each(NOT_MEMBERS)('no %s, even one who is named', (kind) => {
    for (const of of [rule(), rule({ requesters: null })]) {
      expect(mayAsk(of, person('UOPER', kind), groups)).toEqual({ allowed: false, why: kind, rule: of });
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
  it('names each group of the rules and the readers once', () => {
    const policy = {
      version: 1 as const,
      viewers: { users: [], groups: ['SVIEW'] },
      limits: DEFAULT_LIMITS,
      audit: { readers: { users: [], groups: ['SAUDIT', 'SOPS'] } },
      rules: [rule()],
    };
    expect(groupsNamed(policy)).toEqual(['SVIEW', 'SAUDIT', 'SOPS', 'SLEADS']);
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
