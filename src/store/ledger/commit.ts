import type { Sealed } from '../../audit/format/audit-chain.ts';
import type { AuditEvent } from '../../domain/audit/audit-event.ts';
import { type AuditHead, readRecord, writeRecord } from '../../domain/audit/audit-record.ts';
import { archivedOf } from '../../domain/audit/log-claims.ts';
import { evolveLink, type LinkState } from '../../domain/link/link-state.ts';
import { evolve } from '../../domain/request/evolve-request.ts';
import { isOpen, type ThrottleRequest } from '../../domain/request/throttle-request.ts';
import { evolveRun, isRunEvent } from '../../domain/run/evolve-run.ts';
import { timersOver } from '../../domain/run/limit-in-force.ts';
import type { Run } from '../../domain/run/run.ts';
import { NotRecorded } from '../../workflow/faults.ts';
import type { Change, Committed, RecordRef, Repeated } from '../../workflow/ports/commit.ts';
import { type Effect, type RequestWork, STREAM_OF } from '../../workflow/ports/outbox.ts';
import type { Keys } from '../connection/keys.ts';
import { effectText, GROUP, outboxKey } from '../work/work-keys.ts';
import type { Commit, Expectation, Write } from './commit-batch.ts';
import { indexKeysOf } from './index-keys.ts';
import { linkExpected, linkWrites } from './link-commit.ts';
import { runExpected, runWrites } from './run-commit.ts';

/** An operation's answer is kept for a day: after that nothing is sent again. */
export const OPERATION_SECONDS = 86_400;
const CLOSED_SECONDS = 90 * 86_400;
/** Of stored requests: those of a higher one are left to the newer version that wrote them. */
export const REQUEST_SCHEMA = 1;

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

/** A request before and after a commit, and its last record in it. */
interface FoldedRequest {
  prior: ThrottleRequest | null;
  state: ThrottleRequest | null;
  last: RecordRef | null;
}

/** The records of a change, each with its seq, and what they fold to. */
export interface Built {
  records: RecordRef[];
  sealed: Sealed[];
  /** The change's own request, then those that change along with it. */
  requests: readonly [FoldedRequest, ...FoldedRequest[]];
  run: Run | null;
  link: LinkState | null;
  head: AuditHead;
}

/** Seals the events as the records that follow `head`, and folds them into the requests and the run. */
export function build(change: Change, head: AuditHead, seal: (bytes: string) => Sealed, now: Date): Built {
  const records: RecordRef[] = [];
  const sealed: Sealed[] = [];
  let place = head;
  let run = change.run?.run ?? null;
  let link = change.link?.state ?? null;
  const fold = ({ prior, events }: Pick<Change, 'prior' | 'events'>): FoldedRequest => {
    let state = prior;
    let last: RecordRef | null = null;
    for (const event of events) {
      if (isRunEvent(event) && change.run === undefined) throw new Error(`${event.event} without the run it concerns`);
      const one = seal(writeRecord(place, event, change.op, now));
      const record = readRecord(one.bytes);
      sealed.push(one);
      place = { log: head.log, seq: record.seq, hash: one.hash, at: record.at };
      last = { seq: record.seq, hash: place.hash };
      records.push(last);
      if (event.request !== null) state = evolve(state, record);
      if (change.run !== undefined) run = evolveRun(run, record);
      if (change.link !== undefined) link = evolveLink(link, record);
    }
    return { prior, state, last };
  };
  const own = fold(change);
  return { requests: [own, ...(change.along ?? []).map(fold)], records, sealed, run, link, head: place };
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
  const { claim } = change;
  const { head, requests } = built;
  const [{ prior, state }] = requests;
  const id = state?.id ?? prior?.id ?? change.events[0]?.request ?? '';
  const answer: Answer = {
    request: id || null,
    event: change.events[0]?.event ?? '',
    seq: built.records[0]?.seq ?? 0,
    hashes: built.records.map(({ hash }) => hash),
  };
  const changed = requests.filter(isChanged);
  const archived = change.events.map(archivedOf).find((part) => part !== null) ?? null;
  const expected = [
    ...changed.flatMap((one) => stateExpected(one, keys)),
    ...(change.run ? runExpected(change.run, keys).map((one): Expected => [one, moved]) : []),
    ...(change.link ? [[linkExpected(change.link, keys), moved] as const] : []),
    ...(archived ? archiveExpected(archived, keys) : []),
  ];
  const events = [...change.events, ...(change.along ?? []).flatMap((one) => one.events)];
  return {
    commit: {
      operation: { key: keys.operation(change.op), answer: JSON.stringify(answer) },
      claim: claim ? { ...claim, stream: outboxKey(keys, claim.stream), group: GROUP } : null,
      expect: expected.map(([expectation]) => expectation),
      records: built.sealed,
      at: head.at,
      write: [
        ...(archived ? archiveWrites(archived, head, keys) : []),
        ...changed.flatMap((one) => stateWrites(one, keys, now)),
        ...(change.run ? runWrites(change.run, built.run, { lastSeq: head.seq, changedBy: id || null }, keys) : []),
        ...(change.link ? linkWrites(change.link, built.link, keys) : []),
        ...closedWrites(requests, keys),
        ...indexWrites(events, built.records, keys),
        ...workWrites(change, id, keys),
        ...requests.flatMap((one) => timersOverOf(one, keys)),
      ],
    },
    refusals: expected.map(([, refused]) => refused),
  };
}

type Changed = FoldedRequest & { state: ThrottleRequest };

/** Whether its state is another one now: the record of a refusal leaves it unchanged. */
function isChanged(one: FoldedRequest): one is Changed {
  return one.state !== null && one.state.version !== (one.prior?.version ?? 0);
}

type Expected = readonly [Expectation, Refused];

function stateExpected({ prior, state: { id, execution } }: Changed, keys: Keys): Expected[] {
  const version = prior ? String(prior.version) : '';
  return [
    [{ kind: 'field', key: keys.request(id), field: 'version', values: [version] }, moved],
    ...(prior === null
      ? [[{ kind: 'string', key: keys.openExecution(execution), values: [''] }, alreadyOpen] as const]
      : []),
  ];
}

function stateWrites({ prior, state, last }: Changed, keys: Keys, now: Date): Write[] {
  return [requestWrite(state, last ?? { seq: 0, hash: '' }, keys), ...openWrites(prior, state, keys, now)];
}

/** How a request is stored. */
export function requestWrite(state: ThrottleRequest, { seq, hash }: RecordRef, keys: Keys): Write {
  const { id, version } = state;
  const fields = ['state', JSON.stringify(state), 'version', String(version), 'schema', String(REQUEST_SCHEMA)];
  return ['hset', keys.request(id), ...fields, 'seq', String(seq), 'hash', hash];
}

function closedWrites(requests: Built['requests'], keys: Keys): Write[] {
  return requests.flatMap(({ state }) =>
    state !== null && !isOpen(state) ? [['expire', keys.request(state.id), String(CLOSED_SECONDS)] as const] : [],
  );
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

/** The work that follows, at once or later. */
function workWrites(change: Change, id: string, keys: Keys): Write[] {
  const own = (kind: RequestWork): Effect => ({ kind, request: id });
  const now = [...(change.effects ?? []).map(own), ...(change.others ?? [])];
  return [
    ...now.map((one) => ['xadd', outboxKey(keys, STREAM_OF[one.kind]), 'e', effectText(one)] as const),
    ...(change.timers ?? []).map(
      ({ kind, at }) => ['zadd', keys.timers, String(at.getTime()), effectText(own(kind))] as const,
    ),
  ];
}

function timersOverOf({ prior, state }: FoldedRequest, keys: Keys): Write[] {
  const id = state?.id ?? '';
  return timersOver(prior, state).map((kind) => ['zrem', keys.timers, effectText({ kind, request: id })] as const);
}
