import { describe, expect, it } from 'vitest';
import type { AskCommand } from '../../src/domain/ask-command.ts';
import { decideBegin, startedEvent } from '../../src/domain/decide-apply.ts';
import { decideExtension } from '../../src/domain/decide-extend.ts';
import { decideRequest } from '../../src/domain/decide-request.ts';
import { scheduledEvent } from '../../src/domain/decide-revert.ts';
import { stateEvent } from '../../src/domain/decide-review.ts';
import type { Rule } from '../../src/domain/policy.ts';
import type { ThrottleRequest } from '../../src/domain/throttle-request.ts';
import {
  ask,
  at,
  execution,
  folded,
  GROUPS,
  LEAD,
  MIB,
  OPERATOR,
  PEOPLE,
  person,
  policy,
  requested,
  rule,
  SECOND,
} from './given.ts';

const HOUR = 3600;
const UNLIMITED = -1;
/** So that there are two besides each lead. */
const THIRD = person('U0THIRD');
const KNOWN = new Map([...PEOPLE, [THIRD.user, THIRD]]);
const DAY_RULE = rule({
  ...{ approvals: { lower: 0, raise: 1, unlimited: 2 }, maxDurationSeconds: null },
  approvers: { users: [THIRD.user], groups: ['S0LEADS'] },
});

/** Requested by `by` on `base`, approved by those who had to be asked, and in force for 8 hours from second 2 on. */
function runningLimit(
  but: { of?: Rule; by?: AskCommand['requester']; base?: number; to?: number } = {},
): ThrottleRequest {
  const { of = DAY_RULE, by = LEAD, base = UNLIMITED, to = 10 * MIB } = but;
  const asked = requested({
    ...{ of, seen: { bytesPerSecond: base } },
    ask: { requester: by, rate: { kind: 'absolute', bytesPerSecond: to }, durationSeconds: 8 * HOUR },
  });
  return inForce({ ...asked, status: 'approved' }, null, 2);
}

function inForce(approved: ThrottleRequest, running: ThrottleRequest | null, second: number): ThrottleRequest {
  const begun = folded(approved, at(second), startedEvent(approved, 'd', null, 1));
  const applied = folded(begun, at(second), stateEvent(begun, 'applied', null, 'd'));
  const scheduled = scheduledEvent(
    { ...applied, version: begun.version + 1 },
    { policy: 'd', now: at(second), running },
  );
  return scheduled ? folded(applied, at(second), scheduled) : applied;
}

interface Asking {
  by?: AskCommand['requester'];
  rate?: number;
  seconds?: number | null;
  of?: Rule;
  running?: ThrottleRequest;
  channel?: string;
  others?: Rule[];
}

function asking({ by = OPERATOR, rate = 9.9, seconds = 9 * HOUR, of = DAY_RULE, ...rest }: Asking = {}) {
  const running = rest.running ?? runningLimit();
  const command = ask({
    ...{ requester: by, durationSeconds: seconds, channel: rest.channel ?? 'C0OPS' },
    rate: { kind: 'absolute', bytesPerSecond: Math.round(rate * MIB) },
  });
  const facts = {
    ...{ rule: of, inForce: policy(...(rest.others ?? []), of), groups: GROUPS, people: KNOWN, running, now: at(60) },
    execution: execution({ bytesPerSecond: running.to }),
  };
  return decideRequest(command, facts, 'r-1111111111');
}

const approvals = (decision: ReturnType<typeof asking>) =>
  decision.ok ? decision.proposal.detail.approvals : decision.refusal.why;

describe('a request that takes the place of a limit whose end lifts it', () => {
  it.each<[string, Asking, number, string | null]>([
    ['ends earlier, by somebody else', { seconds: HOUR }, 2, 'ends-earlier'],
    ['ends a minute from now', { seconds: 60 }, 2, 'ends-earlier'],
    ['ends earlier, by who could end it today', { by: LEAD, seconds: HOUR }, 2, 'ends-earlier'],
    ['ends earlier, by another approver', { by: SECOND, seconds: HOUR }, 2, 'ends-earlier'],
    ['ends later, by somebody else, who could then end it', { seconds: 9 * HOUR }, 2, 'revert-now'],
    ['ends later, by who requested it', { by: LEAD }, 0, null],
    ['ends later, by another approver', { by: SECOND }, 0, null],
    ['has no end, and so no Revert now', { seconds: null }, 0, null],
    ['raises, and ends earlier', { rate: 20, seconds: HOUR }, 2, 'ends-earlier'],
    ['raises for good', { rate: 20, seconds: null }, 1, null],
  ])('%s: %s', (_, but, needed, why) => {
    const decision = asking(but);
    expect(approvals(decision)).toBe(needed);
    expect(decision.ok ? (decision.proposal.detail.takeover?.why ?? null) : null).toBe(why);
  });

  it('is told with what it would revert to, and when that was to be', () => {
    const running = runningLimit();
    expect(asking({ seconds: HOUR, running })).toMatchObject({
      event: {
        detail: {
          direction: 'unlimited',
          takeover: {
            request: running.id,
            base: UNLIMITED,
            dueAt: at(8 * HOUR + 2).toISOString(),
            why: 'ends-earlier',
          },
        },
      },
    });
  });

  it('to the second: as late as the running one is not earlier', () => {
    const left = 8 * HOUR + 2 - 60;
    expect(approvals(asking({ by: LEAD, seconds: left }))).toBe(0);
    expect(approvals(asking({ by: LEAD, seconds: left - 1 }))).toBe(2);
  });

  it('counts as a raise where the end is a raise', () => {
    const running = runningLimit({ base: 100 * MIB });
    expect(approvals(asking({ running, seconds: HOUR }))).toBe(1);
  });

  it('needs nothing more where the end lowers', () => {
    const running = runningLimit({ base: 5 * MIB, to: 50 * MIB });
    // Above what it reverts to it is a raise all the same; at or under it, it is not.
    expect(approvals(asking({ running, rate: 40, seconds: HOUR }))).toBe(1);
    expect(approvals(asking({ running, rate: 4, seconds: HOUR }))).toBe(0);
  });

  it('is refused, with the way out, where the rule lets nobody lift a limit', () => {
    const never = rule({ approvals: { lower: 0, raise: 1, unlimited: null }, maxDurationSeconds: null });
    const running = runningLimit({ of: never });
    const refused = asking({ of: never, running, seconds: HOUR });
    expect(refused).toMatchObject({ refusal: { why: 'unlimited-not-allowed', takeover: { why: 'ends-earlier' } } });
    expect(asking({ of: never, running })).toMatchObject({ refusal: { takeover: { why: 'revert-now' } } });
    expect(approvals(asking({ of: never, running, seconds: null }))).toBe(0);
    expect(approvals(asking({ of: never, running, by: LEAD }))).toBe(0);
  });

  it('is held against the newest limit in a chain, and the rate before them all', () => {
    const first = runningLimit();
    const later = asking({ by: SECOND, running: first });
    if (!later.ok) throw new Error(later.refusal.why);
    const second = inForce(folded(null, at(60), later.event), first, 61);
    expect(second.hold).toMatchObject({ base: UNLIMITED });
    expect(approvals(asking({ running: second, rate: 9, seconds: 8.5 * HOUR }))).toBe(2);
    expect(approvals(asking({ running: second, rate: 9, seconds: 10 * HOUR }))).toBe(2);
    expect(approvals(asking({ running: second, rate: 9, seconds: 10 * HOUR, by: SECOND }))).toBe(0);
    expect(approvals(asking({ running: second, rate: 9, seconds: null }))).toBe(0);
  });

  it('counts whom another rule would let end it', () => {
    const elsewhere = rule({
      ...DAY_RULE,
      ...{
        name: 'elsewhere',
        match: { channels: ['C0ELSE'] },
        approvers: { users: ['U0NOBODY'], groups: ['S0LEADS'] },
      },
    });
    const inElse = { of: elsewhere, channel: 'C0ELSE', others: [DAY_RULE], by: LEAD };
    expect(asking(inElse)).toMatchObject({ proposal: { detail: { approvals: 2, takeover: { why: 'revert-now' } } } });
    const fewer = { ...elsewhere, approvers: { users: [], groups: ['S0LEADS'] } };
    expect(approvals(asking({ ...inElse, of: fewer }))).toBe(0);
  });

  it('takes who Slack can’t tell for somebody who can’t', () => {
    const member = person('U0MEMBER');
    expect(approvals(asking({ by: member }))).toBe(2);
  });
});

describe('while a bot runs whose policy can’t be read', () => {
  it('a request that by one of the others does more than lower is not let through', () => {
    const running = runningLimit();
    const own = rule({
      ...DAY_RULE,
      approvers: { users: [OPERATOR.user, LEAD.user, THIRD.user], groups: ['S0LEADS'] },
    });
    const others = [
      { policy: policy(DAY_RULE).policy, digest: 'other' },
      { policy: null, digest: 'unreadable' },
    ];
    const command = ask({ rate: { kind: 'absolute', bytesPerSecond: 9 * MIB }, durationSeconds: 9 * HOUR });
    const facts = {
      ...{ rule: own, groups: GROUPS, people: KNOWN, running, now: at(60) },
      execution: execution({ bytesPerSecond: running.to }),
    };
    const decided = (inForce: (typeof others)[number][]) =>
      decideRequest(command, { ...facts, inForce: { ...policy(own), others: inForce } }, 'r-1111111111');
    expect(decided(others.slice(0, 1))).toMatchObject({ proposal: { detail: { takeover: { why: 'revert-now' } } } });
    expect(decided(others)).toMatchObject({ refusal: { why: 'policies-differ' } });
    const free = decided(others.slice(1));
    if (!free.ok) throw new Error(free.refusal.why);
    const approved = { ...folded(null, at(60), free.event), status: 'approved' as const };
    expect(
      decideBegin(approved, {
        ...facts,
        inForce: { ...policy(own), others },
      }),
    ).toMatchObject({ kind: 'wait', for: 'policies' });
    expect(decided(others.slice(1))).toMatchObject({ proposal: { detail: { approvals: 0 } } });
  });
});

describe('more time for a limit whose end lifts it', () => {
  function extending(by: AskCommand['requester'], seconds = 60) {
    const running = runningLimit();
    const { rate: _, ...command } = ask({ requester: by });
    const facts = {
      ...{ rule: DAY_RULE, inForce: policy(DAY_RULE), groups: GROUPS, people: KNOWN, now: at(60) },
      execution: execution({ bytesPerSecond: running.to }),
    };
    return decideExtension({ ...command, durationSeconds: seconds }, running, facts, 'r-1111111111');
  }

  it('needs the approvals of its end, where somebody else asks, who could then end it', () => {
    expect(extending(OPERATOR)).toMatchObject({
      proposal: { detail: { approvals: 2, direction: 'unlimited', takeover: { why: 'revert-now' } } },
    });
  });

  it('needs what the limit itself did, where somebody asks who can end it today', () => {
    expect(approvals(extending(LEAD))).toBe(0);
    expect(approvals(extending(SECOND))).toBe(0);
  });

  describe('where rules told lowering and raising alike when it was asked', () => {
    const EVEN = rule({ approvals: { lower: 1, raise: 1, unlimited: 2 }, maxDurationSeconds: null });

    /** 50 MiB/s for a while on 10, and 40 in its place: lower than what ran, and higher than what it goes back to. */
    function keepsARaise(): ThrottleRequest {
      const raised = runningLimit({ of: EVEN, base: 10 * MIB, to: 50 * MIB });
      const decision = asking({ of: EVEN, running: raised, rate: 40 });
      if (!decision.ok) throw new Error(decision.refusal.why);
      expect(decision.proposal.detail).toMatchObject({ direction: 'lower', approvals: 1 });
      return inForce({ ...folded(null, at(60), decision.event), status: 'approved' }, raised, 61);
    }

    function moreTime(of: Rule, running: ThrottleRequest) {
      const { rate: _, ...command } = ask({ durationSeconds: HOUR });
      const facts = { rule: of, inForce: policy(of), groups: GROUPS, people: KNOWN, now: at(120) };
      const seen = execution({ bytesPerSecond: running.to });
      return decideExtension(
        { ...command, durationSeconds: HOUR },
        running,
        { ...facts, execution: seen },
        'r-2222222222',
      );
    }

    it('needs the approvals of the raise that it keeps, by the rule as it is now', () => {
      expect(approvals(moreTime(DAY_RULE, keepsARaise()))).toBe(1);
    });

    it('needs them at the apply too', () => {
      const running = keepsARaise();
      const decision = moreTime(EVEN, running);
      if (!decision.ok) throw new Error(decision.refusal.why);
      const approved = { ...folded(null, at(120), decision.event), status: 'approved' as const };
      const begin = decideBegin(approved, {
        ...{ inForce: policy(DAY_RULE), groups: GROUPS, people: KNOWN, running, now: at(130) },
        execution: execution({ bytesPerSecond: running.to }),
      });
      expect(begin).toMatchObject({ kind: 'end', event: { event: 'apply.stale', detail: { why: 'policy' } } });
    });
  });
});
