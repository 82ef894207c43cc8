import { type AuditHead, GENESIS, readRecord, writeRecord } from '../domain/audit-record.ts';
import { type AuditEvent, evolve, isOpen, type ThrottleRequest } from '../domain/throttle-request.ts';
import { ClaimLost, LedgerLost, NotRecorded, OutcomeUnknown } from '../workflow/faults.ts';
import type { Change, Clock, Committed, Ledger, RecordRef, Repeated, StoredRequest } from '../workflow/ports.ts';
import { type AuditKey, sealRecord } from './audit-chain.ts';
import { createAuditSearch } from './audit-search.ts';
import type { Connection } from './connection.ts';
import { createGate } from './gate.ts';
import type { Keys } from './keys.ts';
import { GROUP } from './outbox.ts';
import { loadScript } from './script.ts';

const OPERATION_SECONDS = 86_400;
const CLOSED_SECONDS = 90 * 86_400;
/** How often a moved head is tried again. Commits of one process never compete, so this counts replicas. */
const MOST_TRIES = 100;

export interface LedgerOptions {
  redis: Connection;
  keys: Keys;
  /** The first signs. */
  auditKeys: readonly AuditKey[];
  clock: Clock;
  /** An id for the log, if this process is the one that begins it. */
  newLogId: () => string;
  /** Told once, when the log in Redis turns out not to be the one that this process wrote to. */
  onLost?: (lost: LedgerLost) => void;
}

/** What an operation left behind under its key. */
interface Answer {
  /** The follow-up of an unknown write found nothing, and made sure that nothing will come. */
  void?: true;
  request: string | null;
  event: string;
  seq: number;
  hashes: string[];
}

export interface RedisLedger extends Ledger {
  /** Why this process no longer writes; null while it does. */
  lost(): LedgerLost | null;
}

/** The ledger in Redis. One per process: its commits are queued here, so that they don't starve each other. */
export function createLedger(options: LedgerOptions): RedisLedger {
  const { redis, keys, clock } = options;
  const [signer] = options.auditKeys;
  if (!signer) throw new Error('a ledger needs an audit key');
  const gate = createGate(redis);
  const search = createAuditSearch(redis, keys, gate);
  const runCommit = loadScript(redis, 'commit');
  let head: AuditHead | null = null;
  let lost: LedgerLost | null = null;
  let queue: Promise<unknown> = Promise.resolve();

  async function readHead(): Promise<AuditHead | null> {
    const [log, seq, hash, at] = await gate.read(() => redis.hmget(keys.head, 'log', 'seq', 'hash', 'at'));
    return log && seq && hash && at ? { log, seq: Number(seq), hash, at } : null;
  }

  async function attempt(change: Change): Promise<Committed> {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      head ??= (await readHead()) ?? { log: options.newLogId(), seq: 0, hash: GENESIS, at: '' };
      const built = build(change, head, signer as AuditKey, clock.now());
      const reply = await gate.write(change.op, () =>
        runCommit(...script(change, head as AuditHead, built, keys, clock)),
      );
      const [kind, ...rest] = reply as [string, ...string[]];
      switch (kind) {
        case 'committed':
          head = built.head;
          return { kind: 'committed', state: built.state, records: built.records };
        case 'repeated':
          return repeated(rest[0] ?? '');
        case 'claim-lost':
          throw new ClaimLost(`the claim for ${change.op} has gone to another worker`);
        case 'already-open':
          return { kind: 'already-open', request: rest[0] ?? '' };
        case 'moved':
          return { kind: 'moved' };
        case 'head':
          head = followHead(head, rest);
          break;
        default:
          throw new Error(`commit.lua answered ${kind}`);
      }
    }
    throw new NotRecorded(`${change.op}: the log's head moved ${MOST_TRIES} times`);
  }

  /** Somebody else wrote: go on from there, if the records that this process saw are still under it. */
  function followHead(mine: AuditHead, [log = '', seq = '0', hash = '', at = '', atMine = '']: string[]): AuditHead {
    const theirs = { log, seq: Number(seq), hash, at };
    const fresh = mine.seq === 0;
    if (!fresh && (theirs.log !== mine.log || theirs.seq < mine.seq || atMine !== mine.hash)) {
      lost = new LedgerLost(
        `this bot saw record ${mine.seq} (${mine.hash}) of log ${mine.log}; Redis now ends at ${theirs.seq || 'nothing'}`,
      );
      options.onLost?.(lost);
      throw lost;
    }
    return theirs.seq === 0 ? mine : theirs;
  }

  function commit(change: Change): Promise<Committed> {
    const mine = queue.then(() => {
      if (lost) throw lost;
      return attempt(change);
    });
    // The queue only orders: whoever asked gets the fault.
    queue = mine.catch(() => undefined);
    return mine.catch((fault: unknown) => {
      if (!(fault instanceof OutcomeUnknown)) throw fault;
      const settled = settleUnknown(change.op);
      // Whoever waits for the truth gets this fault; a worker does not wait, it tries again.
      settled.catch(() => undefined);
      throw new OutcomeUnknown(change.op, settled, fault);
    });
  }

  /**
   * The truth about a write that went silent. Where it left no answer, one that says "void" is put under its key, so
   * that it can't come late either.
   */
  async function settleUnknown(op: string): Promise<'recorded' | 'not-recorded'> {
    const answer = await gate.untilAnswered(() =>
      redis.set(keys.operation(op), JSON.stringify({ void: true }), 'EX', OPERATION_SECONDS, 'NX', 'GET'),
    );
    return answer === null || (JSON.parse(answer) as Answer).void ? 'not-recorded' : 'recorded';
  }

  async function load(id: string): Promise<StoredRequest | null> {
    const stored = await gate.read(() => redis.hmget(keys.request(id), 'state', 'seq', 'hash'));
    return toStored(stored);
  }

  return {
    load,
    commit,
    lost: () => lost,
    head: readHead,
    async done(op) {
      const answer = await gate.read(() => redis.get(keys.operation(op)));
      return answer === null ? null : repeated(answer);
    },
    lookUp: search.lookUp,
    openRequestOf: (arn) => gate.read(() => redis.get(keys.openExecution(arn))),
    async openRequests(limit) {
      const ids = await gate.read(() => redis.zrange(keys.open, 0, String(limit - 1)));
      const found = await Promise.all(ids.map(load));
      return found.filter((stored) => stored !== null);
    },
  };
}

function toStored([state, seq, hash]: (string | null)[]): StoredRequest | null {
  if (!state || !seq || !hash) return null;
  return { request: JSON.parse(state) as ThrottleRequest, record: { seq: Number(seq), hash } };
}

function repeated(text: string): Repeated {
  const answer = JSON.parse(text) as Answer;
  if (answer.void) throw new NotRecorded('this was given up before it reached Redis');
  const records = answer.hashes.map((hash, offset) => ({ seq: answer.seq + offset, hash }));
  return { kind: 'repeated', request: answer.request, records, event: answer.event };
}

interface Built {
  records: RecordRef[];
  sealed: { bytes: string; hash: Buffer; mac: Buffer; kid: string }[];
  state: ThrottleRequest | null;
  head: AuditHead;
}

/** Gives the events their places after `head`, and folds them into the request. */
function build(change: Change, head: AuditHead, signer: AuditKey, now: Date): Built {
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
function script(
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
  const cleared = changes && !open ? (['expire', 'apply'] as const) : [];
  return [
    [
      ...[keys.head, keys.audit, keys.operation(change.op), keys.request(id)],
      ...[keys.openExecution(state?.execution ?? ''), keys.open, keys.outbox, keys.timers],
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
      String(built.sealed.length),
      ...built.sealed.flatMap(({ bytes, hash, mac, kid }) => [bytes, hash, mac, kid]),
      ...[built.head.hash, built.head.at],
      ...[String(index.entries.length), ...index.entries.flat()],
      ...[String(change.effects?.length ?? 0), ...(change.effects ?? []).map(effect)],
      ...[String(timers.length), ...timers.flatMap(({ kind, at }) => [effect(kind), String(at.getTime())])],
      ...[String(cleared.length), ...cleared.map(effect)],
    ],
  ];
}

const FIRST_INDEX_KEY = 9;

function indexEntries(events: AuditEvent[], records: RecordRef[], keys: Keys) {
  const names: string[] = [];
  const entries: [string, string][] = [];
  for (const [place, { request, execution, actor }] of events.entries()) {
    const seq = String(records[place]?.seq);
    const wanted: (string | null)[] = [
      request && keys.indexRequest(request),
      execution && keys.indexExecution(execution),
      actor && keys.indexUser(actor.team, actor.user),
    ];
    for (const name of wanted.filter((key): key is string => Boolean(key))) {
      if (!names.includes(name)) names.push(name);
      entries.push([String(names.indexOf(name) + FIRST_INDEX_KEY), seq]);
    }
  }
  return { keys: names, entries };
}
