import type { AuditEvent, DatedEvent } from '../../src/domain/audit/audit-event.ts';
import type { PolicyInForce } from '../../src/domain/policy/policies-in-force.ts';
import { unsentEvents } from '../../src/domain/request/decide-extend.ts';
import { decideRequest } from '../../src/domain/request/decide-request.ts';
import { evolve } from '../../src/domain/request/evolve-request.ts';
import type { ThrottleRequest } from '../../src/domain/request/throttle-request.ts';
import {
  doneEvent,
  type PlannedChange,
  skippedEvent,
  startedEvent,
} from '../../src/domain/run/change/change-events.ts';
import { planOfRequest } from '../../src/domain/run/change/decide-apply.ts';
import type { Sent } from '../../src/domain/run/change/sending.ts';
import { desiredLimit, rateOf, requestOfLimit } from '../../src/domain/run/desired-limit.ts';
import { evolveRun } from '../../src/domain/run/evolve-run.ts';
import { scheduledEvent } from '../../src/domain/run/grant/schedule-end.ts';
import type { Run } from '../../src/domain/run/run.ts';
import { ask, at, execution, GROUPS, MIB, PEOPLE, policy, rule } from './given.ts';

export const HOUR = 3600;
export const UNLIMITED = -1;
/** Approves everything at once. */
export const FREE = rule({
  ...{ approvals: { lower: 0, raise: 0, unlimited: 0 }, rate: { min: null, max: null } },
  ...{ maxDurationSeconds: null, requesters: null },
});
export const ACCEPTED: Sent = { requestId: 'aws-u', accepted: true, refused: null, putOff: null };
export const NO_ANSWER: Sent = { ...ACCEPTED, requestId: null, accepted: false };

/** One execution, its run and its requests: each step is recorded as the bot does it. */
export class RunStory {
  run: Run | null = null;
  readonly requests = new Map<string, ThrottleRequest>();
  readonly events: DatedEvent[] = [];
  /** The limit that AWS shows. */
  rate: number;

  constructor(rate = 100 * MIB) {
    this.rate = rate;
  }

  /** The first is at this second; all are of one write. */
  add(second: number, ...events: (AuditEvent | null | undefined)[]): void {
    for (const event of events) {
      if (!event) throw new Error('an event was expected');
      const dated = { ...event, at: at(second).toISOString() };
      this.events.push(dated);
      this.run = evolveRun(this.run, dated);
      const id = event.request;
      const state = id === null ? null : evolve(this.requests.get(id) ?? null, dated);
      if (state) this.requests.set(state.id, state);
    }
  }

  of(id: string): ThrottleRequest {
    const request = this.requests.get(id);
    if (!request) throw new Error(`${id} was not requested`);
    return request;
  }

  seen() {
    return execution({ bytesPerSecond: this.rate });
  }

  /** Requested, approved by the rule alone and set at once. */
  grant(
    id: string,
    second: number,
    { to, seconds = null, of = FREE, by }: { to: number; seconds?: number | null; of?: typeof FREE; by?: string },
  ): ThrottleRequest {
    const requester = PEOPLE.get(by ?? 'U0OPER');
    if (!requester) throw new Error(`${by} is nobody`);
    const command = ask({ requester, rate: { kind: 'absolute', bytesPerSecond: to }, durationSeconds: seconds });
    const facts = { rule: FREE, inForce: policy(FREE), groups: GROUPS, people: PEOPLE };
    const decision = decideRequest(command, { ...facts, execution: this.seen(), run: this.run, now: at(second) }, id);
    if (!decision.ok) throw new Error(`${id}: ${decision.refusal.why}`);
    this.add(second, decision.event);
    return this.apply(id, second, policy(of));
  }

  /** Sets the limit of an approved request. */
  apply(id: string, second: number, inForce: PolicyInForce = policy(FREE)): ThrottleRequest {
    const request = this.of(id);
    const { run } = this;
    const now = at(second);
    if (request.from === request.to) {
      const extended = request.extends ? (this.requests.get(request.extends.request) ?? null) : null;
      this.add(second, ...unsentEvents(request, { run, extended, execution: this.seen(), inForce, now }));
      return this.of(id);
    }
    const plan = planOfRequest(request, { inForce });
    this.add(second, startedEvent(plan, 1));
    this.rate = request.to;
    const done = doneEvent(this.planNow(plan), this.seen(), { sent: ACCEPTED, attempt: 1, open: false });
    this.add(second, done);
    const scheduled = scheduledEvent(this.of(id), { policy: 'd', now, run, from: request.from });
    if (scheduled) this.add(second, scheduled);
    return this.of(id);
  }

  /** What the bot does when a grant is over. */
  end(id: string, second: number): ThrottleRequest {
    const { run } = this;
    const request = this.of(id);
    if (!run?.grants.some((one) => one.request === id)) throw new Error(`${id} has no grant`);
    const desired = desiredLimit(run, { now: at(second) });
    const to = rateOf(desired);
    if (to === null) throw new Error('nothing is to be set');
    const grant = requestOfLimit(desired);
    if (run.inForce?.request !== id) this.add(second, skippedEvent(request, 'covered', { policy: 'd' }));
    else if (to === this.rate) {
      const facts = { execution: this.seen(), grant };
      this.add(second, skippedEvent(request, 'same-rate', { policy: 'd', to }, facts));
    } else {
      const plan = this.endPlan(id, { grant, to });
      this.add(second, startedEvent(plan, 1));
      this.rate = to;
      this.add(second, doneEvent(this.planNow(plan), this.seen(), { sent: ACCEPTED, attempt: 1, open: false }));
    }
    return this.of(id);
  }

  endPlan(id: string, { grant, to }: { grant: string | null; to: number }): PlannedChange {
    const request = this.of(id);
    const { execution, hold } = request;
    return { execution, cause: 'end', request, grant, from: this.rate, to, role: hold?.role ?? null, policy: 'd' };
  }

  /** The same change, of the request as it is now. */
  planNow(plan: PlannedChange): PlannedChange {
    return { ...plan, request: plan.request && this.of(plan.request.id) };
  }
}

/** A run with these grants, oldest first. */
export function runWith(story: RunStory): Run {
  if (!story.run) throw new Error('nothing was set');
  return story.run;
}
