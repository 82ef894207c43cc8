import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { approvalsNeeded, checkRate, directionOf, matchRule, type Rule } from '../../../src/domain/policy/policy.ts';
import { UNLIMITED } from '../../../src/domain/rate/rate.ts';
import { policy, rule } from '../given-rules.ts';

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
