import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../../src/domain/audit/audit-event.ts';
import { stateEvent } from '../../../src/domain/request/request-event.ts';
import type { ThrottleRequest } from '../../../src/domain/request/throttle-request.ts';
import { startedEvent } from '../../../src/domain/run/change/decide-apply.ts';
import { scheduledEvent, skippedEvent } from '../../../src/domain/run/decide-revert.ts';
import { hasOpenGrant } from '../../../src/domain/run/grant/timed-grant.ts';
import type { Change } from '../../../src/workflow/ports/commit.ts';
import { T0 } from '../../domain/given.ts';
import { arnOf, asked, asking, type OpenedLedger, openLedger, snapshot, verifiedLog } from '../given-ledger.ts';

let opened: OpenedLedger;

beforeEach(async () => {
  opened = await openLedger();
});
afterEach(async () => {
  await verifiedLog(opened);
  opened.close();
});

async function commit(request: ThrottleRequest, events: AuditEvent[], more: Partial<Change> = {}) {
  const op = `${events[0]?.event}:${request.id}:${request.version}`;
  return opened.ledger.commit({ op, prior: request, events, ...more });
}

async function advanced(request: ThrottleRequest, ...events: AuditEvent[]): Promise<ThrottleRequest> {
  const committed = await commit(request, events);
  if (committed.kind !== 'committed' || !committed.state) throw new Error(committed.kind);
  return committed.state;
}

/** Agreed and on its way to AWS. */
async function applying(number: number): Promise<ThrottleRequest> {
  const request = await asked(opened.ledger, number);
  const detail = { comment: null, count: 1, needed: 1, complete: true, expiresAt: request.expiresAt };
  const agreed = await advanced(request, stateEvent(request, 'approved', request.requester, 'd', detail));
  return advanced(agreed, startedEvent(agreed, 'd', null, 1));
}

async function inForce(number: number): Promise<ThrottleRequest> {
  const request = { ...(await applying(number)), durationSeconds: 3600 };
  const applied: AuditEvent = stateEvent(request, 'applied', null, 'd', { rate: request.to, status: 'QUEUED' });
  const next = { ...request, version: request.version + 1 };
  const scheduled = scheduledEvent(next, { policy: 'd', now: T0, running: null });
  if (!scheduled) throw new Error('not scheduled');
  return advanced(request, applied, scheduled);
}

describe('the limit in force', () => {
  it('is known by its execution until the execution is released', async () => {
    const request = await inForce(1);
    const standing = await opened.ledger.inForceOf(arnOf(1));
    expect(standing?.request).toBe(request.id);
    expect((await opened.ledger.limitsInForce()).map((stored) => stored.request.id)).toEqual([request.id]);
    expect(await opened.ledger.inForceOf(arnOf(2))).toBeNull();
    await opened.ledger.releaseExecution(arnOf(1), 'another');
    expect(await opened.ledger.inForceOf(arnOf(1))).toEqual(standing);
    await opened.ledger.releaseExecution(arnOf(1), standing?.version ?? '');
    expect(await opened.ledger.inForceOf(arnOf(1))).toBeNull();
  });

  it('lets another request be made for the execution', async () => {
    await inForce(1);
    const change = asking(1);
    const [event] = change.events;
    if (!event) throw new Error('nothing asked');
    const second = { ...change, op: 'second', events: [{ ...event, request: 'r-second0000' }] };
    expect(await opened.ledger.commit(second)).toMatchObject({ kind: 'committed' });
  });

  it('writes nothing where a decision expected another limit in force', async () => {
    const request = await inForce(1);
    if (!hasOpenGrant(request)) throw new Error('not held');
    const skipped = skippedEvent(request, 'changed', 'd');
    const before = await snapshot(opened);
    for (const version of [null, `${request.id}:1`]) {
      expect(await commit(request, [skipped], { expected: { inForce: version } })).toEqual({ kind: 'moved' });
    }
    expect(await snapshot(opened)).toEqual(before);
    const standing = await opened.ledger.inForceOf(arnOf(1));
    const expected = { inForce: standing?.version ?? null };
    expect(await commit(request, [skipped], { expected })).toMatchObject({ kind: 'committed' });
  });

  it('writes nothing where a decision rests on another request that has changed', async () => {
    const running = await inForce(1);
    const request = await applying(2);
    const applied: AuditEvent = stateEvent(request, 'applied', null, 'd', { rate: request.to, status: 'QUEUED' });
    const expected = (version: number) => ({ inForce: null, running: { id: running.id, version } });
    const before = await snapshot(opened);
    for (const version of [running.version - 1, running.version + 1]) {
      expect(await commit(request, [applied], { expected: expected(version) })).toEqual({ kind: 'moved' });
    }
    expect(await snapshot(opened)).toEqual(before);
    expect(await commit(request, [applied], { expected: expected(running.version) })).toMatchObject({
      kind: 'committed',
    });
  });

  it('has one change under way at a time', async () => {
    const request = await inForce(1);
    const standing = await opened.ledger.inForceOf(arnOf(1));
    const expected = { inForce: standing?.version ?? null };
    await opened.redis.hset(opened.keys.changing, arnOf(1), 'r-other00000');
    const started = stateEvent(request, 'revert.started', null, 'd', { attempt: 1, role: null });
    expect(await commit(request, [started], { expected })).toEqual({ kind: 'moved' });
    await opened.redis.hdel(opened.keys.changing, arnOf(1));
    const reverting = await advanced(request, started);
    expect(await opened.redis.hget(opened.keys.changing, arnOf(1))).toBe(request.id);
    const detail = { rate: 1, status: 'QUEUED', attempt: 1 };
    const reverted = await advanced(reverting, stateEvent(reverting, 'reverted', null, 'd', detail));
    expect(await opened.redis.hget(opened.keys.changing, arnOf(1))).toBeNull();
    expect((await opened.ledger.inForceOf(arnOf(1)))?.version).toBe(`${request.id}:${reverted.version}`);
  });

  it('frees the execution for another change where this one fails', async () => {
    const request = await applying(1);
    expect(await opened.redis.hget(opened.keys.changing, arnOf(1))).toBe(request.id);
    await advanced(request, stateEvent(request, 'apply.failed', null, 'd', { why: 'ended', rate: null }));
    expect(await opened.redis.hget(opened.keys.changing, arnOf(1))).toBeNull();
    expect(await opened.ledger.inForceOf(arnOf(1))).toBeNull();
  });
});
