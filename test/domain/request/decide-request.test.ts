import { describe, expect, it } from 'vitest';
import type { Person } from '../../../src/domain/policy/policy.ts';
import { admit, decideRequest, refusedEvent } from '../../../src/domain/request/decide-request.ts';
import type { RequestRefusal } from '../../../src/domain/request/refusal.ts';
import {
  ask,
  execution,
  GROUPS,
  GUEST,
  LEAD,
  MIB,
  NO_GROUPS,
  NOBODY,
  OPERATOR,
  PEOPLE,
  person,
  policy,
  ROLE,
  rule,
  T0,
} from '../given.ts';

const inForce = policy(rule());
const decide = (command = ask(), changes: Partial<Parameters<typeof decideRequest>[1]> = {}) =>
  decideRequest(
    command,
    {
      rule: rule(),
      inForce,
      groups: GROUPS,
      people: PEOPLE,
      execution: execution(),
      run: null,
      now: T0,
      ...changes,
    },
    'r-1',
  );
const to = (bytesPerSecond: number) => ask({ rate: { kind: 'absolute', bytesPerSecond } });

describe('who may request here at all', () => {
  it('lets a named requester', () => {
    expect(admit(ask(), inForce, GROUPS)).toMatchObject({ ok: true, rule: { name: 'production' } });
  });

  it('says in which channel the rule would have matched', () => {
    expect(admit(ask({ channel: 'C0OTHER' }), inForce, GROUPS)).toMatchObject({
      ok: false,
      rule: null,
      refusal: { why: 'no-rule', account: '111122223333', elsewhere: [{ rule: 'production', channels: ['C0OPS'] }] },
    });
  });

  it('names no channel where no rule is about this account', () => {
    const other = policy(rule({ match: { accounts: ['999999999999'], channels: ['C0X'] } }));
    expect(admit(ask(), other, GROUPS)).toMatchObject({ refusal: { why: 'no-rule', elsewhere: [] } });
  });

  it.each([
    [GUEST, 'guest'],
    [person('U0OPER', 'guest'), 'guest'],
    [person('U0OPER', 'stranger'), 'stranger'],
    [person('U0OPER', 'other-team'), 'other-team'],
    [person('U0OPER', 'deactivated'), 'deactivated'],
    [person('U0OPER', 'bot'), 'bot'],
  ])('refuses %o before any rule is looked at', (requester, kind) => {
    const refused = { ok: false, refusal: { why: 'not-a-member', kind }, rule: null };
    expect(admit(ask({ requester }), inForce, GROUPS)).toEqual(refused);
    expect(admit(ask({ requester, channel: 'C0OTHER' }), inForce, GROUPS)).toEqual(refused);
  });

  it('refuses a member whom the rule does not name', () => {
    expect(admit(ask({ requester: NOBODY }), inForce, GROUPS)).toMatchObject({
      ok: false,
      refusal: { why: 'may-not-ask', denial: 'not-a-requester' },
    });
  });

  it('names the channels of another rule to its requesters and to viewers alone', () => {
    const viewed = (users: string[]) => ({
      ...inForce,
      policy: { ...inForce.policy, viewers: { users, groups: [] } },
    });
    const named = (requester: Person, viewers: string[]) =>
      admit(ask({ requester, channel: 'C0OTHER' }), viewed(viewers), GROUPS);
    const elsewhere = [{ rule: 'production', channels: ['C0OPS'] }];
    expect(named(OPERATOR, [])).toMatchObject({ refusal: { why: 'no-rule', elsewhere } });
    expect(named(NOBODY, ['U0NOBODY'])).toMatchObject({ refusal: { elsewhere } });
    expect(named(NOBODY, [])).toMatchObject({ refusal: { why: 'no-rule', elsewhere: [] } });
  });

  it('lets nobody through where Slack can’t say who is in the group', () => {
    const grouped = policy(rule({ requesters: { users: [], groups: ['S0OPS'] } }));
    expect(admit(ask(), grouped, new Map([['S0OPS', null]]))).toMatchObject({
      refusal: { why: 'groups-unknown', unreadable: [] },
    });
    expect(admit(ask(), grouped, new Map([['S0OPS', 'unreadable']]))).toMatchObject({
      refusal: { why: 'groups-unknown', unreadable: ['S0OPS'] },
    });
  });

  it('wants the reason that the rule wants, and no longer than it allows', () => {
    const strict = policy(rule({ reason: 'required' }));
    expect(admit(ask(), strict, GROUPS)).toMatchObject({ refusal: { why: 'reason-required' } });
    expect(admit(ask({ reason: 'slow link' }), strict, GROUPS).ok).toBe(true);
    expect(admit(ask({ durationSeconds: 3600 }), inForce, GROUPS).ok).toBe(true);
    expect(admit(ask({ durationSeconds: 3601 }), inForce, GROUPS)).toMatchObject({
      refusal: { why: 'duration-too-long', asked: 3601, max: 3600 },
    });
  });
});

describe('a request, with the execution as it is now', () => {
  it('is a request about this change and no other', () => {
    const decision = decide(ask({ reason: 'the link is full', durationSeconds: 60 }));
    expect(decision).toMatchObject({
      ok: true,
      event: {
        event: 'requested',
        request: 'r-1',
        version: 1,
        actor: { team: 'T0', user: 'U0OPER', name: 'u0oper' },
        from: 100 * MIB,
        to: 50 * MIB,
        reason: 'the link is full',
        rule: 'production',
        policy: inForce.digest,
        aws: { requestId: 'aws-1' },
        detail: { direction: 'lower', approvals: 1, duration: 60, expiresAt: '2026-11-22T10:30:00.000Z' },
      },
    });
  });

  it('takes the direction from the current rate, whatever is requested', () => {
    expect(decide(to(200 * MIB))).toMatchObject({ event: { detail: { direction: 'raise', approvals: 2 } } });
    expect(decide(to(200 * MIB), { execution: execution({ bytesPerSecond: -1 }) })).toMatchObject({
      event: { from: -1, detail: { direction: 'lower', approvals: 1 } },
    });
    expect(decide(ask({ rate: { kind: 'percent', percent: 50 } }))).toMatchObject({ event: { to: 50 * MIB } });
  });

  it.each(['CANCELLING', 'SUCCESS', 'ERROR', 'SOMETHING NEW'])('refuses an execution that is %s', (status) => {
    expect(decide(ask(), { execution: execution({ status }) })).toEqual({
      ok: false,
      refusal: { why: 'not-updatable', status },
    });
  });

  it('refuses the rate in force and a percentage of unlimited', () => {
    expect(decide(to(100 * MIB))).toMatchObject({ refusal: { why: 'rate', problem: { kind: 'same-as-now' } } });
    const unlimited = execution({ bytesPerSecond: -1 });
    expect(decide(ask({ rate: { kind: 'percent', percent: 50 } }), { execution: unlimited })).toMatchObject({
      refusal: { why: 'rate', current: -1, problem: { kind: 'percent-of-unlimited' } },
    });
  });

  it('refuses what the rule does not allow', () => {
    expect(decide(to(-1))).toMatchObject({ refusal: { why: 'unlimited-not-allowed' } });
    expect(decide(to(MIB - 1))).toMatchObject({ refusal: { why: 'rate-outside', to: MIB - 1, min: MIB } });
    expect(decide(to(1024 * MIB + 1))).toMatchObject({ refusal: { why: 'rate-outside', max: 1024 * MIB } });
  });

  it('counts the possible approvers without the requester', () => {
    const command = ask({ requester: LEAD, rate: { kind: 'absolute', bytesPerSecond: 200 * MIB } });
    const three = rule({ approvals: { lower: 3, raise: 3, unlimited: null } });
    // Of the group's three one is a guest, and one asks.
    expect(decide(command, { rule: three })).toMatchObject({
      refusal: { why: 'too-few-approvers', needed: 3, possible: 1 },
    });
    expect(decide(ask(), { rule: three })).toMatchObject({ refusal: { needed: 3, possible: 2 } });
    expect(decide(ask(), { rule: rule() }).ok).toBe(true);
  });

  it('counts nobody who can not approve: too few of them refuse it', () => {
    for (const kind of ['guest', 'deactivated', 'bot', 'stranger', 'other-team'] as const) {
      const people = new Map([...PEOPLE, ['U0SECOND', person('U0SECOND', kind)]]);
      expect(decide(to(200 * MIB), { people })).toMatchObject({
        refusal: { why: 'too-few-approvers', needed: 2, possible: 1 },
      });
    }
  });

  it('counts a person under two ids once, and the requester under none', () => {
    const twice = (user: string, enterprise: string): [string, Person] => [user, { ...person(user), enterprise }];
    const same = new Map([...PEOPLE, twice('U0LEAD', 'W0LEAD'), twice('U0SECOND', 'W0LEAD')]);
    expect(decide(to(200 * MIB), { people: same })).toMatchObject({ refusal: { needed: 2, possible: 1 } });
    const asker = { ...OPERATOR, enterprise: 'W0OPER' };
    const people = new Map([...PEOPLE, twice('U0SECOND', 'W0OPER')]);
    const command = { ...to(200 * MIB), requester: asker };
    expect(decide(command, { people })).toMatchObject({ refusal: { needed: 2, possible: 1 } });
    // Named in the group by the organization's id alone.
    const group = new Map([['S0LEADS', ['W0OPER', 'U0LEAD', 'U0SECOND']]]);
    expect(decide(command, { groups: group, people: PEOPLE }).ok).toBe(true);
  });

  it('does not take an approver for none whom Slack can not tell: it is tried again', () => {
    const people = new Map([...PEOPLE].filter(([id]) => id !== 'U0SECOND'));
    expect(decide(to(200 * MIB), { people })).toMatchObject({ refusal: { why: 'approvers-unknown' } });
    expect(decide(ask(), { people }).ok).toBe(true);
  });

  it('lets nothing through where the approvers can’t be known, unless none are needed', () => {
    expect(decide(ask(), { groups: NO_GROUPS })).toMatchObject({ refusal: { why: 'groups-unknown' } });
    const free = rule({ approvals: { lower: 0, raise: 1, unlimited: null } });
    expect(decide(ask(), { groups: NO_GROUPS, rule: free }).ok).toBe(true);
  });
});

describe('what is on record of a refusal', () => {
  const record = (refusal: RequestRefusal, command = ask()) =>
    refusedEvent(command, refusal, { rule: rule(), inForce, from: 100 * MIB, to: null });

  it('is what the policy refused, to whom and why', () => {
    const event = record({ why: 'may-not-ask', denial: 'guest', rule: rule() }, ask({ requester: OPERATOR }));
    expect(event).toMatchObject({
      event: 'refused',
      request: null,
      version: null,
      actor: { user: 'U0OPER' },
      from: 100 * MIB,
      to: 50 * MIB,
      rule: 'production',
      detail: { why: 'may-not-ask', denial: 'guest' },
    });
  });

  it('keeps a percentage that was never worked out, and the duration', () => {
    const command = ask({ rate: { kind: 'percent', percent: 30 }, durationSeconds: 9 });
    expect(record({ why: 'reason-required', rule: rule() }, command)).toMatchObject({
      to: null,
      detail: { why: 'reason-required', percent: 30, duration: 9 },
    });
  });

  it.each<RequestRefusal>([
    { why: 'groups-unknown', rule: rule({ role: ROLE }), unreadable: [] },
    { why: 'not-updatable', status: 'ERROR' },
    { why: 'already-open', request: 'r-2' },
    { why: 'rate', problem: { kind: 'same-as-now', quoted: '', instead: '' }, current: 1 },
  ])('is nothing where it is a moment or a mistake: $why', (refusal) => {
    expect(record(refusal)).toBeNull();
  });
});
