import { GENESIS, plainEvent, writeRecord } from '../domain/audit-record.ts';
import type { LossDetail } from '../domain/log-details.ts';
import { type AuditKey, hexHashOf, sealRecord } from './audit-chain.ts';
import { oneEntry, seqOf } from './audit-entries.ts';
import { holdLog, publishedSights, readPlace, type Sight, standingOf, vouchedFloor } from './audit-loss.ts';
import type { Connection } from './connection.ts';
import { isSeq, parseObject } from './export-format.ts';
import type { Keys } from './keys.ts';
import { loadScript } from './script.ts';

/** So many records are not written between two checkpoints, or after what any bot saw. */
const FAR = 1_000_000;

interface Acceptance {
  reason: string;
  by: string;
  /** Given by hand; of which log is not known then. */
  seen: { seq: number; hash: string } | null;
  checkpoints: readonly Sight[];
  /** The first signs. */
  auditKeys: readonly AuditKey[];
  now: Date;
  newLogId: () => string;
}

type Accepted =
  /**
   * `left`: what bots saw of yet another log, which is to be accepted by itself. `archived`: up to where only Redis says that
   * the log was archived, since the record that said so is lost; null: not so.
   */
  | { kind: 'accepted'; seq: number; hash: string; detail: LossDetail; left: Sight[]; archived: number | null }
  | { kind: 'nothing-lost'; last: number | null; asked: string }
  /** `--seen` names a place that nobody else comes near; `highest`: of all that is known. */
  | { kind: 'far'; highest: number }
  /** Somebody wrote meanwhile. */
  | { kind: 'moved' };

/**
 * Lets the log go on after a loss: at the highest seq ever seen plus one, after the last record that is still there.
 * What was seen comes from bots that found the log lost, from checkpoints, from the head in Redis and from the person.
 */
export async function acceptLoss(redis: Connection, keys: Keys, ask: Acceptance): Promise<Accepted> {
  const { head, floor } = await readPlace(redis, keys, 0);
  const vouched = (await vouchedFloor(redis, keys, ask.auditKeys)) !== 'unvouched';
  const entry = await lastRecord(redis, keys);
  // Where nothing is left behind the floor, the chain goes on from there.
  const survived = entry && entry.seq > (floor?.seq ?? 0) ? entry : floor;
  const bots = (await publishedSights(redis, keys, ask.auditKeys)).flatMap(({ sight }) => sight ?? []);
  const log = survived?.log ?? head?.log ?? bots[0]?.log ?? ask.checkpoints.at(-1)?.log ?? ask.newLogId();
  const known: Sight[] = [
    ...bots,
    ...ask.checkpoints,
    ...(head ? [head] : []),
    ...(ask.seen ? [{ log: bots[0]?.log ?? ask.checkpoints.at(-1)?.log ?? log, ...ask.seen }] : []),
  ];
  const highest = [...bots, ...ask.checkpoints, head, survived].reduce((most, one) => Math.max(most, one?.seq ?? 0), 0);
  if (ask.seen && ask.seen.seq > highest + FAR) return { kind: 'far', highest };
  const there = new Map<Sight, boolean>();
  for (const sight of known) {
    // What was given up before is not given up again.
    there.set(sight, (await standingOf(redis, keys, sight, ask.auditKeys)).kind !== 'lost');
  }
  const gone = known.filter((sight) => !there.get(sight));
  if (gone.length === 0) {
    return {
      kind: 'nothing-lost',
      last: survived?.seq ?? null,
      asked: known.length > 0 ? 'the checkpoints, the bots and --seen' : 'Redis and nobody else',
    };
  }
  const seen = gone.reduce((highest, sight) => (sight.seq > highest.seq ? sight : highest));
  const seq = Math.max(seen.seq, survived?.seq ?? 0) + 1;
  const last = survived?.seq ?? 0;
  // The last that is borne out below what is gone: from there on another record may stand than was seen.
  const sure = [...known, ...(floor ? [floor] : [])]
    .filter((sight) => there.get(sight) !== false && gone.every((one) => sight.seq < one.seq))
    .reduce((highest, sight) => Math.max(highest, sight.seq), 0);
  const forked = gone.some((sight) => sight.seq <= last);
  const detail: LossDetail = {
    by: ask.by,
    gap: seq > last + 1 ? { first: last + 1, last: seq - 1 } : null,
    from: forked ? sure + 1 : last + 1,
    seen: { log: seen.log, seq: seen.seq, hash: seen.hash },
    survived: survived && { log: survived.log, seq: survived.seq, hash: survived.hash },
    floor: floor && { seq: floor.seq, hash: floor.hash },
  };
  const before = { log, seq: seq - 1, hash: survived?.hash ?? GENESIS, at: survived?.at ?? '' };
  const event = plainEvent('loss.accepted', { reason: ask.reason, detail });
  const bytes = writeRecord(before, event, `loss:${seq}:${seen.hash.slice(0, 16)}`, ask.now);
  const [signer] = ask.auditKeys;
  if (!signer) throw new Error('a record needs an audit key');
  const { hash, mac, kid } = sealRecord(bytes, signer);
  const { at } = parseObject(bytes) as { at: string };
  const hex = hash.toString('hex');
  const run = loadScript(redis, 'accept-loss');
  const [answer] = (await run(
    [keys.head, keys.audit, keys.losses, keys.floor],
    [
      ...[entry?.id ?? '', log, String(seq), bytes, hash, mac, kid, hex, at],
      ...[String(last), String(seq - 1 - last), String(floor?.seq ?? '')],
    ],
  )) as [string];
  if (answer !== 'accepted') return { kind: 'moved' };
  const { lost } = await holdLog(redis, keys, [], ask.auditKeys);
  return { kind: 'accepted', seq, hash: hex, detail, left: lost, archived: vouched ? null : (floor?.seq ?? null) };
}

/** The last entry of the stream that is a record; what its bytes say counts. */
async function lastRecord(redis: Connection, keys: Keys): Promise<(Sight & { id: string; at: string }) | null> {
  const entry = await oneEntry(redis, keys, { from: '-', to: '+', end: 'last' });
  if (!entry) return null;
  const { log, seq, at } = parseObject(entry.bytes ?? '') ?? {};
  if (typeof log !== 'string' || !isSeq(seq) || typeof at !== 'string' || seq !== seqOf(entry.id)) {
    throw new Error(`the last entry of the audit log, ${entry.id}, is no record: see \`audit verify\``);
  }
  return { id: entry.id, log, seq, at, hash: hexHashOf(entry.bytes ?? '') };
}
