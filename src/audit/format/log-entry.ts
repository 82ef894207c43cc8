import { isUtf8 } from 'node:buffer';
import { type ExportedRecord, readFields } from './export-format.ts';

/** An entry of the log's stream, as it is in Redis. Whether it is a valid record is for the reader to find out. */
export interface LogEntry {
  /** Its id in the stream: `7-0` for record 7. */
  id: string;
  bytes: string | null;
  /** Hex, like `mac`. */
  hash: string | null;
  mac: string | null;
  kid: string | null;
  /** Why it is no record, as the rest of a sentence: then all four are null. */
  problem: string | null;
}

export type RawEntry = [Buffer, Buffer[]];

/** The fields of an entry, in the order in which they are written. So reading by place and reading by name give the same. */
const NAMES = ['b', 'h', 'm', 'k'];

/** Reads an entry as Redis answers it. It must have the four fields of a record and no other. */
export function toEntry([rawId, fields]: RawEntry): LogEntry {
  const id = rawId.toString();
  const no = (problem: string) => ({ id, bytes: null, hash: null, mac: null, kid: null, problem });
  const [, bytes, , hash, , mac, , kid] = fields;
  const named =
    fields.length === 2 * NAMES.length && NAMES.every((name, place) => fields[2 * place]?.equals(Buffer.from(name)));
  if (!named || !bytes || !hash || !mac || !kid)
    return no(`has not the fields of a record, ${NAMES.join(' ')}, alone and in this order`);
  // A decoder replaces all invalid bytes by the same character, so changes of such bytes would go unnoticed.
  if (!isUtf8(bytes) || !isUtf8(kid)) return no('holds bytes that are no UTF-8');
  return {
    id,
    bytes: bytes.toString('utf8'),
    hash: hash.toString('hex'),
    mac: mac.toString('hex'),
    kid: kid.toString('utf8'),
    problem: null,
  };
}

/** The record in an entry, or what is wrong with it, as the rest of a sentence. */
export function recordOf({ bytes, hash, mac, kid, problem }: LogEntry): ExportedRecord | { problem: string } {
  return problem === null ? readFields({ bytes, hash, mac, kid }) : { problem };
}

/** The `seq` that an entry's id stands for. */
export function seqOf(id: string): number {
  return Number(id.split('-')[0]);
}
