import { sealRecord } from '../../../src/audit/format/audit-chain.ts';
import type { ExportedRecord } from '../../../src/audit/format/export-format.ts';
import type { Unverified } from '../../../src/audit/verify/chain-check.ts';
import type { KnownCheckpoint } from '../../../src/audit/verify/checkpoint-check.ts';
import type { PartHead } from '../../../src/audit/verify/part-head.ts';
import { type LogPart, type Verification, verifyLog } from '../../../src/audit/verify/verify-log.ts';
import { GENESIS } from '../../../src/domain/audit/audit-record.ts';
import { LOG_ID, MEMORY_KEY, writeInMemory } from './in-memory-log.ts';

export const LOG = writeInMemory(12);
export const at = (seq: number) => LOG[seq - 1] as ExportedRecord;
export type Claim = NonNullable<PartHead['claim']>;
export const whole = (log: ExportedRecord[], but: Partial<Claim> = {}): Claim => ({
  log: LOG_ID,
  first: 1,
  last: 12,
  hash: log.at(-1)?.hash ?? '',
  count: null,
  ...but,
});

/** As a test gives a record: whole, or what can't be read. */
type Line = Partial<ExportedRecord> & { id?: string; problem?: string };

async function* pagesOf(records: readonly Line[]): AsyncGenerator<Unverified[]> {
  for (const [place, record] of records.entries()) yield [{ where: `line ${place + 1}`, ...record } as Unverified];
}

export interface Given {
  claim?: Claim | null;
  signature?: PartHead['signature'];
  keys?: { kid: string; key: Buffer }[] | null;
  checkpoints?: KnownCheckpoint[] | null;
}

export async function verify(records: Line[], given: Given = {}) {
  const { keys = [MEMORY_KEY], signature = null, checkpoints = null } = given;
  const claim = given.claim === undefined ? whole(records as ExportedRecord[]) : given.claim;
  return verifyLog(pagesOf(records), { name: 'its head', claim, signature }, keys, checkpoints);
}

export const said = ({ integrity, completeness, authenticity }: Verification) =>
  [integrity, completeness, authenticity].map(({ verdict, seq, why }) => `${verdict} ${seq}: ${why}`);

/** The log with everything from `seq` on chained anew, after a change of that record. */
export function changed(
  seq: number,
  change: (record: Record<string, unknown>) => object,
  key = MEMORY_KEY,
): ExportedRecord[] {
  const lines = LOG.slice(0, seq - 1);
  for (const { bytes } of LOG.slice(seq - 1)) {
    const record = { ...JSON.parse(bytes), prev: lines.at(-1)?.hash ?? GENESIS };
    lines.push(sealed(JSON.stringify(record.seq === seq ? change(record) : record), key));
  }
  return lines;
}

export function sealed(bytes: string, key = MEMORY_KEY): ExportedRecord {
  const { hash, mac, kid } = sealRecord(bytes, key);
  return { bytes, hash: hash.toString('hex'), mac: mac.toString('hex'), kid };
}

export const checkpoint = (seq: number, but: Partial<KnownCheckpoint> = {}): KnownCheckpoint => ({
  log: LOG_ID,
  seq,
  hash: LOG[seq - 1]?.hash ?? 'ee'.repeat(32),
  count: seq,
  at: 'then',
  signature: 'good',
  ...but,
});

/** A part of several; its head says what it has, but for what is given. */
export const part = (records: Line[], but: Partial<Claim> | null = {}, head: Partial<PartHead> = {}): LogPart => ({
  head: { name: 'a head', claim: but && whole(records as ExportedRecord[], but), signature: null, ...head },
  records: pagesOf(records),
});
