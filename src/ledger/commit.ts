import type { AuditEvent } from '../domain/audit-event.ts';
import { type AuditHead, readRecord, writeRecord } from '../domain/audit-record.ts';
import { evolve } from '../domain/evolve-request.ts';
import { isHeld } from '../domain/hold.ts';
import { archivedOf } from '../domain/log-claims.ts';
import { isOpen, type ThrottleRequest } from '../domain/throttle-request.ts';
import type { Change, Clock, RecordRef } from '../workflow/ports.ts';
import { type AuditKey, sealRecord } from './audit-chain.ts';
import { indexKeysOf } from './audit-search.ts';
import { changeGuard, markOf } from './in-force.ts';
import type { Keys } from './keys.ts';
import { GROUP } from './outbox.ts';

/** An answer is kept for a day: by then nothing is sent again. */
export const OPERATION_SECONDS = 86_400;
const CLOSED_SECONDS = 90 * 86_400;

/** What an operation left behind under its key. */
export interface Answer {
  /** The follow-up of an unknown write found nothing, and made sure that nothing will come. */
  void?: true;
  request: string | null;
  event: string;
  seq: number;
  hashes: string[];
}

/** The records of a change in their places, and the request that they fold to. */
export interface Built {
  records: RecordRef[];
  sealed: { bytes: string; hash: Buffer; mac: Buffer; kid: string }[];
  state: ThrottleRequest | null;
  head: AuditHead;
}

/** Gives the events their places after `head`, and folds them into the request. */
export function build(change: Change, head: AuditHead, signer: AuditKey, now: Date): Built {
  const built: Built = { records: [], sealed: [], state: change.prior, head };
  for (const event of change.events) {
    const bytes = writeRecord(built.head, event, change.op, now);
    const seal = sealRecord(bytes, signer);
    const record = readRecord(bytes);
    built.sealed.push({ bytes, ...seal });
    built.head = { log: head.log, seq: record.seq, hash: seal.hash.toString('hex'), at: record.at };
    built.records.push({ seq: record.seq, hash: built.head.hash });
    built.state = evolve(built.state, record);
  }
  return built;
}

/** The script's KEYS and ARGV, in its order (see commit.lua). */
export function commitCall(
  change: Change,
  head: AuditHead,
  built: Built,
  keys: Keys,
  clock: Clock,
): [string[], (string | Buffer)[]] {
  const { prior } = change;
  const { state } = built;
  const changes = state !== null && state.version !== (prior?.version ?? 0);
  const id = state?.id ?? prior?.id ?? change.events[0]?.request ?? '';
  const open = state !== null && isOpen(state);
  const guard = prior === null ? 'take' : open ? 'keep' : 'free';
  const answer: Answer = {
    request: id || null,
    event: change.events[0]?.event ?? '',
    seq: built.records[0]?.seq ?? 0,
    hashes: built.records.map(({ hash }) => hash),
  };
  const index = indexEntries(change.events, built.records, keys);
  const effect = (kind: string) => JSON.stringify({ kind, request: id });
  const timers = change.timers ?? [];
  const running = change.beside?.running ?? null;
  const cleared = [
    ...(changes && !open ? (['expire', 'apply', 'remind'] as const) : []),
    ...(prior && isHeld(prior) && state && !isHeld(state) ? (['revert', 'tell'] as const) : []),
  ];
  const archived = change.events.map(archivedOf).find((part) => part !== null);
  const effects = [...(change.effects ?? []).map(effect), ...(change.others ?? []).map((one) => JSON.stringify(one))];
  return [
    [
      ...[keys.head, keys.audit, keys.operation(change.op), keys.request(id)],
      ...[keys.openExecution(state?.execution ?? ''), keys.open, keys.outbox, keys.timers],
      ...[keys.inForce, keys.changing, keys.request(running?.id ?? ''), keys.seen, keys.floor],
      ...index.keys,
    ],
    [
      ...[JSON.stringify(answer), String(OPERATION_SECONDS), head.log, String(head.seq), head.hash, id],
      changes ? String(prior?.version ?? 0) : '',
      ...[
        JSON.stringify(state),
        String(state?.version ?? ''),
        state === null || open ? '' : String(CLOSED_SECONDS),
        guard,
      ],
      String(clock.now().getTime()),
      ...(change.claim ? [change.claim.entry, change.claim.consumer, String(change.claim.deliveries)] : ['', '', '0']),
      GROUP,
      ...[state?.execution ?? '', change.beside ? (change.beside.inForce ?? '') : '*'],
      ...[markOf(prior, state), changeGuard(prior, state), running ? String(running.version) : ''],
      ...(archived ? [String(archived.seq), archived.hash] : ['', '']),
      String(built.sealed.length),
      ...built.sealed.flatMap(({ bytes, hash, mac, kid }) => [bytes, hash, mac, kid]),
      ...[built.head.hash, built.head.at],
      ...[String(index.entries.length), ...index.entries.flat()],
      ...[String(effects.length), ...effects],
      ...[String(timers.length), ...timers.flatMap(({ kind, at }) => [effect(kind), String(at.getTime())])],
      ...[String(cleared.length), ...cleared.map(effect)],
    ],
  ];
}

const FIRST_INDEX_KEY = 14;

function indexEntries(events: AuditEvent[], records: RecordRef[], keys: Keys) {
  const names: string[] = [];
  const entries: [string, string][] = [];
  for (const [place, event] of events.entries()) {
    const seq = String(records[place]?.seq);
    for (const name of indexKeysOf(event, keys)) {
      if (!names.includes(name)) names.push(name);
      entries.push([String(names.indexOf(name) + FIRST_INDEX_KEY), seq]);
    }
  }
  return { keys: names, entries };
}
