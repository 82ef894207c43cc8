import { readRecord } from '../domain/audit-record.ts';
import type { AuditIndex, AuditLine } from '../workflow/ports.ts';
import type { Connection } from './connection.ts';
import type { Gate } from './gate.ts';
import type { Keys } from './keys.ts';

/** A record as it lies in the log. */
export interface StoredRecord {
  seq: number;
  bytes: string;
  hash: Buffer;
  mac: Buffer;
  kid: string;
}

export function createAuditSearch(redis: Connection, keys: Keys, gate: Gate) {
  async function newest(by: AuditIndex, limit: number): Promise<StoredRecord[]> {
    if (by.kind === 'all')
      return (await gate.read(() => redis.xrevrangeBuffer(keys.audit, '+', '-', 'COUNT', limit))).map(toStored);
    const seqs = await gate.read(() => redis.zrevrange(indexKey(by, keys), 0, limit - 1));
    const found = await Promise.all(
      seqs.map((seq) => gate.read(() => redis.xrangeBuffer(keys.audit, `${seq}-0`, `${seq}-0`))),
    );
    return found.flat().map(toStored);
  }

  return {
    async lookUp(by: AuditIndex, limit: number): Promise<AuditLine[]> {
      const lines = await newest(by, limit);
      return lines.map(({ seq, hash, bytes }) => ({ seq, hash: hash.toString('hex'), record: readRecord(bytes) }));
    },
  };
}

/** Reads the log from its beginning, a page at a time. */
export async function* readLog(redis: Connection, keys: Keys, page = 500): AsyncGenerator<StoredRecord> {
  let from = '-';
  for (;;) {
    const entries = (await redis.xrangeBuffer(keys.audit, from, '+', 'COUNT', page)).map(toStored);
    yield* entries;
    const last = entries.at(-1);
    if (!last || entries.length < page) return;
    from = `(${last.seq}-0`;
  }
}

function indexKey(by: Exclude<AuditIndex, { kind: 'all' }>, keys: Keys): string {
  switch (by.kind) {
    case 'request':
      return keys.indexRequest(by.id);
    case 'execution':
      return keys.indexExecution(by.arn);
    case 'user':
      return keys.indexUser(by.team, by.user);
  }
}

function toStored([id, fields]: [Buffer, Buffer[]]): StoredRecord {
  const [, bytes, , hash, , mac, , kid] = fields;
  if (!bytes || !hash || !mac || !kid) throw new Error(`entry ${id} of the audit log is not a record`);
  const seq = Number(id.toString().split('-')[0]);
  return { seq, bytes: bytes.toString('utf8'), hash, mac, kid: kid.toString() };
}
