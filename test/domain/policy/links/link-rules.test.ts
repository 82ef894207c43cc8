import { describe, expect, it } from 'vitest';
import { matchLinkRule, memberRule } from '../../../../src/domain/policy/links/link-rules.ts';
import { executionRules, isForLinks, matchRule, type Rule } from '../../../../src/domain/policy/policy.ts';
import { rulesElsewhere } from '../../../../src/domain/request/decide-request.ts';
import { policy, rule } from '../../given.ts';
import { asking, beside, LAX, to } from '../../given-policies.ts';
import { faultsOf, fileOf, LINK, policyOf, RULE, taskId, told } from './given-links.ts';

const linkRule = (match: object, more: object = {}) => ({ ...RULE, name: 'link', match, ...more });
const TASK = { account: '111122223333', region: 'us-east-1', taskId: taskId(1) };
const EXECUTION = { account: TASK.account, region: TASK.region, task: TASK.taskId };

describe('a rule for links', () => {
  it('is read, with channels too', () => {
    const file = fileOf([LINK], [RULE, linkRule({ links: ['dc1-wan'], channels: ['C1'] })]);
    expect(policyOf(file).rules[1]?.match).toEqual({ links: ['dc1-wan'], channels: ['C1'] });
  });

  it.each(['accounts', 'regions', 'tasks'])('is refused with %s', (key) => {
    const value = { accounts: '222233334444', regions: 'us-east-1', tasks: taskId(1) }[key];
    const file = fileOf([LINK], [RULE, linkRule({ links: ['dc1-wan'], [key]: [value] })]);
    expect(told(file)).toEqual([`rules.1.match.${key} is beside links`]);
  });

  it('is refused for a link that there is not, with the nearest name', () => {
    const faults = faultsOf(
      fileOf([LINK, { ...LINK, name: 'tokyo', tasks: ['x'] }], [RULE, linkRule({ links: ['dc1-wan', 'dc1-wna'] })]),
    );
    expect(faults.find(({ path }) => path.join('.') === 'rules.1.match.links.1')).toEqual({
      path: ['rules', 1, 'match', 'links', 1],
      problem: 'is "dc1-wna", which is no link of this file',
      expected: 'a link such as dc1-wan, or tokyo',
    });
    expect(faultsOf(fileOf([], [linkRule({ links: ['dc1-wan'] })]))[0]?.expected).toBe(
      'the name of a link, and the file has none',
    );
  });

  it('is refused with a role, once', () => {
    const role = 'arn:aws:iam::111122223333:role/x';
    expect(told(fileOf([LINK], [RULE, linkRule({ links: ['dc1-wan'] }, { role })]))).toEqual([
      'rules.1.role is in a rule for links',
    ]);
  });

  it.each<[string, unknown, string]>([
    ['no list', 'dc1-wan', 'rules.2.match.links is "dc1-wan"'],
    ['an empty list', [], 'rules.2.match.links is an empty list'],
    ['a number', [1], 'rules.2.match.links.0 is the number 1'],
  ])('is refused with %s of links', (_what, links, fault) => {
    expect(told(fileOf([LINK], [RULE, { ...RULE, name: 'b' }, linkRule({ links })]))).toEqual([fault]);
  });

  it('can lack approvers as little as another one', () => {
    expect(told(fileOf([LINK], [RULE, { name: 'link', match: { links: ['dc1-wan'] }, approvals: 1 }]))).toContain(
      'rules.1.approvers is missing, and approvals are needed',
    );
  });
});

describe('matchLinkRule', () => {
  const rules = [
    rule({ name: 'executions', match: {} }),
    rule({ name: 'here', match: { links: ['a', 'b'], channels: ['C1'] } }),
    rule({ name: 'a', match: { links: ['a'] } }),
    rule({ name: 'later', match: { links: ['a', 'b'] } }),
  ];
  it.each([
    ['a', 'C1', 'here'],
    ['a', 'C2', 'a'],
    ['b', 'C1', 'here'],
    ['b', 'C2', 'later'],
    ['c', 'C1', undefined],
  ])('finds for %s in %s the first rule that names it: %s', (link, channel, name) => {
    expect(matchLinkRule({ rules }, { link, channel })?.name).toBe(name);
  });
});

describe('an execution, beside rules for links', () => {
  const forLinks = rule({ name: 'link', match: { links: ['a'] }, approvals: { lower: 0, raise: 0, unlimited: 0 } });
  const only: Rule[] = [forLinks];

  it('is matched by none of them', () => {
    expect(matchRule({ rules: only }, { ...EXECUTION, channel: 'C1' })).toBeNull();
    expect(memberRule({ rules: only }, TASK)).toBeNull();
    expect(executionRules({ rules: only })).toEqual([]);
    expect(isForLinks(forLinks)).toBe(true);
    const elsewhere = rule({ match: { links: ['a'], channels: ['C9'] } });
    expect(rulesElsewhere(policy(elsewhere).policy, EXECUTION)).toEqual([]);
  });

  it('is matched by the rule after it', () => {
    const rules = [forLinks, rule({ name: 'production', match: {} })];
    expect(matchRule({ rules }, { ...EXECUTION, channel: 'C1' })?.name).toBe('production');
  });

  it('is decided by each policy without them, where bots run two', () => {
    const inForce = { ...policy(forLinks, LAX), others: beside(LAX, LAX).others };
    expect(asking(to(50), inForce)).toMatchObject({ ok: true, event: { rule: LAX.name } });
    const other = { ...policy(LAX), others: [{ ...policy(forLinks) }] };
    expect(asking(to(50), other)).toMatchObject({ ok: false, refusal: { why: 'no-rule' } });
  });
});

describe('memberRule', () => {
  const rules = [
    rule({ name: 'link', match: { links: ['a'] } }),
    rule({ name: 'other', match: { accounts: ['999988887777'] } }),
    rule({ name: 'channel', match: { accounts: ['111122223333'], channels: ['C1'] } }),
    rule({ name: 'all', match: {} }),
  ];
  it('is the first one for the account, Region and task, in whatever channel', () => {
    expect(memberRule({ rules }, TASK)?.name).toBe('channel');
    expect(memberRule({ rules }, { ...TASK, account: '000011112222' })?.name).toBe('all');
    expect(memberRule({ rules: rules.slice(0, 3) }, { ...TASK, account: '000011112222' })).toBeNull();
  });
});
