import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../../src/domain/policy/parse-policy.ts';

const RULE = { name: 'a', approvers: { users: ['U1', 'U2'] }, approvals: 1 };
const policyOf = (...rules: unknown[]) => ({ version: 1, rules });
const faultsOf = (value: unknown) => {
  const parsed = parsePolicy(value);
  return parsed.ok ? [] : parsed.problem;
};

describe('parsePolicy', () => {
  it('reads every key', () => {
    const value = {
      version: 1,
      limits: { perUser: '30/min', perChannel: '90/min', openPerUser: 3 },
      viewers: { users: ['U0VIEW'], groups: ['S0OPS'] },
      admins: { users: ['U0ADMIN'], groups: ['S0ADMIN'] },
      audit: { readers: { users: ['U0AUDIT'], groups: ['S0AUDIT'] } },
      rules: [
        {
          name: 'production',
          match: {
            accounts: ['111122223333'],
            regions: ['us-gov-west-1'],
            tasks: ['task-0123456789abcdef0'],
            channels: ['C0OPS'],
          },
          requesters: { users: ['W0OPER', 'W0OPER'], groups: ['S0OPS'] },
          approvers: { users: ['U0LEAD'], groups: ['S0LEADS'] },
          approvals: { lower: 0, raise: 1, unlimited: 2 },
          rate: { min: '1MiB/s', max: 1073741824 },
          maxDuration: '12h',
          reason: 'required',
          expiresIn: '1h30m',
          shared: true,
          role: 'arn:aws-us-gov:iam::111122223333:role/ops/datasync-throttle',
        },
      ],
    };
    expect(parsePolicy(value)).toEqual({
      ok: true,
      value: {
        ...value,
        limits: { perUser: 30, perChannel: 90, openPerUser: 3 },
        links: [],
        rules: [
          {
            name: 'production',
            match: value.rules[0]?.match,
            requesters: { users: ['W0OPER'], groups: ['S0OPS'] },
            approvers: { users: ['U0LEAD'], groups: ['S0LEADS'] },
            approvals: { lower: 0, raise: 1, unlimited: 2 },
            rate: { min: 1048576, max: 1073741824 },
            maxDurationSeconds: 43_200,
            reason: 'required',
            expiresInSeconds: 5400,
            reminders: true,
            shared: true,
            role: 'arn:aws-us-gov:iam::111122223333:role/ops/datasync-throttle',
          },
        ],
      },
    });
  });

  it('fills in what is left out', () => {
    expect(parsePolicy(policyOf({ name: 'open', approvals: 0 }))).toEqual({
      ok: true,
      value: {
        version: 1,
        limits: { perUser: 20, perChannel: 60, openPerUser: 5 },
        viewers: null,
        admins: { users: [], groups: [] },
        audit: { readers: null },
        links: [],
        rules: [
          {
            name: 'open',
            match: {},
            requesters: null,
            approvers: { users: [], groups: [] },
            approvals: { lower: 0, raise: 0, unlimited: 0 },
            rate: { min: null, max: null },
            maxDurationSeconds: null,
            reason: 'optional',
            expiresInSeconds: 1800,
            reminders: true,
            shared: false,
            role: null,
          },
        ],
      },
    });
  });

  it('allows to lift the limit only where approvals names it: one number does', () => {
    const unlimited = (approvals: unknown) => {
      const parsed = parsePolicy(policyOf({ ...RULE, approvals }));
      return parsed.ok ? parsed.value.rules[0]?.approvals.unlimited : parsed.problem;
    };
    expect(unlimited(2)).toBe(2);
    expect(unlimited({ lower: 0, raise: 1 })).toBeNull();
    expect(unlimited({ lower: 0, raise: 1, unlimited: 0 })).toBe(0);
  });

  it('reads a policy without rules, which refuses everything', () => {
    expect(parsePolicy(policyOf())).toMatchObject({ ok: true, value: { rules: [] } });
  });

  it('reminds approvers unless the rule says that it does not', () => {
    const reminds = (part: object) => {
      const parsed = parsePolicy(policyOf({ ...RULE, ...part }));
      return parsed.ok ? parsed.value.rules[0]?.reminders : parsed.problem;
    };
    expect(reminds({})).toBe(true);
    expect(reminds({ reminders: true })).toBe(true);
    expect(reminds({ reminders: false })).toBe(false);
    expect(reminds({ reminders: 'no' })).toMatchObject([
      { path: ['rules', 0, 'reminders'], problem: 'is "no"', expected: 'true or false' },
    ]);
  });

  it('accepts viewers that name nobody, so that nobody may view everything', () => {
    for (const given of [{ users: [], groups: [] }, { users: [] }]) {
      expect(parsePolicy({ ...policyOf(), viewers: given })).toMatchObject({
        value: { viewers: { users: [], groups: [] } },
      });
    }
  });

  it('accepts admins that name nobody, like admins that are left out', () => {
    for (const given of [{ users: [], groups: [] }, { groups: [] }, undefined]) {
      expect(parsePolicy({ ...policyOf(), admins: given })).toMatchObject({
        value: { admins: { users: [], groups: [] } },
      });
    }
  });

  it('fills in the limits that are left out', () => {
    const limits = (given: object) => {
      const parsed = parsePolicy({ ...policyOf(), limits: given });
      return parsed.ok ? parsed.value.limits : parsed.problem;
    };
    expect(limits({})).toEqual({ perUser: 20, perChannel: 60, openPerUser: 5 });
    expect(limits({ perChannel: '600/min' })).toEqual({ perUser: 20, perChannel: 600, openPerUser: 5 });
    expect(limits({ openPerUser: 1 })).toEqual({ perUser: 20, perChannel: 60, openPerUser: 1 });
  });

  it('reports all faults at once, one for each and none twice', () => {
    const value = policyOf(
      { ...RULE, foo: 1, bar: 2, approvals: 3, rate: { min: '2MB/s', max: '1MB/s' } },
      { ...RULE, reason: 'x', role: 'arn:aws:iam::111122223333:role/x' },
    );
    expect(faultsOf(value).map(({ path }) => path.join('.'))).toEqual([
      'rules.0.foo',
      'rules.0.bar',
      'rules.1.reason',
      'rules.0.approvals',
      'rules.0.rate.min',
      'rules.1.role',
      'rules.1.name',
    ]);
  });

  it('answers for any value, and every policy that it lets through is whole', () => {
    const key = fc.constantFrom('version', 'rules', 'audit', '__proto__', 'constructor', 'x');
    const name = fc.constantFrom(
      ...'name match approvers approvals rate role requesters reason __proto__ x'.split(' '),
    );
    const leaf = fc.oneof(fc.anything(), fc.constantFrom(0, 1, 'a', '1MiB/s', { users: ['U1'] }, {}, [], null));
    const value = fc.dictionary(
      key,
      fc.oneof(leaf, fc.constant(1), fc.array(fc.dictionary(name, leaf), { maxLength: 3 })),
    );
    fc.assert(
      fc.property(fc.oneof(value, fc.anything()), (any) => {
        const parsed = parsePolicy(any);
        if (!parsed.ok) expect(parsed.problem.length).toBeGreaterThan(0);
        else for (const rule of parsed.value.rules) expect(Object.values(rule)).not.toContain(undefined);
      }),
    );
  });
});
