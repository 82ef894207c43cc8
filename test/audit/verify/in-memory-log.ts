import { sealRecord } from '../../../src/audit/format/audit-chain.ts';
import type { ExportedRecord } from '../../../src/audit/format/export-format.ts';
import { type AuditHead, GENESIS, plainEvent, writeRecord } from '../../../src/domain/audit/audit-record.ts';

export const LOG_ID = 'the-log';
export const MEMORY_KEY = { kid: 'k1', key: Buffer.alloc(32, 0xab) };

/** A log as the bot writes it, without Redis: a record a minute. */
export function writeInMemory(length: number, reasonOf = (seq: number) => `reason ${seq}`): ExportedRecord[] {
  const log: ExportedRecord[] = [];
  let head: AuditHead = { log: LOG_ID, seq: 0, hash: GENESIS, at: '' };
  for (let seq = 1; seq <= length; seq++) {
    const actor = { team: 'T0', user: 'U0OPER', name: 'olga' };
    const event = plainEvent('refused', { actor, reason: reasonOf(seq), to: 52_428_800, detail: { why: 'no-rule' } });
    const bytes = writeRecord(head, event, `op:${seq}`, new Date(Date.parse('2026-03-01T00:00:00Z') + seq * 60_000));
    const { hash, mac, kid } = sealRecord(bytes, MEMORY_KEY);
    log.push({ bytes, hash: hash.toString('hex'), mac: mac.toString('hex'), kid });
    head = { log: head.log, seq, hash: hash.toString('hex'), at: '' };
  }
  return log;
}
