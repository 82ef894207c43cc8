import { describe, expect, it } from 'vitest';
import { GENESIS, readRecord, writeRecord } from '../../../src/domain/audit/audit-record.ts';
import { stateEvent } from '../../../src/domain/request/request-event.ts';
import { at, requested, T0 } from '../given.ts';

const head = { log: 'log-1', seq: 7, hash: 'ab'.repeat(32), at: T0.toISOString() };
const event = stateEvent(requested({ ask: { reason: 'слишком "быстро"\n' } }), 'cancelled', null, 'digest', null);

describe('a record of the audit log', () => {
  it('is compact JSON with all that the contract names, what does not apply null', () => {
    const bytes = writeRecord(head, event, 'op-1', at(1));
    const record = JSON.parse(bytes);
    expect(JSON.stringify(record)).toBe(bytes);
    expect(Object.keys(record)).toEqual(
      (
        'v log seq prev at event request version actor channel link execution account region from to reason rule policy op ' +
        'aws detail'
      ).split(' '),
    );
    expect(record).toMatchObject({
      v: 1,
      log: 'log-1',
      seq: 8,
      prev: head.hash,
      at: '2026-11-22T10:00:01.000Z',
      op: 'op-1',
    });
    expect(record).toMatchObject({ actor: null, aws: null, detail: null, reason: 'слишком "быстро"\n' });
  });

  it('is never dated before the record that it follows', () => {
    expect(readRecord(writeRecord(head, event, 'op', at(-3600))).at).toBe(head.at);
  });

  it('begins at 1, after 64 zeros', () => {
    const first = readRecord(writeRecord({ log: 'l', seq: 0, hash: GENESIS, at: '' }, event, 'op', T0));
    expect(first).toMatchObject({ seq: 1, prev: '0'.repeat(64), at: T0.toISOString() });
  });

  it.each(['{', 'null', '7', '{}', '{"v":2,"event":"applied"}', '{"v":1,"event":"invented"}'])('is not %s', (bytes) => {
    expect(() => readRecord(bytes)).toThrow();
  });
});
