import type { AuditEvent } from '../domain/audit-event.ts';
import { type AuditHead, archivedOf, readRecord, writeRecord } from '../domain/audit-record.ts';
import { isHeld } from '../domain/hold.ts';
import { evolve, isOpen, type ThrottleRequest } from '../domain/throttle-request.ts';
import type { Change, Clock, EffectKind, RecordRef } from '../workflow/ports.ts';
import { type AuditKey, sealRecord } from './audit-chain.ts';
import { indexKeysOf } from './audit-search.ts';
import type { Keys } from './keys.ts';
import { changeGuard, limitVersionOf } from './limit-in-force.ts';
import { GROUP } from './outbox.ts';

/** An operation's answer is kept for a day: after that nothing is sent again. */
export const OPERATION_SECONDS = 86_400;
const CLOSED_SECONDS = 90 * 86_400;

/** What is stored under the key of an operation. */
export interface Answer {
  /** The operation was aborted: see `ABORTED`. Stored data names the field so. */
  void?: true;
  request: string | null;
  event: string;
  seq: number;
  hashes: string[];
}

/**
 * The answer of an aborted operation. It is stored under the key of a write that Redis never answered and that left no answer
 * of its own: if that write comes late, it finds this and does nothing.
 */
export const ABORTED = JSON.stringify({ void: true } satisfies Pick<Answer, 'void'>);

/** The records of a change, each with its seq, and the request that they fold to. */
export interface Built {
  records: RecordRef[];
  sealed: { bytes: string; hash: Buffer; mac: Buffer; kid: string }[];
  state: ThrottleRequest | null;
  head: AuditHead;
}

/** Seals the events as the records that follow `head`, and folds them into the request. */
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

/** KEYS and ARGV of commit.lua, in its order. */
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
  const effects = [...(change.effects ?? []).map(effect), ...(change.others ?? []).map((one) => JSON.stringify(one))];
  const timers = change.timers ?? [];
  const other = change.expected?.running ?? null;
  const archived = change.events.map(archivedOf).find((part) => part !== null);
  const cleared: EffectKind[] = [];
  if (changes && !open) cleared.push('expire', 'apply', 'remind');
  if (prior && isHeld(prior) && state && !isHeld(state)) cleared.push('revert', 'tell');
  return [
    [
      keys.head,
      keys.audit,
      keys.operation(change.op),
      keys.request(id),
      keys.openExecution(state?.execution ?? ''),
      keys.open,
      keys.outbox,
      keys.timers,
      keys.inForce,
      keys.changing,
      keys.request(other?.id ?? ''),
      keys.seen,
      keys.floor,
      ...index.keys,
    ],
    [
      JSON.stringify(answer),
      String(OPERATION_SECONDS),
      head.log,
      String(head.seq),
      head.hash,
      id,
      changes ? String(prior?.version ?? 0) : '',
      JSON.stringify(state),
      String(state?.version ?? ''),
      state === null || open ? '' : String(CLOSED_SECONDS),
      guard,
      String(clock.now().getTime()),
      ...(change.claim ? [change.claim.entry, change.claim.consumer, String(change.claim.deliveries)] : ['', '', '0']),
      GROUP,
      state?.execution ?? '',
      change.expected ? (change.expected.inForce ?? '') : '*',
      limitVersionOf(prior, state),
      changeGuard(prior, state),
      other ? String(other.version) : '',
      archived ? String(archived.seq) : '',
      archived?.hash ?? '',
      ...counted(built.sealed, ({ bytes, hash, mac, kid }) => [bytes, hash, mac, kid]),
      built.head.hash,
      built.head.at,
      ...counted(index.entries, (entry) => entry),
      ...counted(effects, (one) => [one]),
      ...counted(timers, ({ kind, at }) => [effect(kind), String(at.getTime())]),
      ...counted(cleared, (kind) => [effect(kind)]),
    ],
  ];
}

/** A list as the script takes it: how many there are, then the parts of each. */
function counted<T>(list: readonly T[], parts: (one: T) => (string | Buffer)[]): (string | Buffer)[] {
  return [String(list.length), ...list.flatMap(parts)];
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
