import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { AuditEvent } from '../../../src/domain/audit/audit-event.ts';
import { stateEvent } from '../../../src/domain/request/request-event.ts';
import type { ThrottleRequest } from '../../../src/domain/request/throttle-request.ts';
import { skippedEvent } from '../../../src/domain/run/change/change-events.ts';
import { hasOpenGrant } from '../../../src/domain/run/grant/timed-grant.ts';
import type { Change } from '../../../src/workflow/ports/commit.ts';
import { freshPrefix, openLedger, verifiedLog } from '../given-ledger.ts';

/**
 * Redis commands that make what an earlier version left there: a pending request, an approved one, one whose change is under
 * way, and one whose limit is in force and has an end.
 */
const STORED: (string | { base64: string })[][] = JSON.parse(
  readFileSync(new URL('stored-by-an-earlier-version.json', import.meta.url), 'utf8'),
);

it('What an earlier version stored is carried on', async () => {
  const prefix = freshPrefix();
  const opened = await openLedger({ prefix, clock: { now: () => new Date('2026-11-22T11:00:00.000Z') } });
  const { redis, ledger, keys } = opened;
  for (const [command = '', ...values] of STORED) {
    const given = values.map((value) =>
      typeof value === 'string' ? value.replace('{PREFIX}', `{${prefix}}`) : Buffer.from(value.base64, 'base64'),
    );
    await redis.call(String(command), given);
  }
  const stored = async (place: number): Promise<ThrottleRequest> => {
    const found = await ledger.load(`r-carried000${place}`);
    if (!found) throw new Error('nothing stored');
    return found.request;
  };
  const commit = (prior: ThrottleRequest, event: AuditEvent, more: Partial<Change> = {}) =>
    ledger.commit({ op: `next:${prior.id}`, prior, events: [event], ...more });

  expect((await ledger.openRequests()).map(({ request }) => request.status)).toEqual([
    'pending',
    'approved',
    'applying',
  ]);
  const pending = await stored(1);
  expect(await ledger.openRequestOf(pending.execution)).toBe(pending.id);
  // It was asked for before, under the same operation.
  const [event] = (await verifiedLog(opened)).map(({ op }) => op);
  expect(await ledger.done(event ?? '')).toMatchObject({ kind: 'repeated', request: pending.id });
  const cancelled = stateEvent(pending, 'cancelled', pending.requester, 'd', null);
  expect(await commit(pending, cancelled)).toMatchObject({ kind: 'committed' });
  expect(await ledger.openRequestOf(pending.execution)).toBeNull();

  const applying = await stored(3);
  const applied = stateEvent(applying, 'applied', null, 'd', { rate: applying.to, status: 'TRANSFERRING' });
  const begun = await ledger.run(applying.execution);
  expect(begun).toMatchObject({ storedVersion: null, inForce: null, run: { change: { request: applying.id } } });
  expect(await commit(applying, applied, { run: begun })).toMatchObject({ kind: 'committed' });
  expect(await redis.hgetall(keys.changing)).toEqual({});

  const held = await stored(4);
  if (!hasOpenGrant(held)) throw new Error('no end');
  const skipped = skippedEvent(held, 'changed', { policy: 'd' });
  const run = await ledger.run(held.execution);
  // Its baseline and its grant are known from the records.
  expect(run).toMatchObject({
    storedVersion: null,
    inForce: { request: held.id, version: `${held.id}:5` },
    run: { baseline: held.from, grants: [{ request: held.id, rate: held.to, until: held.hold.dueAt }] },
  });
  const other = { request: 'r-other', version: 'r-other:1' };
  expect(await commit(held, skipped, { run: { ...run, inForce: other } })).toEqual({ kind: 'moved' });
  expect(await commit(held, skipped, { run })).toMatchObject({ kind: 'committed' });
  expect((await ledger.run(held.execution)).run?.grants).toEqual([]);

  const timers = (await redis.zrange(keys.timers, '0', '-1')).map((timer) => JSON.parse(timer));
  expect(timers.filter(({ request }) => request !== 'r-carried0002')).toEqual([]);
  expect(await verifiedLog(opened)).toHaveLength(14);
  opened.close();
});
