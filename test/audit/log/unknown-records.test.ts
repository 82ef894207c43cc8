import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sealRecord } from '../../../src/audit/format/audit-chain.ts';
import { type AuditAlarms, createAuditAlarms } from '../../../src/audit/log/audit-alarms.ts';
import { createAuditSearch } from '../../../src/audit/log/audit-search.ts';
import { verifyRedisLog } from '../../../src/audit/log/verify-redis-log.ts';
import { plainEvent, writeRecord } from '../../../src/domain/audit/audit-record.ts';
import { createRedisOutcome } from '../../../src/store/connection/redis-outcome.ts';
import { AUDIT_KEYS, type OpenedLedger, openLedger, policyLoaded } from '../../store/given-ledger.ts';

const NOW = new Date('2026-03-01T00:00:00Z');
let opened: OpenedLedger;
let alarms: AuditAlarms;

/** A newer bot wrote to the same log: a detail and an event that are not known here, and a field more. */
beforeAll(async () => {
  opened = await openLedger({ clock: { now: () => NOW } });
  alarms = createAuditAlarms();
  await opened.ledger.commit(policyLoaded('first'));
  await write((bytes) => bytes.replace('"detail":{"why":"no-rule"}', '"detail":{"why":7}'));
  await write((bytes) => bytes.replace('"event":"refused"', '"event":"paused"'));
  await write((bytes) => bytes.replace('{"why":"no-rule"}', '{"why":"no-rule","link":"office"}'));
});
afterAll(() => opened.close());

/** Appends a record as it is changed, under a key of the log. */
async function write(change: (bytes: string) => string): Promise<void> {
  const { redis, keys, ledger } = opened;
  const head = await ledger.head();
  const [signer] = AUDIT_KEYS;
  if (!head || !signer) throw new Error('nothing to follow');
  const event = plainEvent('refused', { detail: { why: 'no-rule' } });
  const bytes = change(writeRecord(head, event, `op-${head.seq + 1}`, NOW));
  const { hash, mac, kid } = sealRecord(bytes, signer);
  await redis.xadd(keys.audit, `${head.seq + 1}-0`, 'b', bytes, 'h', hash, 'm', mac, 'k', kid);
  await redis.hset(keys.head, { seq: head.seq + 1, hash: hash.toString('hex'), at: NOW.toISOString() });
}

describe('records of a newer version', () => {
  it('are told as such where they can’t be read, and are no alarm', async () => {
    const { redis, keys } = opened;
    const search = createAuditSearch(redis, keys, createRedisOutcome(redis), { auditKeys: AUDIT_KEYS, alarms });
    const lines = await search.lookUp({ kind: 'all' }, 10);
    expect(lines).toMatchObject([
      { seq: 4, record: { event: 'refused', detail: { why: 'no-rule', link: 'office' } } },
      { seq: 3, record: null, why: 'unknown-event' },
      { seq: 2, record: null, why: 'unknown-detail' },
      { seq: 1, record: { event: 'policy.loaded', detail: null } },
    ]);
    expect(alarms.all()).toEqual([]);
  });

  it('are verified like any other', async () => {
    const found = await verifyRedisLog(opened.redis, opened.keys, AUDIT_KEYS);
    expect(found).toMatchObject({ faulty: false, integrity: { verdict: 'ok' }, authenticity: { verdict: 'ok' } });
  });
});

describe('a stored state that can’t be read', () => {
  it('is a fault that names the request', async () => {
    const fields = { state: JSON.stringify({ id: 'r-1', status: 'paused' }), seq: '1', hash: 'ab'.repeat(32) };
    await opened.redis.hset(opened.keys.request('r-1'), fields);
    await expect(opened.ledger.load('r-1')).rejects.toThrow("the stored state of r-1 can't be read");
  });
});
