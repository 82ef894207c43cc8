import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../../src/domain/audit/audit-event.ts';
import { type AuditRecord, asRecord } from '../../../src/domain/audit/audit-record.ts';
import { createOpenRequests } from '../../../src/domain/proof/open-requests.ts';
import { decideRequest } from '../../../src/domain/request/decide-request.ts';
import { evolve } from '../../../src/domain/request/evolve-request.ts';
import { stateEvent } from '../../../src/domain/request/request-event.ts';
import type { ThrottleRequest } from '../../../src/domain/request/throttle-request.ts';
import { skippedEvent } from '../../../src/domain/run/change/change-events.ts';
import { scheduledEvent } from '../../../src/domain/run/grant/schedule-end.ts';
import { ask, execution, GROUPS, PEOPLE, policy, rule, T0 } from '../given.ts';

function recordOf(event: AuditEvent, seq: number, op: string): AuditRecord {
  const record = asRecord({ v: 1, log: 'l', prev: '', op, ...event, seq, at: T0.toISOString() });
  if (record === null) throw new Error('no record');
  return record;
}

/** A request for an hour that needs as many approvals as said, with the fold of its records. */
function given(id: string, approvals: number) {
  const open = createOpenRequests();
  let seq = 0;
  let request: ThrottleRequest | null = null;
  const add = (op: string, ...events: AuditEvent[]) =>
    events.map((event) => {
      seq += 1;
      const record = recordOf(event, seq, op);
      const misfit = open.add(record);
      if (misfit === null) request = evolve(request, record);
      return misfit;
    });
  const now = (): ThrottleRequest => {
    if (!request) throw new Error('no request');
    return request;
  };
  const rules = rule({ approvals: { lower: approvals, raise: 2, unlimited: null } });
  const decided = decideRequest(
    ask({ durationSeconds: 3600 }),
    {
      rule: rules,
      inForce: policy(rules),
      groups: GROUPS,
      people: PEOPLE,
      execution: execution(),
      run: null,
      now: T0,
    },
    id,
  );
  if (!decided.ok) throw new Error(decided.refusal.why);
  add('ask', decided.event);
  const started = () => stateEvent(now(), 'apply.started', null, 'd', { attempt: 1, role: null });
  /** In one commit: the limit is in force, and it has an end. */
  function apply(): void {
    add('start', started());
    const applied = stateEvent(now(), 'applied', null, 'd', { rate: now().to, status: 'TRANSFERRING' });
    const after = { ...now(), version: now().version + 1 };
    const scheduled = scheduledEvent(after, { policy: 'd', now: T0, run: null, from: after.from });
    if (!scheduled) throw new Error('no end');
    add('apply', applied, scheduled);
  }
  return { open, add, now, started, apply };
}

describe('what is open by the records of a log', () => {
  it('is a request until it ends', () => {
    const { open, add, now } = given('r-1', 1);
    expect(open.get('r-1')).toEqual({ request: now(), first: 1 });
    add('cancel', stateEvent(now(), 'cancelled', now().requester, 'd', null));
    expect(open.get('r-1')).toBeNull();
    expect(open.first()).toBeNull();
  });

  it('is a grant until it ends, with the limits of its run', () => {
    const { open, add, now, apply } = given('r-1', 0);
    apply();
    expect(open.get('r-1')).toEqual({ request: now(), first: 1 });
    expect(open.run(now().execution)).toMatchObject({
      lastSeq: 4,
      run: { baseline: now().from, grants: [{ request: 'r-1', rate: now().to, until: now().hold?.dueAt }] },
    });
    const request = now();
    if (!request.hold) throw new Error('no grant');
    add('skip', skippedEvent(request, 'ended', { policy: 'd' }));
    expect(open.all()).toEqual([]);
    // AWS still shows its limit, which is not the one from before.
    expect(open.run(now().execution)?.run).toMatchObject({ grants: [], inForce: { rate: now().to } });
  });

  it('is not a request that was applied without its approvals', () => {
    const { open, add, now } = given('r-1', 1);
    const approval = stateEvent(now(), 'approved', { ...now().requester, user: 'U0LEAD' }, 'd', {
      comment: null,
      count: 2,
      needed: 2,
      complete: true,
      expiresAt: now().expiresAt,
    });
    add('approve', approval);
    const [misfit] = add('start', stateEvent(now(), 'apply.started', null, 'd', { attempt: 1, role: null }));
    expect(misfit).toMatchObject({ request: 'r-1', seq: 3, why: 'apply.started of r-1 with 1 of 2 approvals' });
    expect(open.get('r-1')).toBeNull();
  });

  it('is not a request with a record that does not fit, from there on', () => {
    const { open, add, now, started } = given('r-1', 1);
    expect(add('start', started())).toMatchObject([{ seq: 2, why: 'r-1 is not approved', unknown: false }]);
    add('cancel', stateEvent(now(), 'cancelled', now().requester, 'd', null));
    expect(open.misfit('r-1')).toMatchObject({ seq: 2 });
  });

  it('leaves out what began before the first record', () => {
    const { open } = given('r-1', 1);
    open.clear();
    const { now } = given('r-1', 1);
    expect(open.add(recordOf(stateEvent(now(), 'cancelled', now().requester, 'd', null), 2, 'cancel'))).toBeNull();
    expect(open.all()).toEqual([]);
  });

  it('remembers a bounded number of records that do not fit', () => {
    const open = createOpenRequests();
    for (let count = 0; count <= 1000; count++) open.addUnknown(`r-${count}`, count + 1);
    expect(open.misfit('r-0')).toBeNull();
    expect(open.misfit('r-1000')).toMatchObject({ seq: 1001, unknown: true });
  });
});
