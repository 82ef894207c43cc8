import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ExportedRecord } from '../../../../src/audit/format/export-format.ts';
import type { AuditEvent } from '../../../../src/domain/audit/audit-event.ts';
import {
  type AuditHead,
  asRecord,
  asRecordFast,
  GENESIS,
  plainEvent,
  writeRecord,
} from '../../../../src/domain/audit/audit-record.ts';
import { anyRecords } from '../given-records.ts';
import { LOG_ID } from '../in-memory-log.ts';
import { sealed, verify, whole } from '../verdict-fixture.ts';

const EXECUTION =
  'arn:aws:datasync:us-east-1:111122223333:task/task-0123456789abcdef0/execution/exec-0123456789abcdef0';
const AT = '2026-03-01T00:00:00.000Z';

const person = (user: string) => ({ team: 'T0', user, name: user });

function told(version: number | null, request = 'r-1') {
  const where = { execution: EXECUTION, account: '111122223333', region: 'us-east-1', channel: 'C0' };
  return { ...where, request, version, from: 100, to: 50, rule: 'all', policy: 'd' };
}

const requested = (approvals: number, request?: string): AuditEvent =>
  plainEvent('requested', {
    ...told(1, request),
    actor: person('U0ASKS'),
    detail: { taskName: null, mode: null, direction: 'lower', duration: null, approvals, expiresAt: AT },
  });
const approved = (user: string, version: number, needed: number, complete = true): AuditEvent =>
  plainEvent('approved', {
    ...told(version),
    actor: person(user),
    detail: { comment: null, count: needed, needed, complete, expiresAt: AT },
  });
const started = (version: number, request?: string): AuditEvent =>
  plainEvent('apply.started', { ...told(version, request), detail: { attempt: 1, role: null } });
const applied = (version: number, request?: string): AuditEvent =>
  plainEvent('applied', { ...told(version, request), detail: { rate: 50, status: 'TRANSFERRING' } });

/** A whole log of these events, each a commit of its own, sealed with the key. */
function logOf(events: readonly AuditEvent[], change = (bytes: string) => bytes): ExportedRecord[] {
  const log: ExportedRecord[] = [];
  let head: AuditHead = { log: LOG_ID, seq: 0, hash: GENESIS, at: '' };
  for (const event of events) {
    const record = sealed(change(writeRecord(head, event, `op-${head.seq + 1}`, new Date(AT))));
    log.push(record);
    head = { log: LOG_ID, seq: head.seq + 1, hash: record.hash, at: AT };
  }
  return log;
}

async function found(log: ExportedRecord[], first = 1) {
  const claim = whole(log, { first, last: first + log.length - 1 });
  const { integrity, faulty, firstBad } = await verify(log, { claim });
  return { verdict: integrity.verdict, faulty, firstBad, why: integrity.why };
}

describe('the records of a request', () => {
  it('are good where the limit was changed with all approvals', async () => {
    const events = [requested(2), approved('U0ONE', 2, 2, false), approved('U0TWO', 3, 2), started(4), applied(5)];
    expect(await found(logOf(events))).toMatchObject({ verdict: 'ok', faulty: false });
  });

  it.each([
    ['was asked for only', [requested(1), started(2)], 2, 'r-1 is not approved'],
    [
      'lacks one of two',
      [requested(2), approved('U0ONE', 2, 2), started(3)],
      3,
      'apply.started of r-1 with 1 of 2 approvals',
    ],
    [
      'has that of the requester only',
      [requested(1), approved('U0ASKS', 2, 1), started(3), applied(4)],
      3,
      'apply.started of r-1 with 0 of 1 approvals',
    ],
    ['was set without being started', [requested(1), applied(2)], 2, 'an outcome before the intent'],
    ['was asked for by nobody', [started(3)], 1, 'apply.started of r-1, which is not open'],
    [
      'had been cancelled',
      [requested(0), plainEvent('cancelled', { ...told(2), detail: null }), started(3)],
      3,
      /not open|had ended/,
    ],
    [
      'is approved twice at one version',
      [requested(2), approved('U0ONE', 2, 2, false), approved('U0TWO', 2, 2)],
      3,
      'version 2 after 2',
    ],
  ] as const)('are at fault where the change %s', async (_what, events, firstBad, why) => {
    const later = requested(0, 'r-2');
    const judged = await found(logOf([...events, later]));
    expect(judged).toMatchObject({ verdict: 'fault', faulty: true, firstBad });
    expect(judged.why).toContain(`record ${firstBad} does not fit the ones before it: `);
    expect(judged.why).toMatch(why);
  });

  it('are not judged where they began before the part that is verified', async () => {
    const log = logOf([requested(1), approved('U0ONE', 2, 1), started(3), applied(4)]);
    for (const first of [2, 3, 4]) {
      expect(await found(log.slice(first - 1), first)).toMatchObject({ verdict: 'ok', faulty: false });
    }
  });

  it('are not judged beyond an accepted loss', async () => {
    const log = logOf([requested(1)]);
    const last = { log: LOG_ID, seq: 1, hash: log[0]?.hash ?? '' };
    const detail = {
      by: 'a person',
      gap: { first: 2, last: 2 },
      from: 2,
      seen: { ...last, seq: 2 },
      survived: last,
      floor: null,
    };
    const head = { ...last, seq: 2, at: AT };
    const loss = sealed(
      writeRecord(head, plainEvent('loss.accepted', { reason: 'gone', detail }), 'loss', new Date(AT)),
    );
    const next = sealed(writeRecord({ ...head, seq: 3, hash: loss.hash }, started(3), 'op', new Date(AT)));
    const records = [...log, loss, next];
    const { integrity } = await verify(records, { claim: whole(records, { last: 4 }) });
    expect(integrity).toMatchObject({ verdict: 'ok' });
  });

  it('are unknown, and no fault, where a newer version wrote one of them', async () => {
    const events = [requested(1), approved('U0ONE', 2, 1), started(3)];
    const judged = await found(logOf(events, (bytes) => bytes.replace('"event":"approved"', '"event":"agreed"')));
    expect(judged).toMatchObject({ verdict: 'unknown', faulty: false, firstBad: null });
    expect(judged.why).toContain('what came of request r-1 is not known, since record 2 is of a kind');
  });
});

describe('a record that is read fast', () => {
  it('is the one that its schema says, or none', () => {
    fc.assert(
      fc.property(anyRecords, (bytes) => {
        const value = JSON.parse(bytes) as Record<string, unknown>;
        expect(asRecordFast(structuredClone(value))).toEqual(asRecord(value));
      }),
    );
    const log = logOf([requested(1), approved('U0ONE', 2, 1), started(3), applied(4)]);
    for (const { bytes } of log) expect(asRecordFast(JSON.parse(bytes))).toEqual(asRecord(JSON.parse(bytes)) ?? 'none');
  });
});
