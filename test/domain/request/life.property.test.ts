import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AuditEvent, DatedEvent } from '../../../src/domain/audit/audit-event.ts';
import { UPDATABLE } from '../../../src/domain/execution/task-execution.ts';
import type { Person, Rule } from '../../../src/domain/policy/policy.ts';
import { decideCancel } from '../../../src/domain/request/decide-cancel.ts';
import { decideExpire } from '../../../src/domain/request/decide-expire.ts';
import { admit, decideRequest } from '../../../src/domain/request/decide-request.ts';
import { decideReview } from '../../../src/domain/request/decide-review.ts';
import { evolve } from '../../../src/domain/request/evolve-request.ts';
import { isOpen, type ThrottleRequest } from '../../../src/domain/request/throttle-request.ts';
import { doneEvent, planOf, startedEvent, undoneEvent } from '../../../src/domain/run/change/change-events.ts';
import { decideBegin, unknownEvent, vanishedEvent } from '../../../src/domain/run/change/decide-apply.ts';
import { judgeChange } from '../../../src/domain/run/change/judge-change.ts';
import { evolveRun } from '../../../src/domain/run/evolve-run.ts';
import type { Run } from '../../../src/domain/run/run.ts';
import { ask, at, execution, person, policy } from '../given.ts';
import { CHANGE, NAMES, name, rate, type Step, someRule, step } from '../given-steps.ts';

interface World {
  now: number;
  rule: Rule;
  groups: Map<string, string[] | null>;
  people: Map<string, Person>;
  rate: number;
  status: string;
  run: Run | null;
}

function whoIs(world: World, user: string): Person {
  return world.people.get(user) ?? person(user);
}

function factsOf(world: World) {
  return {
    inForce: policy(world.rule),
    groups: world.groups,
    people: world.people,
    execution: execution({ bytesPerSecond: world.rate, status: world.status }),
    run: null,
    now: at(world.now),
  };
}

/** What comes of the change in flight, by what AWS shows. */
function looked(state: ThrottleRequest, world: World, one: Step & { do: 'look' }): AuditEvent[] {
  const facts = factsOf(world);
  const { digest } = facts.inForce;
  const change = world.run?.change;
  if (state.status !== 'applying' || !change) return [];
  const refused = one.refused && { why: one.refused, action: CHANGE };
  const putOff = one.putOff ? ({ why: 'throttled', action: CHANGE } as const) : null;
  const sent = { requestId: null, accepted: !refused && !putOff, refused, putOff };
  const verdict = judgeChange(change, facts.execution, { now: facts.now, sent, takenOver: false });
  const plan = planOf(change, { execution: state.execution, request: state, policy: digest });
  const { attempt } = change;
  const seen = { execution: facts.execution, sent, attempt };
  switch (verdict.kind) {
    case 'done':
      return [doneEvent(plan, facts.execution, { sent, attempt, open: verdict.open })];
    case 'changed-outside':
      return [undoneEvent(plan, { why: 'other-rate', ...seen })];
    case 'ended':
    case 'ignored':
      return [undoneEvent(plan, { why: verdict.kind, ...seen })];
    case 'refused':
      return [undoneEvent(plan, { why: verdict.refused.why, ...seen })];
    case 'send-again':
      return [startedEvent(plan, verdict.attempt)];
    case 'put-off':
      return [startedEvent(plan, attempt, verdict.putOff)];
    case 'look-again':
      return [];
  }
}

/** What the bot would do at this step: the events that come of it. The world's own steps have none. */
function eventsOf(state: ThrottleRequest, world: World, one: Step) {
  const facts = factsOf(world);
  const digest = facts.inForce.digest;
  switch (one.do) {
    case 'approve':
    case 'deny': {
      const command = { by: whoIs(world, one.by), decision: one.do, comment: 'because' };
      return decideReview(state, command, facts).events;
    }
    case 'cancel':
      return decideCancel(state, whoIs(world, one.by), facts.inForce).events;
    case 'expire':
      return decideExpire(state, facts.now, facts.inForce);
    case 'begin': {
      if (state.status !== 'approved') return [];
      const decision = decideBegin(state, facts);
      return decision.kind === 'wait' ? [] : [decision.event];
    }
    case 'look':
      return looked(state, world, one);
    case 'unknown': {
      const event = state.status === 'applying' ? unknownEvent(state, digest, { why: 'silence', said: null }) : null;
      return event ? [event] : [];
    }
    case 'vanish':
      return state.status === 'approved' ? [vanishedEvent(state, digest, { requestId: null, said: null })] : [];
    case 'wait':
      world.now += one.seconds;
      return [];
    case 'policy':
      world.rule = one.rule;
      return [];
    case 'group':
      world.groups.set(one.group, one.members);
      return [];
    case 'person':
      world.people.set(one.user, person(one.user, one.kind));
      return [];
    case 'aws':
      world.rate = one.rate === 'from' ? state.from : one.rate === 'to' ? state.to : one.rate;
      world.status = one.status;
      return [];
  }
}

/** Who has agreed and counts, worked out from the records and the world alone, in other words than the domain's. */
function agreedBy(events: DatedEvent[], world: World): Set<string> {
  const requester = events[0]?.actor?.user;
  const names = events.filter(({ event }) => event === 'approved').map(({ actor }) => actor?.user ?? '');
  const named = [...world.rule.approvers.users];
  for (const group of world.rule.approvers.groups) named.push(...(world.groups.get(group) ?? []));
  return new Set(
    names.filter((user) => user !== requester && named.includes(user) && whoIs(world, user).kind === 'member'),
  );
}

function neededNow(world: World, from: number, to: number): number {
  const { lower, raise, unlimited } = world.rule.approvals;
  if (to === -1) return unlimited ?? Number.POSITIVE_INFINITY;
  return from === -1 || to < from ? lower : raise;
}

function checkBeginning(events: DatedEvent[], state: ThrottleRequest, world: World): void {
  expect(agreedBy(events, world).size).toBeGreaterThanOrEqual(neededNow(world, state.from, state.to));
  expect(world.rate).toBe(state.from);
  expect(UPDATABLE).toContain(world.status);
  expect(at(world.now).getTime()).toBeLessThan(Date.parse(state.expiresAt));
}

function live(first: { rule: Rule; by: string; rate: number; to: number }, steps: Step[]): DatedEvent[] {
  const world: World = {
    now: 0,
    rule: first.rule,
    groups: new Map([
      ['S1', NAMES.slice(1)],
      ['S2', NAMES.slice(3)],
    ]),
    people: new Map(NAMES.map((user) => [user, person(user)])),
    rate: first.rate,
    status: 'TRANSFERRING',
    run: null,
  };
  const command = ask({ requester: person(first.by), rate: { kind: 'absolute', bytesPerSecond: first.to } });
  const facts = factsOf(world);
  if (!admit(command, facts.inForce, facts.groups).ok) return [];
  const asked = decideRequest(command, { ...facts, rule: world.rule, run: null }, 'r-0');
  if (!asked.ok) return [];
  const events: DatedEvent[] = [{ ...asked.event, at: facts.now.toISOString() }];
  let state = evolve(null, events[0] as DatedEvent) as ThrottleRequest;
  for (const one of steps) {
    const before = state;
    for (const event of eventsOf(state, world, one)) {
      if (event.event === 'apply.started' && before.status === 'approved') checkBeginning(events, state, world);
      const dated = { ...event, at: at(world.now).toISOString() };
      events.push(dated);
      state = evolve(state, dated) as ThrottleRequest;
      world.run = evolveRun(world.run, dated);
      if (event.event === 'applied') expect(state.ending?.rate).toBe(state.to);
    }
    if (!isOpen(before)) expect(state).toBe(before);
    if (state.status === 'applied' && before.status !== 'applied') expect(world.rate).toBe(state.to);
  }
  const refolded = events.reduce<ThrottleRequest | null>((folded, event) => evolve(folded, event), null);
  expect(refolded).toEqual(state);
  return events;
}

describe('the life of a request', () => {
  it('never reaches AWS without the approvals of the rule in force, and is applied at most once', () => {
    const ends = new Map<string, number>();
    fc.assert(
      fc.property(
        fc.record({ rule: someRule, by: name, rate, to: rate }),
        fc.array(step, { minLength: 5, maxLength: 50, size: 'max' }),
        (first, steps) => {
          const events = live(first, steps);
          const count = (event: string) => events.filter((one) => one.event === event).length;
          for (const event of [
            'requested',
            'applied',
            'denied',
            'cancelled',
            'expired',
            'apply.failed',
            'apply.stale',
          ]) {
            expect(count(event)).toBeLessThanOrEqual(1);
          }
          // Each is a send, but for those that say that the one before was put off.
          const putOffs = events.filter((one) => one.event === 'apply.started' && one.detail.putOff).length;
          expect(count('apply.started') - 2 * putOffs).toBeLessThanOrEqual(3);
          if (count('applied') > 0) expect(count('apply.started')).toBeGreaterThan(0);
          const last =
            events.filter(({ version }, place) => version !== events[place - 1]?.version).at(-1)?.event ?? '-';
          ends.set(last, (ends.get(last) ?? 0) + 1);
        },
      ),
      { numRuns: 2000 },
    );
    // Else it would hold of lives that never got anywhere.
    for (const end of ['applied', 'apply.failed', 'apply.stale', 'apply.started', 'denied', 'cancelled', 'expired']) {
      expect(ends.get(end) ?? 0, end).toBeGreaterThan(0);
    }
  });
});
