import type { AuditEvent } from '../../src/domain/audit/audit-event.ts';
import { stateEvent } from '../../src/domain/request/request-event.ts';
import type { ThrottleRequest } from '../../src/domain/request/throttle-request.ts';
import {
  doneEvent,
  type PlannedChange,
  skippedEvent,
  startedEvent,
} from '../../src/domain/run/change/change-events.ts';
import { planOfRequest } from '../../src/domain/run/change/decide-apply.ts';
import { scheduledEvent } from '../../src/domain/run/grant/schedule-end.ts';
import { hasOpenGrant, type TimedGrant } from '../../src/domain/run/grant/timed-grant.ts';
import type { Change } from '../../src/workflow/ports/commit.ts';
import { execution, MIB, policy, rule, T0 } from '../domain/given.ts';
import { asking, type OpenedLedger } from './given-ledger.ts';

export type GrantedRequest = ThrottleRequest & { hold: TimedGrant };

/** The life of requests about a run, as a bot writes it: each step is decided by the run as it is loaded. */
export function givenRuns({ ledger }: Pick<OpenedLedger, 'ledger'>) {
  async function commit(request: ThrottleRequest, events: AuditEvent[], more: Partial<Change> = {}) {
    const op = `${events[0]?.event}:${request.id}:${request.version}`;
    const run = await ledger.run(request.execution);
    return ledger.commit({ op, prior: request, events, run, ...more });
  }

  async function advanced(
    request: ThrottleRequest,
    events: AuditEvent[],
    more: Partial<Change> = {},
  ): Promise<ThrottleRequest> {
    const committed = await commit(request, events, more);
    if (committed.kind !== 'committed' || !committed.state) throw new Error(committed.kind);
    return committed.state;
  }

  /** Approved. `nth`: of those about the same execution. */
  async function approved(
    number: number,
    { nth = 0, from = 100, to = 50 }: { nth?: number; from?: number; to?: number } = {},
  ) {
    const change = asking(number);
    const [event] = change.events;
    if (event?.event !== 'requested') throw new Error('no request');
    const id = `r-${nth}${String(number).padStart(9, '0')}`;
    const requested = { ...event, request: id, from: from * MIB, to: to * MIB };
    const asked = await ledger.commit({ op: `ask:${id}`, prior: null, events: [requested] });
    if (asked.kind !== 'committed' || !asked.state) throw new Error(asked.kind);
    const request = asked.state;
    const detail = { comment: null, count: 1, needed: 1, complete: true, expiresAt: request.expiresAt };
    return advanced(request, [stateEvent(request, 'approved', request.requester, 'd', detail)]);
  }

  /** Its change is on the way to AWS. */
  async function applying(...of: Parameters<typeof approved>): Promise<ThrottleRequest> {
    const request = await approved(...of);
    return advanced(request, [startedEvent(planOfRequest(request, { inForce: policy(rule()) }), 1)]);
  }

  /** Its limit is set. `seconds` null: until the execution ends. */
  async function applied(
    number: number,
    of: Parameters<typeof approved>[1] & { seconds?: number | null } = {},
    more: Partial<Change> = {},
  ): Promise<ThrottleRequest> {
    const { seconds = 3600 } = of;
    const request = await applying(number, of);
    const { run } = await ledger.run(request.execution);
    const event = stateEvent(request, 'applied', null, 'd', { rate: request.to, status: 'TRANSFERRING' });
    const next = { ...request, version: request.version + 1, durationSeconds: seconds };
    const scheduled = scheduledEvent(next, { policy: 'd', now: T0, run, from: request.from });
    return advanced(request, scheduled ? [event, scheduled] : [event], more);
  }

  async function granted(...of: Parameters<typeof applied>): Promise<GrantedRequest> {
    const request = await applied(...of);
    if (!hasOpenGrant(request)) throw new Error('no end');
    return request;
  }

  return { commit, advanced, approved, applying, applied, granted };
}

/** The end of a grant, and what applies after it. */
export function endOf(request: GrantedRequest, grant: string | null = null, to: number = request.hold.base) {
  const { execution: arn, hold } = request;
  const plan: PlannedChange = {
    ...{ execution: arn, cause: 'end', request, grant },
    ...{ from: request.to, to, role: hold.role, policy: 'd' },
  };
  const next = { ...plan, request: { ...request, version: request.version + 1 } };
  return {
    started: startedEvent(plan, 1),
    done: doneEvent(next, execution({ bytesPerSecond: to }), { sent: null, attempt: 1, open: false }),
  };
}

export const changedOutside = (request: ThrottleRequest) => skippedEvent(request, 'changed', { policy: 'd' });
