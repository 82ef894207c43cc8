import { type AuditKey, type Sealed, sealRecord } from '../../audit/format/audit-chain.ts';
import type { AuditEvent } from '../../domain/audit/audit-event.ts';
import { type AuditHead, readRecord, writeRecord } from '../../domain/audit/audit-record.ts';
import { archivedOf } from '../../domain/audit/log-claims.ts';
import { evolve } from '../../domain/request/evolve-request.ts';
import { isOpen, type ThrottleRequest } from '../../domain/request/throttle-request.ts';
import { changeGuard, limitVersionOf, timersOver } from '../../domain/run/limit-in-force.ts';
import { NotRecorded } from '../../workflow/faults.ts';
import type { Change, Committed, RecordRef, Repeated } from '../../workflow/ports/commit.ts';
import type { Keys } from '../connection/keys.ts';
import { GROUP } from '../work/outbox.ts';
import type { Commit, Expectation, Write } from './commit-batch.ts';
import { indexKeysOf } from './index-keys.ts';

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

/** What an operation did when it was first made. @throws NotRecorded where it was aborted */
export function readRepeated(text: string): Repeated {
  const answer = JSON.parse(text) as Answer;
  if (answer.void) throw new NotRecorded('this was given up before it reached Redis');
  const records = answer.hashes.map((hash, offset) => ({ seq: answer.seq + offset, hash }));
  return { kind: 'repeated', request: answer.request, records, event: answer.event };
}

/** The records of a change, each with its seq, and the request that they fold to. */
export interface Built {
  records: RecordRef[];
  sealed: Sealed[];
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

/** What it means for whoever wrote where something is not as it was expected to be. */
type Refused = (found: string) => Exclude<Committed, { kind: 'committed' | 'repeated' }>;

const moved: Refused = () => ({ kind: 'moved' });
const alreadyOpen: Refused = (request) => ({ kind: 'already-open', request });

/** A change as one commit, and what each of its expectations means where it fails, in their order. */
export interface ChangeCommit {
  commit: Commit;
  refusals: readonly Refused[];
}

/** What of a change is written, and on which condition. */
export function commitOf(change: Change, built: Built, keys: Keys, now: Date): ChangeCommit {
  const { prior, claim } = change;
  const { state, head } = built;
  const id = state?.id ?? prior?.id ?? change.events[0]?.request ?? '';
  const answer: Answer = {
    request: id || null,
    event: change.events[0]?.event ?? '',
    seq: built.records[0]?.seq ?? 0,
    hashes: built.records.map(({ hash }) => hash),
  };
  const changed = changedState(change, built);
  const archived = change.events.map(archivedOf).find((part) => part !== null) ?? null;
  const expected = [
    ...(changed ? stateExpected(change, changed, keys) : []),
    ...(archived ? archiveExpected(archived, keys) : []),
  ];
  return {
    commit: {
      operation: { key: keys.operation(change.op), answer: JSON.stringify(answer) },
      claim: claim ? { ...claim, stream: keys.outbox, group: GROUP } : null,
      expect: expected.map(([expectation]) => expectation),
      records: built.sealed,
      at: head.at,
      write: [
        ...(archived ? archiveWrites(archived, head, keys) : []),
        ...(changed ? stateWrites(change, changed, built, keys, now) : []),
        ...(state !== null && !isOpen(state) ? [['expire', keys.request(id), String(CLOSED_SECONDS)] as const] : []),
        ...indexWrites(change.events, built.records, keys),
        ...workWrites(change, built, id, keys),
      ],
    },
    refusals: expected.map(([, refused]) => refused),
  };
}

/** The request's new state; null where the records leave the request unchanged, as a refusal does. */
function changedState({ prior }: Change, { state }: Built): ThrottleRequest | null {
  return state !== null && state.version !== (prior?.version ?? 0) ? state : null;
}

type Expected = readonly [Expectation, Refused];

function stateExpected({ prior, expected }: Change, { execution, id }: ThrottleRequest, keys: Keys): Expected[] {
  const version = (of: { id: string; version: number } | null, request: string): Expected => [
    { kind: 'field', key: keys.request(request), field: 'version', values: [of ? String(of.version) : ''] },
    moved,
  ];
  const inForce = { key: keys.inForce, field: execution, values: [expected?.inForce ?? ''] };
  const changing = { key: keys.changing, field: execution, values: ['', id] };
  return [
    version(prior, id),
    ...(prior === null
      ? [[{ kind: 'string', key: keys.openExecution(execution), values: [''] }, alreadyOpen] as const]
      : []),
    ...(expected
      ? [[{ kind: 'field', ...inForce }, moved] as const, [{ kind: 'field', ...changing }, moved] as const]
      : []),
    ...(expected?.running ? [version(expected.running, expected.running.id)] : []),
  ];
}

function stateWrites({ prior }: Change, state: ThrottleRequest, { records }: Built, keys: Keys, now: Date): Write[] {
  const { id, execution, version } = state;
  const last = records.at(-1);
  const guard = changeGuard(prior, state);
  const limitVersion = limitVersionOf(prior, state);
  const fields = ['state', JSON.stringify(state), 'version', String(version)];
  return [
    ['hset', keys.request(id), ...fields, 'seq', String(last?.seq ?? 0), 'hash', last?.hash ?? ''],
    ...openWrites(prior, state, keys, now),
    ...(limitVersion === '' ? [] : [['hset', keys.inForce, execution, limitVersion] as const]),
    ...(guard === 'take' ? [['hset', keys.changing, execution, id] as const] : []),
    ...(guard === 'free' ? [['hdel', keys.changing, execution, id] as const] : []),
  ];
}

/** The one open request of an execution, and the list of all. */
function openWrites(prior: ThrottleRequest | null, state: ThrottleRequest, keys: Keys, now: Date): Write[] {
  const { id, execution } = state;
  if (prior === null) {
    return [
      ['set', keys.openExecution(execution), id],
      ['zadd', keys.open, String(now.getTime()), id],
    ];
  }
  if (isOpen(state)) return [];
  return [
    ['del', keys.openExecution(execution), id],
    ['zrem', keys.open, id],
  ];
}

/** The last record that was archived. */
type ArchivedPart = NonNullable<ReturnType<typeof archivedOf>>;

/** That the log was archived is written only on a log that has what was archived, and once. */
function archiveExpected({ seq, hash }: ArchivedPart, keys: Keys): Expected[] {
  return [
    [{ kind: 'record', seq, hash }, moved],
    [{ kind: 'below', key: keys.archivedUpTo, field: 'seq', limit: seq }, moved],
  ];
}

function archiveWrites({ seq, hash }: ArchivedPart, head: AuditHead, keys: Keys): Write[] {
  const place = ['seq', String(seq), 'hash', hash];
  return [['hset', keys.archivedUpTo, 'log', head.log, ...place, 'at', head.at, 'by', String(head.seq)]];
}

function indexWrites(events: readonly AuditEvent[], records: readonly RecordRef[], keys: Keys): Write[] {
  return events.flatMap((event, place) => {
    const seq = String(records[place]?.seq);
    return indexKeysOf(event, keys).map((key) => ['zadd', key, seq, seq] as const);
  });
}

/** The work that follows, at once or later, and the timers that are over. */
function workWrites(change: Change, { state }: Built, id: string, keys: Keys): Write[] {
  const effect = (kind: string) => JSON.stringify({ kind, request: id });
  const now = [...(change.effects ?? []).map(effect), ...(change.others ?? []).map((one) => JSON.stringify(one))];
  return [
    ...now.map((one) => ['xadd', keys.outbox, 'e', one] as const),
    ...(change.timers ?? []).map(({ kind, at }) => ['zadd', keys.timers, String(at.getTime()), effect(kind)] as const),
    ...timersOver(change.prior, state).map((kind) => ['zrem', keys.timers, effect(kind)] as const),
  ];
}
