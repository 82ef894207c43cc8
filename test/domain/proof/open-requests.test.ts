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

function recordOf(event: AuditEvent, seq: number, op: string, at = T0): AuditRecord {
  const record = asRecord({ v: 1, log: 'l', prev: '', op, ...event, seq, at: at.toISOString() });
  if (record === null) throw new Error('no record');
  return record;
}

/** A request for an hour that needs as many approvals as said, with the fold of its records. */
function given(id: string, approvals: number, durationSeconds: number | null = 3600) {
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
    ask({ durationSeconds }),
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
    add('apply', applied, ...(scheduled ? [scheduled] : []));
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

  it('tells which limits no later record concerns, as far as its records go back', () => {
    const { open, now, apply } = given('r-1', 0);
    const { execution } = now();
    expect(open.isUnchangedAfter(execution, 0, 1)).toBe(true);
    // It names a record from before, which was not read.
    expect(open.isUnchangedAfter(execution, 0, 0)).toBe(false);
    expect(open.isUnchangedAfter('another one', 0, 1)).toBe(false);
    apply();
    expect(open.isUnchangedAfter(execution, 4, null)).toBe(true);
    expect(open.isUnchangedAfter(execution, 3, 4)).toBe(false);
    expect(open.isUnchangedAfter(execution, 0, 1)).toBe(false);
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

  it('is a limit without an end for as long as an execution may run', () => {
    const { open, now, apply } = given('r-1', 0, null);
    apply();
    const later = (days: number) => new Date(T0.getTime() + days * 86_400_000);
    const other = { ...stateEvent(now(), 'cancelled', now().requester, 'd', null), request: 'r-2' };
    open.add(recordOf(other, 4, 'other', later(90)));
    expect(open.first()).toBe(1);
    open.add(recordOf(other, 5, 'another', later(91)));
    expect(open.first()).toBeNull();
    expect(open.all()).toEqual([]);
    expect(open.run(now().execution)?.run.grants).toHaveLength(1);
  });

  it('keeps what is expected to end, however many executions were changed since', () => {
    const { open, now, apply } = given('r-1', 0);
    apply();
    const drift = { rate: 7, expected: now().to, status: 'TRANSFERRING' };
    const event = { ...stateEvent(now(), 'drift.detected', null, 'd', drift), request: 'r-2' };
    const executionOf = (nth: number) => now().execution.replace(/.{8}$/, String(nth).padStart(8, '0'));
    for (let nth = 1; nth <= 10_001; nth++) {
      open.add(recordOf({ ...event, execution: executionOf(nth) }, nth + 4, 'drift'));
    }
    expect(open.get('r-1')).not.toBeNull();
    expect(open.run(executionOf(1))).toBeNull();
    expect(open.run(executionOf(10_001))).not.toBeNull();
  });
});
