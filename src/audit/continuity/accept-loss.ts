import { GENESIS, plainEvent, writeRecord } from '../../domain/audit/audit-record.ts';
import type { LossDetail } from '../../domain/audit/log-details.ts';
import type { Connection } from '../../store/connection/connection.ts';
import type { Keys } from '../../store/connection/keys.ts';
import { loadScript } from '../../store/connection/script.ts';
import { type AuditKey, hexHashOf, sealRecord } from '../format/audit-chain.ts';
import { seqOf } from '../format/log-entry.ts';
import type { LogPosition } from '../format/log-position.ts';
import { isSeq, parseObject } from '../format/parse-json.ts';
import { readArchivedUpTo } from '../log/archived-up-to.ts';
import { oneEntry } from '../log/audit-entries.ts';
import { readLogState } from '../log/log-state.ts';
import { checkPositions } from './check-positions.ts';
import { statusOf } from './position-status.ts';
import { readPublishedPositions } from './published-positions.ts';

/** More records than are ever written between two checkpoints, or after the newest record that any bot observed. */
const FAR = 1_000_000;

interface Acceptance {
  reason: string;
  by: string;
  /** Given by hand. The log that it belongs to is not known then. */
  seen: { seq: number; hash: string } | null;
  checkpoints: readonly LogPosition[];
  /** The first signs. */
  auditKeys: readonly AuditKey[];
  now: Date;
  newLogId: () => string;
}

type Accepted =
  /**
   * `left`: what bots observed of another log, which must be accepted separately. `archived`: up to where only Redis says
   * that the log was archived, since the record that said so is lost; null: this is not the case.
   */
  | { kind: 'accepted'; seq: number; hash: string; detail: LossDetail; left: LogPosition[]; archived: number | null }
  | { kind: 'nothing-lost'; last: number | null; asked: string }
  /** `--seen` names a place far above `highest`, the highest that is known. */
  | { kind: 'far'; highest: number }
  /** The log changed in between. */
  | { kind: 'moved' };

/**
 * Lets the log continue after a loss. The new record follows the last one that is still there, and its place is the one
 * after the highest ever observed. What was observed is known from bots that found records missing, from checkpoints, from
 * the head in Redis and from the person.
 */
export async function acceptLoss(redis: Connection, keys: Keys, ask: Acceptance): Promise<Accepted> {
  const { head, archivedUpTo } = await readLogState(redis, keys, 0);
  const archiveProven = (await readArchivedUpTo(redis, keys, ask.auditKeys)) !== 'unproven';
  const entry = await lastRecord(redis, keys);
  // Where no record is left after the archived part, the chain continues from its last record.
  const survived = entry && entry.seq > (archivedUpTo?.seq ?? 0) ? entry : archivedUpTo;
  const bots = (await readPublishedPositions(redis, keys, ask.auditKeys)).flatMap(({ position }) => position ?? []);
  const log = survived?.log ?? head?.log ?? bots[0]?.log ?? ask.checkpoints.at(-1)?.log ?? ask.newLogId();
  const known: LogPosition[] = [
    ...bots,
    ...ask.checkpoints,
    ...(head ? [head] : []),
    ...(ask.seen ? [{ log: bots[0]?.log ?? ask.checkpoints.at(-1)?.log ?? log, ...ask.seen }] : []),
  ];
  const highest = [...bots, ...ask.checkpoints, head, survived].reduce((most, one) => Math.max(most, one?.seq ?? 0), 0);
  if (ask.seen && ask.seen.seq > highest + FAR) return { kind: 'far', highest };
  const there = new Map<LogPosition, boolean>();
  for (const position of known) {
    // A loss that was accepted before is not accepted again.
    there.set(position, (await statusOf(redis, keys, position, ask.auditKeys)).kind !== 'lost');
  }
  const gone = known.filter((position) => !there.get(position));
  if (gone.length === 0) {
    return {
      kind: 'nothing-lost',
      last: survived?.seq ?? null,
      asked: known.length > 0 ? 'the checkpoints, the bots and --seen' : 'Redis and nobody else',
    };
  }
  const seen = gone.reduce((highest, one) => (one.seq > highest.seq ? one : highest));
  const seq = Math.max(seen.seq, survived?.seq ?? 0) + 1;
  const last = survived?.seq ?? 0;
  // The last record below the loss that is known to be unchanged. The records after it may be others than were observed.
  const sure = [...known, ...(archivedUpTo ? [archivedUpTo] : [])]
    .filter((position) => there.get(position) !== false && gone.every((one) => position.seq < one.seq))
    .reduce((most, position) => Math.max(most, position.seq), 0);
  const forked = gone.some((position) => position.seq <= last);
  const detail: LossDetail = {
    by: ask.by,
    gap: seq > last + 1 ? { first: last + 1, last: seq - 1 } : null,
    from: forked ? sure + 1 : last + 1,
    seen: { log: seen.log, seq: seen.seq, hash: seen.hash },
    survived: survived && { log: survived.log, seq: survived.seq, hash: survived.hash },
    floor: archivedUpTo && { seq: archivedUpTo.seq, hash: archivedUpTo.hash },
  };
  const before = { log, seq: seq - 1, hash: survived?.hash ?? GENESIS, at: survived?.at ?? '' };
  const event = plainEvent('loss.accepted', { reason: ask.reason, detail: { ...detail } });
  const bytes = writeRecord(before, event, `loss:${seq}:${seen.hash.slice(0, 16)}`, ask.now);
  const [signer] = ask.auditKeys;
  if (!signer) throw new Error('a record needs an audit key');
  const { hash, mac, kid } = sealRecord(bytes, signer);
  const { at } = parseObject(bytes) as { at: string };
  const hex = hash.toString('hex');
  const run = loadScript(redis, 'accept-loss');
  const [answer] = (await run(
    [keys.head, keys.audit, keys.losses, keys.archivedUpTo],
    [
      entry?.id ?? '',
      log,
      String(seq),
      bytes,
      hash,
      mac,
      kid,
      hex,
      at,
      String(last),
      String(seq - 1 - last),
      String(archivedUpTo?.seq ?? ''),
    ],
  )) as [string];
  if (answer !== 'accepted') return { kind: 'moved' };
  const { lost: left } = await checkPositions(redis, keys, [], ask.auditKeys);
  return {
    kind: 'accepted',
    seq,
    hash: hex,
    detail,
    left,
    archived: archiveProven ? null : (archivedUpTo?.seq ?? null),
  };
}

/** The last entry of the stream, which must be a record. Its bytes count, not the fields beside them. */
async function lastRecord(redis: Connection, keys: Keys): Promise<(LogPosition & { id: string; at: string }) | null> {
  const entry = await oneEntry(redis, keys, { from: '-', to: '+', end: 'last' });
  if (!entry) return null;
  const { log, seq, at } = parseObject(entry.bytes ?? '') ?? {};
  if (typeof log !== 'string' || !isSeq(seq) || typeof at !== 'string' || seq !== seqOf(entry.id)) {
    throw new Error(`the last entry of the audit log, ${entry.id}, is no record: see \`audit verify\``);
  }
  return { id: entry.id, log, seq, at, hash: hexHashOf(entry.bytes ?? '') };
}
