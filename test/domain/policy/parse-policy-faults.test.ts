import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../../src/domain/policy/parse-policy.ts';

const RULE = { name: 'a', approvers: { users: ['U1', 'U2'] }, approvals: 1 };
const policyOf = (...rules: unknown[]) => ({ version: 1, rules });
const faultsOf = (value: unknown) => {
  const parsed = parsePolicy(value);
  return parsed.ok ? [] : parsed.problem;
};

describe('parsePolicy, of what is wrong', () => {
  const limited = (limits: unknown) => ({ ...policyOf(), limits });
  const of = (part: object) => policyOf({ ...RULE, ...part });
  it.each([
    ['nothing', undefined, [], 'missing'],
    ['an empty file', null, [], 'empty'],
    ['a list', [], [], 'list'],
    ['no version', { rules: [] }, ['version'], 'missing'],
    ['another version', { version: 2, rules: [] }, ['version'], 'number 2'],
    ['a version in quotes', { version: '1', rules: [] }, ['version'], '"1"'],
    ['no rules', { version: 1 }, ['rules'], 'missing'],
    ['rules that are no list', { version: 1, rules: {} }, ['rules'], 'mapping'],
    ['an unknown key at the top', { version: 1, rules: [], rule: 1 }, ['rule'], 'no key'],
    ['an unknown key in audit', { version: 1, rules: [], audit: { reader: 1 } }, ['audit', 'reader'], 'no key'],
    ['readers that are nobody', { version: 1, rules: [], audit: { readers: {} } }, ['audit', 'readers'], 'nobody'],
    ['viewers without a key', { version: 1, rules: [], viewers: {} }, ['viewers'], 'neither'],
    ['viewers that are a list', { version: 1, rules: [], viewers: ['U1'] }, ['viewers'], 'list'],
    ['a viewer by name', { version: 1, rules: [], viewers: { users: ['@olga'] } }, ['viewers', 'users', 0], '"@olga"'],
    ['an unknown key in viewers', { version: 1, rules: [], viewers: { user: [] } }, ['viewers', 'user'], 'no key'],
    ['admins without a key', { version: 1, rules: [], admins: {} }, ['admins'], 'neither'],
    ['admins that are a list', { version: 1, rules: [], admins: ['U1'] }, ['admins'], 'list'],
    ['an admin by name', { version: 1, rules: [], admins: { users: ['@olga'] } }, ['admins', 'users', 0], '"@olga"'],
    ['an unknown key in admins', { version: 1, rules: [], admins: { user: [] } }, ['admins', 'user'], 'no key'],
    ['limits that are a list', limited(['20/min']), ['limits'], 'list'],
    ['an unknown key in limits', limited({ perPerson: '20/min' }), ['limits', 'perPerson'], 'no key'],
    ['a limit without its minute', limited({ perUser: 20 }), ['limits', 'perUser'], 'number 20'],
    ['a limit in seconds', limited({ perUser: '20/s' }), ['limits', 'perUser'], '"20/s"'],
    ['a limit of none', limited({ perChannel: '0/min' }), ['limits', 'perChannel'], '"0/min"'],
    ['a limit beyond all use', limited({ perChannel: '10001/min' }), ['limits', 'perChannel'], '"10001/min"'],
    ['no open request at all', limited({ openPerUser: 0 }), ['limits', 'openPerUser'], 'number 0'],
    ['half an open request', limited({ openPerUser: 1.5 }), ['limits', 'openPerUser'], 'number 1.5'],
    ['open requests a minute', limited({ openPerUser: '5/min' }), ['limits', 'openPerUser'], '"5/min"'],
    ['shared that is no yes or no', of({ shared: 'yes' }), ['rules', 0, 'shared'], '"yes"'],
    ['a rule that is a text', policyOf('x'), ['rules', 0], '"x"'],
    ['an unknown key in a rule', of({ approver: 1 }), ['rules', 0, 'approver'], 'no key'],
    ['an unknown key in match', of({ match: { account: 1 } }), ['rules', 0, 'match', 'account'], 'no key'],
    ['an unknown key in rate', of({ rate: { maximum: 1 } }), ['rules', 0, 'rate', 'maximum'], 'no key'],
    [
      'an unknown key in approvers',
      of({ approvers: { users: ['U1'], x: 1 } }),
      ['rules', 0, 'approvers', 'x'],
      'no key',
    ],
    [
      'an unknown key in approvals',
      of({ approvals: { lower: 0, raise: 0, no: 1 } }),
      ['rules', 0, 'approvals', 'no'],
      'no key',
    ],
    ['no name', policyOf({ approvals: 0 }), ['rules', 0, 'name'], 'missing'],
    ['an empty name', of({ name: '' }), ['rules', 0, 'name'], '""'],
    ['a name over two lines', of({ name: 'a\nb' }), ['rules', 0, 'name'], '"a b"'],
    ['a name that is too long', of({ name: 'x'.repeat(81) }), ['rules', 0, 'name'], 'x…'],
    ['a name twice', policyOf(RULE, { ...RULE, name: 'b' }, RULE), ['rules', 2, 'name'], 'rules[0]'],
    ['a match that is empty', of({ match: null }), ['rules', 0, 'match'], 'empty'],
    ['a list with no entry', of({ match: { regions: [] } }), ['rules', 0, 'match', 'regions'], 'empty list'],
    [
      'an account as a number',
      of({ match: { accounts: [111122223333] } }),
      ['rules', 0, 'match', 'accounts', 0],
      'number',
    ],
    [
      'an account of 11 digits',
      of({ match: { accounts: ['11112222333'] } }),
      ['rules', 0, 'match', 'accounts', 0],
      '"1',
    ],
    ['a Region that is none', of({ match: { regions: ['US East'] } }), ['rules', 0, 'match', 'regions', 0], 'US East'],
    ['a task ARN', of({ match: { tasks: ['arn:aws:x'] } }), ['rules', 0, 'match', 'tasks', 0], 'arn'],
    ['a channel name', of({ match: { channels: ['#ops'] } }), ['rules', 0, 'match', 'channels', 0], '#ops'],
    ['a direct message', of({ match: { channels: ['D0123ABCD'] } }), ['rules', 0, 'match', 'channels', 0], 'D0123ABCD'],
    ['a user name', of({ approvers: { users: ['U1', 'bob'] } }), ['rules', 0, 'approvers', 'users', 1], 'bob'],
    ['a group name', of({ requesters: { groups: ['@ops'] } }), ['rules', 0, 'requesters', 'groups', 0], '@ops'],
    ['a user among groups', of({ requesters: { groups: ['U1'] } }), ['rules', 0, 'requesters', 'groups', 0], 'U1'],
    ['no approvals', policyOf({ name: 'a' }), ['rules', 0, 'approvals'], 'missing'],
    ['approvals as a text', of({ approvals: '1' }), ['rules', 0, 'approvals'], '"1"'],
    ['approvals below 0', of({ approvals: -1 }), ['rules', 0, 'approvals'], '-1'],
    ['half an approval', of({ approvals: { lower: 0.5, raise: 1 } }), ['rules', 0, 'approvals', 'lower'], '0.5'],
    ['approvals for one direction', of({ approvals: { lower: 0 } }), ['rules', 0, 'approvals', 'raise'], 'missing'],
    ['an ambiguous rate', of({ rate: { min: '50mb/s' } }), ['rules', 0, 'rate', 'min'], '50mb/s'],
    ['a percentage', of({ rate: { max: '50%' } }), ['rules', 0, 'rate', 'max'], '50%'],
    ['unlimited as a rate', of({ rate: { max: 'unlimited' } }), ['rules', 0, 'rate', 'max'], 'unlimited'],
    ['a rate without a unit', of({ rate: { min: 50 } }), ['rules', 0, 'rate', 'min'], 'number 50'],
    ['a rate of 0', of({ rate: { min: 0 } }), ['rules', 0, 'rate', 'min'], 'number 0'],
    ['min above max', of({ rate: { min: '2MB/s', max: '1MB/s' } }), ['rules', 0, 'rate', 'min'], 'more than max'],
    ['a duration without a unit', of({ maxDuration: 60 }), ['rules', 0, 'maxDuration'], 'number 60'],
    ['a duration that is too long', of({ maxDuration: '8d' }), ['rules', 0, 'maxDuration'], '8d'],
    ['a duration that is too short', of({ expiresIn: '5s' }), ['rules', 0, 'expiresIn'], '5s'],
    ['a reason that is neither', of({ reason: true }), ['rules', 0, 'reason'], 'true'],
    ['a role name', of({ role: 'datasync' }), ['rules', 0, 'role'], 'datasync'],
    ['no approver at all', policyOf({ name: 'a', approvals: 1 }), ['rules', 0, 'approvers'], 'missing'],
    ['approvers that are nobody', of({ approvers: {} }), ['rules', 0, 'approvers'], 'nobody'],
    ['approvers with empty lists', of({ approvers: { users: [] } }), ['rules', 0, 'approvers', 'users'], 'empty list'],
    ['more approvals than users', of({ approvals: 3 }), ['rules', 0, 'approvals'], 'is 3'],
    [
      'more approvals than users, for one direction',
      of({ approvals: { lower: 0, raise: 1, unlimited: 3 } }),
      ['rules', 0, 'approvals', 'unlimited'],
      'is 3',
    ],
    [
      'the same user twice',
      of({ approvers: { users: ['U1', 'U1'] }, approvals: 2 }),
      ['rules', 0, 'approvals'],
      'is 2',
    ],
    [
      'an approver who is the only one that may ask',
      of({ approvers: { users: ['U1'] }, requesters: { users: ['U1'] } }),
      ['rules', 0, 'approvals'],
      'is 1',
    ],
    ['a role without accounts', of({ role: 'arn:aws:iam::111122223333:role/x' }), ['rules', 0, 'role'], 'absent'],
    [
      'a role in another account',
      of({ role: 'arn:aws:iam::111122223333:role/x', match: { accounts: ['444455556666'] } }),
      ['rules', 0, 'role'],
      '444455556666',
    ],
    [
      'a role and two accounts',
      of({ role: 'arn:aws:iam::111122223333:role/x', match: { accounts: ['111122223333', '444455556666'] } }),
      ['rules', 0, 'role'],
      '444455556666',
    ],
  ])('refuses %s, and says where', (_what, value, path, problem) => {
    const faults = faultsOf(value);
    const fault = faults.find((one) => JSON.stringify(one.path) === JSON.stringify(path));
    expect(fault, JSON.stringify(faults)).toBeDefined();
    expect(fault?.problem).toContain(problem);
    expect(fault?.expected).not.toBe('');
    expect(fault?.expected).not.toContain('undefined');
  });

  it.each([
    ['as many approvals as users', { approvals: 2 }],
    ['any number of approvals with a group', { approvers: { groups: ['S1'] }, approvals: 9 }],
    ['requesters who approve for each other', { requesters: { users: ['U1', 'U2'] } }],
    [
      'requesters who could approve, beside others who ask',
      { approvers: { users: ['U1'] }, requesters: { users: ['U1', 'U3'] } },
    ],
    ['no approver where none is needed', { approvers: undefined, approvals: { lower: 0, raise: 0 } }],
    ['a role of the one account', { role: 'arn:aws:iam::111122223333:role/x', match: { accounts: ['111122223333'] } }],
    ['min that is max', { rate: { min: '5B/s', max: '5B/s' } }],
  ])('takes %s', (_what, part) => {
    expect(faultsOf(of(part))).toEqual([]);
  });
});
