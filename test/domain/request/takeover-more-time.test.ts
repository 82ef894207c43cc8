import { describe, expect, it } from 'vitest';
import type { Rule } from '../../../src/domain/policy/policy.ts';
import { decideExtension } from '../../../src/domain/request/decide-extend.ts';
import type { RequestCommand } from '../../../src/domain/request/request-command.ts';
import type { ThrottleRequest } from '../../../src/domain/request/throttle-request.ts';
import { decideBegin } from '../../../src/domain/run/change/decide-apply.ts';
import { ask, at, execution, folded, GROUPS, LEAD, MIB, OPERATOR, policy, rule, SECOND } from '../given.ts';
import { approvals, asking, DAY_RULE, HOUR, inForce, KNOWN, runningLimit } from '../given-takeover.ts';

describe('more time for a limit whose end lifts it', () => {
  function extending(by: RequestCommand['requester'], seconds = 60) {
    const running = runningLimit();
    const { rate: _, ...command } = ask({ requester: by });
    const facts = {
      ...{ rule: DAY_RULE, inForce: policy(DAY_RULE), groups: GROUPS, people: KNOWN, now: at(60) },
      execution: execution({ bytesPerSecond: running.to }),
    };
    return decideExtension({ ...command, durationSeconds: seconds }, running, facts, 'r-1111111111');
  }

  it('needs the approvals of its end if the requester could then end it', () => {
    expect(extending(OPERATOR)).toMatchObject({
      proposal: { detail: { approvals: 2, direction: 'unlimited', takeover: { why: 'revert-now' } } },
    });
  });

  it('needs what the limit itself did if the requester can end it today', () => {
    expect(approvals(extending(LEAD))).toBe(0);
    expect(approvals(extending(SECOND))).toBe(0);
  });

  describe('if the rules treated lowering and raising alike when it was requested', () => {
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
