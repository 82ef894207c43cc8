import { sealRecord } from '../../../src/audit/format/audit-chain.ts';
import { type ExportedRecord, readRecordLine } from '../../../src/audit/format/export-format.ts';
import type { Unverified } from '../../../src/audit/verify/chain-check.ts';
import type { KnownCheckpoint } from '../../../src/audit/verify/checkpoint-check.ts';
import { verifyLog } from '../../../src/audit/verify/verify-log.ts';
import { LOG_ID, MEMORY_KEY, writeInMemory } from './in-memory-log.ts';

export const LENGTH = 1000;
/** Every place is tried in a piece of the log around it; each of these, and all with DAMAGE=all, in the whole log too. */
export const WHOLE_EVERY = process.env.DAMAGE === 'all' ? 1 : 50;

export const LOG = writeInMemory(LENGTH);
export const at = (seq: number) => LOG[seq - 1] as ExportedRecord;

export type Lines = (ExportedRecord | string)[];

/** What a log of these lines is said to be, where `first … last` is what the head line claims. */
export async function verified(
  lines: Lines,
  first: number,
  last: number,
  checkpoints: KnownCheckpoint[] | null = null,
) {
  async function* pages(): AsyncGenerator<Unverified[]> {
    yield lines.map((line, place) => ({
      where: `line ${place + 2}`,
      ...readRecordLine(typeof line === 'string' ? line : JSON.stringify(line)),
    }));
  }
  const claim = { log: LOG_ID, first, last, hash: at(last).hash, count: last - first + 1 };
  const head = { name: "the export's head", claim, signature: 'unsigned' as const };
  return verifyLog(pages(), head, [MEMORY_KEY], checkpoints);
}

/** Another bit of a text, the same one each time; it stays a text that JSON can carry. */
function flip(text: string, seq: number): string {
  const place = (seq * 31) % text.length;
  const flipped = String.fromCharCode(text.charCodeAt(place) ^ (1 << (seq % 7)));
  return text.slice(0, place) + flipped + text.slice(place + 1);
}

/** What a way of damage makes of record `seq` and those around it, and which record is named then. */
export type Damage = (lines: ExportedRecord[], place: number, seq: number) => { damaged: Lines; bad: number };
const replace =
  (instead: (record: ExportedRecord, seq: number) => Lines): Damage =>
  (lines, place, seq) => ({
    damaged: [...lines.slice(0, place), ...instead(lines[place] as ExportedRecord, seq), ...lines.slice(place + 1)],
    bad: seq,
  });

export const WAYS: [string, Damage][] = [
  ['a bit of bytes', replace((record, seq) => [{ ...record, bytes: flip(record.bytes, seq) }])],
  ['a bit of hash', replace((record, seq) => [{ ...record, hash: flip(record.hash, seq) }])],
  ['a bit of mac', replace((record, seq) => [{ ...record, mac: flip(record.mac, seq) }])],
  ['a bit of kid', replace((record, seq) => [{ ...record, kid: flip(record.kid, seq) }])],
  ['deleted', replace(() => [])],
  ['twice', replace((record) => [record, record])],
  ['a line that is none', replace(() => ['{"bytes":'])],
  ...(['bytes', 'hash', 'mac', 'kid'] as const).flatMap((field): [string, Damage][] => {
    const twice = (record: ExportedRecord, seq: number, write: (name: string, text: string) => string) => {
      const other = JSON.stringify({ ...record, [field]: flip(record[field], seq) }[field]);
      return write(`"${field}":${other}`, JSON.stringify(record));
    };
    return [
      [`another ${field} before its own`, replace((r, seq) => [twice(r, seq, (f, line) => `{${f},${line.slice(1)}`)])],
      [
        `another ${field} after its own`,
        replace((r, seq) => [twice(r, seq, (f, line) => `${line.slice(0, -1)},${f}}`)]),
      ],
    ];
  }),
  [
    'swapped with the next, or the one before',
    (lines, place, seq) => {
      const low = place === lines.length - 1 ? place - 1 : place;
      const damaged = lines.toSpliced(low, 2, lines[low + 1] as ExportedRecord, lines[low] as ExportedRecord);
      return { damaged, bad: low === place ? seq : seq - 1 };
    },
  ],
  [
    'one put in before it',
    (lines, place, seq) => {
      const forged = { ...JSON.parse((lines[place] as ExportedRecord).bytes), reason: 'forged' };
      const { hash, mac, kid } = sealRecord(JSON.stringify(forged), { kid: 'k1', key: Buffer.alloc(32, 8) });
      const line = { bytes: JSON.stringify(forged), hash: hash.toString('hex'), mac: mac.toString('hex'), kid };
      return { damaged: lines.toSpliced(place, 0, line), bad: seq };
    },
  ],
  [
    'an old record again after it',
    (lines, place) => {
      const old = lines[Math.floor(place / 2)] as ExportedRecord;
      return { damaged: lines.toSpliced(place + 1, 0, old), bad: JSON.parse(old.bytes).seq };
    },
  ],
];
