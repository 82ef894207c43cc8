import fc from 'fast-check';
import { UPDATABLE } from '../../src/domain/execution/task-execution.ts';
import type { Person, Principals, Rule } from '../../src/domain/policy/policy.ts';
import { MIB, rule } from './given.ts';

export const NAMES = ['UA', 'UB', 'UC', 'UD', 'UE'];
const RATES = [50 * MIB, 100 * MIB, 200 * MIB, -1];
const KINDS: Person['kind'][] = ['member', 'guest', 'deactivated', 'other-team'];

export const name = fc.constantFrom(...NAMES);
export const rate = fc.constantFrom(...RATES);
const principals = fc.record({ users: fc.subarray(NAMES), groups: fc.subarray(['S1', 'S2']) });
export const someRule: fc.Arbitrary<Rule> = fc
  .record({
    requesters: fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, principals),
    approvers: fc.oneof(
      { weight: 3, arbitrary: fc.constant<Principals>({ users: NAMES, groups: ['S1'] }) },
      principals,
    ),
    approvals: fc.record({
      lower: fc.nat({ max: 3 }),
      raise: fc.nat({ max: 3 }),
      unlimited: fc.option(fc.nat({ max: 3 }), { freq: 5 }),
    }),
    rate: fc.record({
      min: fc.constantFrom(null, null, null, 100 * MIB),
      max: fc.constantFrom(null, null, null, 100 * MIB),
    }),
    expiresInSeconds: fc.constantFrom(600, 6000),
  })
  .map((changes) => rule({ ...changes, match: {}, role: null }));

export const CHANGE = 'datasync:UpdateTaskExecution';

export type Step =
  | { do: 'approve' | 'deny' | 'cancel'; by: string }
  | { do: 'expire' | 'begin' | 'unknown' | 'vanish' }
  | { do: 'look'; refused: 'denied' | 'rejected' | null; putOff: boolean }
  | { do: 'wait'; seconds: number }
  | { do: 'policy'; rule: Rule }
  | { do: 'group'; group: string; members: string[] | null }
  | { do: 'person'; user: string; kind: Person['kind'] }
  | { do: 'aws'; rate: number | 'from' | 'to'; status: string };

const often = <T>(arbitrary: fc.Arbitrary<T>) => ({ weight: 8, arbitrary });
const once = <T>(arbitrary: fc.Arbitrary<T>) => ({ weight: 1, arbitrary });
export const step: fc.Arbitrary<Step> = fc.oneof(
  often(fc.record({ do: fc.constant('approve' as const), by: name })),
  often(fc.record({ do: fc.constant('begin' as const) })),
  often(
    fc.record({
      do: fc.constant('look' as const),
      refused: fc.constantFrom(null, null, null, 'denied', 'rejected'),
      putOff: fc.constantFrom(false, false, true),
    }),
  ),
  often(
    fc.record({
      do: fc.constant('aws' as const),
      rate: fc.constantFrom('from' as const, 'to' as const, 'to' as const, 7),
      status: fc.constantFrom(...UPDATABLE, ...UPDATABLE, 'SUCCESS', 'CANCELLING', 'NEW WORD'),
    }),
  ),
  once(fc.record({ do: fc.constantFrom('deny' as const, 'cancel' as const), by: name })),
  once(fc.record({ do: fc.constantFrom('expire' as const, 'expire' as const, 'unknown' as const, 'vanish' as const) })),
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('wait' as const), seconds: fc.constantFrom(1, 60, 1000, 6000) }),
  },
  once(fc.record({ do: fc.constant('policy' as const), rule: someRule })),
  once(
    fc.record({
      do: fc.constant('group' as const),
      group: fc.constantFrom('S1', 'S2'),
      members: fc.option(fc.subarray(NAMES)),
    }),
  ),
  once(fc.record({ do: fc.constant('person' as const), user: name, kind: fc.constantFrom(...KINDS) })),
);
