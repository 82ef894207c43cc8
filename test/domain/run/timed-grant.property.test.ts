import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AuditEvent, DatedEvent } from '../../../src/domain/audit/audit-event.ts';
import { UPDATABLE } from '../../../src/domain/execution/task-execution.ts';
import { evolve } from '../../../src/domain/request/evolve-request.ts';
import { stateEvent } from '../../../src/domain/request/request-event.ts';
import type { ThrottleRequest } from '../../../src/domain/request/throttle-request.ts';
import { startedEvent } from '../../../src/domain/run/change/decide-apply.ts';
import { decideDrift } from '../../../src/domain/run/decide-drift.ts';
import { decideRevert, judgeRevert, scheduledEvent, skippedEvent } from '../../../src/domain/run/decide-revert.ts';
import { decideRevertNow } from '../../../src/domain/run/grant/decide-revert-now.ts';
import { hasOpenGrant, isReverting } from '../../../src/domain/run/grant/timed-grant.ts';
import { at, execution, GROUPS, MIB, OPERATOR, PEOPLE, policy, requested, rule } from '../given.ts';

const BASE = 100 * MIB;
const SET = 50 * MIB;
const DURATION = 600;
const PUT_OFF = { why: 'throttled', action: 'datasync:UpdateTaskExecution' } as const;

type Step =
  | { do: 'due' | 'now' | 'watch' | 'replaced' }
  | { do: 'look'; refused: 'denied' | 'rejected' | null; putOff: boolean; sent: boolean }
  | { do: 'wait'; seconds: number }
  | { do: 'aws'; rate: number; status: string };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('due' as const, 'due' as const, 'watch' as const) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('look' as const),
      refused: fc.constantFrom(null, null, null, 'denied' as const, 'rejected' as const),
      putOff: fc.constantFrom(false, false, true),
      sent: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('wait' as const), seconds: fc.constantFrom(1, 61, 300, 600) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('aws' as const),
      rate: fc.constantFrom(SET, SET, BASE, 7, -1),
      status: fc.constantFrom(...UPDATABLE, ...UPDATABLE, 'SUCCESS', 'CANCELLING'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('now' as const, 'replaced' as const) }) },
);

interface World {
  now: number;
  rate: number;
  status: string;
  replaced: boolean;
}

/** What the bot would do at this step. The world's own steps have no events. */
function eventOf(state: ThrottleRequest, world: World, one: Step): AuditEvent | null {
  const seen = execution({ bytesPerSecond: world.rate, status: world.status });
  const now = at(world.now);
  switch (one.do) {
    case 'due': {
      if (!hasOpenGrant(state) || isReverting(state)) return null;
      if (world.replaced) return skippedEvent(state, 'replaced', 'd', { replacedBy: 'r-other00000' });
      const decision = decideRevert(state, { execution: seen, policy: 'd', now });
      return decision.kind === 'early' || decision.kind === 'wait' ? null : decision.event;
    }
    case 'look': {
      if (!hasOpenGrant(state) || !isReverting(state)) return null;
      if (one.sent && one.refused === null && !one.putOff && UPDATABLE.includes(world.status))
        world.rate = state.hold.base;
      const now = execution({ bytesPerSecond: world.rate, status: world.status });
      const sent = {
        requestId: null,
        refused: one.refused && { why: one.refused, action: 'x' },
        putOff: one.putOff ? PUT_OFF : null,
      };
      const verdict = judgeRevert(state, now, { policy: 'd', now: at(world.now), sent });
      return verdict.kind === 'look-again' ? null : verdict.event;
    }
    case 'watch':
      return world.replaced ? null : decideDrift(state, seen, 'd');
    case 'now': {
      const decision = decideRevertNow(state, OPERATOR, {
        inForce: policy(rule()),
        groups: GROUPS,
        people: PEOPLE,
        now,
      });
      return decision.ok ? decision.event : null;
    }
    case 'replaced':
      world.replaced = !isReverting(state);
      return null;
    case 'wait':
      world.now += one.seconds;
      return null;
    case 'aws':
      world.rate = one.rate;
      world.status = one.status;
      return null;
  }
}

function inForce(): { state: ThrottleRequest; events: DatedEvent[] } {
  const free = rule({ approvals: { lower: 0, raise: 0, unlimited: 0 } });
  let state = requested({ of: free, ask: { durationSeconds: DURATION } });
  const events: DatedEvent[] = [];
  const add = (event: AuditEvent | null) => {
    if (!event) throw new Error('an event was expected');
    const dated = { ...event, at: at(0).toISOString() };
    events.push(dated);
    state = evolve(state, dated) as ThrottleRequest;
  };
  add(startedEvent(state, 'd', null, 1));
  add(stateEvent(state, 'applied', null, 'd', { rate: SET, status: 'TRANSFERRING' }));
  add(scheduledEvent(state, { policy: policy(free).digest, now: at(0), running: null }));
  return { state, events };
}

describe('the life of a limit for a while', () => {
  it('is reverted at most once, never before its time, never where it was changed or replaced', () => {
    const ends = new Map<string, number>();
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 40, size: 'max' }), (steps) => {
        const begun = inForce();
        let { state } = begun;
        const events = [...begun.events];
        const world: World = { now: 1, rate: SET, status: 'TRANSFERRING', replaced: false };
        for (const one of steps) {
          const before = state;
          const seen = { ...world };
          const event = eventOf(state, world, one);
          if (!event) continue;
          if (event.event === 'revert.started' && !isReverting(before)) {
            expect(seen).toMatchObject({ rate: SET, replaced: false });
            expect(UPDATABLE).toContain(seen.status);
            expect(at(world.now).getTime()).toBeGreaterThanOrEqual(Date.parse(before.hold?.dueAt ?? ''));
          }
          if (event.event === 'reverted') expect(world.rate).toBe(BASE);
          if (before.hold?.end) expect(event.event).toBe('drift.detected');
          const dated = { ...event, at: at(world.now).toISOString() };
          events.push(dated);
          state = evolve(state, dated) as ThrottleRequest;
        }
        const count = (name: string) => events.filter(({ event }) => event === name).length;
        expect(count('reverted') + count('revert.skipped') + count('revert.failed')).toBeLessThanOrEqual(1);
        // Each is a send, but for those that say that the one before was put off.
        const putOffs = events.filter((one) => one.event === 'revert.started' && one.detail.putOff).length;
        expect(count('revert.started') - 2 * putOffs).toBeLessThanOrEqual(3);
        if (count('reverted') > 0) expect(count('revert.started')).toBeGreaterThan(0);
        expect(state.status).toBe('applied');
        const end = `${state.hold?.end?.how ?? 'held'} ${state.hold?.end?.why ?? ''}`;
        ends.set(end, (ends.get(end) ?? 0) + 1);
      }),
      { numRuns: 3000 },
    );
    // Else it would hold of lives that never got anywhere.
    const all = ['held ', 'reverted ', 'skipped changed', 'skipped ended', 'skipped replaced', 'failed denied'];
    for (const end of all) expect(ends.get(end) ?? 0, end).toBeGreaterThan(0);
  });
});
