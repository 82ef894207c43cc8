import { type AuditHead, GENESIS } from '../domain/audit-record.ts';
import type { ThrottleRequest } from '../domain/throttle-request.ts';
import { ClaimLost, type LedgerLost, NotRecorded, OutcomeUnknown, type Settled } from '../workflow/faults.ts';
import type { Change, Clock, Committed, Ledger, Repeated, StoredRequest } from '../workflow/ports.ts';
import type { AuditKey } from './audit-chain.ts';
import { type Answer, build, commitCall, OPERATION_SECONDS } from './commit.ts';
import type { Connection } from './connection.ts';
import { createGate } from './gate.ts';
import { requestOf } from './in-force.ts';
import type { Keys } from './keys.ts';
import type { LogPosition } from './log-position.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { loadScript } from './script.ts';

/** How often a moved head is tried again. Commits of one process never compete, so this counts replicas. */
const MOST_TRIES = 100;
const LOADED_AT_ONCE = 50;

/** What the ledger goes by: whether the log in Redis still has every record that was observed of it. */
export interface Continuity {
  /** The log's head, if every record that was observed is there. @throws LedgerLost */
  observe(): Promise<AuditHead | null>;
  /** The same, and ends the lost state where the loss was accepted. @throws LedgerLost */
  recheck(): Promise<AuditHead | null>;
  /** Why this process no longer writes; null while it does. */
  lost(): LedgerLost | null;
  /** The highest record that this process knows of. */
  position(): LogPosition | null;
  /** This record is the highest now. */
  advance(record: LogPosition): void;
}

export interface LedgerOptions {
  redis: Connection;
  keys: Keys;
  /** The first signs. */
  auditKeys: readonly AuditKey[];
  clock: Clock;
  /** An id for the log, if this process is the one that begins it. */
  newLogId: () => string;
  continuity: Continuity;
  lookUp: Ledger['lookUp'];
}

export interface RedisLedger extends Ledger {
  /** Why this process no longer writes; null while it does. */
  lost(): LedgerLost | null;
  /** How many requests have not ended. */
  countOpenRequests(): Promise<number>;
  /** What was recorded under an operation key; where nothing was, nothing will be. Asks until Redis answers. */
  settle(op: string): Promise<Settled>;
  /** The highest record that this process knows of. */
  position(): LogPosition | null;
  /**
   * Checks, without writing, that the log still has what this process observed, and what other bots found missing. A loss
   * that a person accepted meanwhile ends the lost state. Returns the head; null where there is none.
   * @throws LedgerLost
   */
  recheck(): Promise<AuditHead | null>;
}

/** The ledger in Redis. One per process: its commits are queued here, so that they don't starve each other. */
export function createLedger(options: LedgerOptions): RedisLedger {
  const { redis, keys, clock, continuity } = options;
  const [signer] = options.auditKeys;
  if (!signer) throw new Error('a ledger needs an audit key');
  const gate = createGate(redis);
  const runCommit = loadScript(redis, 'commit');
  const runLeave = loadScript(redis, 'leave');
  let head: AuditHead | null = null;
  const inOrder = oneAtATime();

  async function readHead(): Promise<AuditHead | null> {
    const [log, seq, hash, at] = await gate.read(() => redis.hmget(keys.head, 'log', 'seq', 'hash', 'at'));
    return log && seq && hash && at ? { log, seq: Number(seq), hash, at } : null;
  }

  async function attempt(change: Change): Promise<Committed> {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      head ??= (await continuity.observe()) ?? { log: options.newLogId(), seq: 0, hash: GENESIS, at: '' };
      const built = build(change, head, signer as AuditKey, clock.now());
      const reply = await gate.write(change.op, () =>
        runCommit(...commitCall(change, head as AuditHead, built, keys, clock)),
      );
      const [kind, ...rest] = reply as [string, ...string[]];
      switch (kind) {
        case 'committed':
          head = built.head;
          continuity.advance(head);
          return { kind: 'committed', state: built.state, records: built.records };
        case 'repeated':
          return repeated(rest[0] ?? '');
        case 'claim-lost':
          throw new ClaimLost(`the claim for ${change.op} has gone to another worker`);
        case 'already-open':
          return { kind: 'already-open', request: rest[0] ?? '' };
        case 'moved':
          return { kind: 'moved' };
        case 'seen':
          head = (await continuity.observe()) ?? head;
          break;
        case 'head':
          head = await followHead(head, rest);
          break;
        default:
          throw new Error(`commit.lua answered ${kind}`);
      }
    }
    throw new NotRecorded(`${change.op}: the log's head moved ${MOST_TRIES} times`);
  }

  /** Somebody else wrote: go on from there, if the records that this process saw are still under it. */
  async function followHead(mine: AuditHead, [log = '', seq = '0', hash = '', at = '', atMine = '']: string[]) {
    const theirs = { log, seq: Number(seq), hash, at };
    const fresh = mine.seq === 0;
    if (!fresh && (theirs.log !== mine.log || theirs.seq < mine.seq || atMine !== mine.hash))
      return (await continuity.observe()) ?? mine;
    if (theirs.seq > 0) continuity.advance(theirs);
    return theirs.seq === 0 ? mine : theirs;
  }

  function recheck(): Promise<AuditHead | null> {
    return inOrder(async () => {
      const found = await continuity.recheck();
      if (found) head = found;
      return found;
    });
  }

  function commit(change: Change): Promise<Committed> {
    const mine = inOrder(async () => {
      const lost = continuity.lost();
      if (lost) throw lost;
      return attempt(change);
    });
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
  async function settleUnknown(op: string): Promise<Settled> {
    const answer = await gate.untilAnswered(() =>
      redis.set(keys.operation(op), JSON.stringify({ void: true }), 'EX', OPERATION_SECONDS, 'NX', 'GET'),
    );
    const left = answer === null ? null : (JSON.parse(answer) as Answer);
    if (left === null || left.void) return 'not-recorded';
    return left.event === 'refused' || left.event === 'decision.refused' ? 'refused' : 'recorded';
  }

  async function load(id: string): Promise<StoredRequest | null> {
    const stored = await gate.read(() => redis.hmget(keys.request(id), 'state', 'seq', 'hash'));
    return toStored(stored);
  }

  /** A part at a time, so that acknowledgements are not kept waiting however many there are. */
  async function loadAll(ids: readonly string[]): Promise<(StoredRequest | null)[]> {
    const found: (StoredRequest | null)[] = [];
    for (let from = 0; from < ids.length; from += LOADED_AT_ONCE) {
      found.push(...(await Promise.all(ids.slice(from, from + LOADED_AT_ONCE).map(load))));
    }
    return found;
  }

  async function leave(arn: string, mark: string): Promise<void> {
    await gate.read(() => runLeave([keys.inForce], [arn, mark]));
  }

  return {
    load,
    commit,
    lost: continuity.lost,
    settle: settleUnknown,
    position: continuity.position,
    recheck,
    head: readHead,
    async done(op) {
      const answer = await gate.read(() => redis.get(keys.operation(op)));
      return answer === null ? null : repeated(answer);
    },
    lookUp: options.lookUp,
    openRequestOf: (arn) => gate.read(() => redis.get(keys.openExecution(arn))),
    async inForceOf(arn) {
      const mark = await gate.read(() => redis.hget(keys.inForce, arn));
      return mark === null ? null : { mark, request: requestOf(mark) };
    },
    async limitsInForce() {
      const marks = Object.entries(await gate.read(() => redis.hgetall(keys.inForce)));
      const found = await loadAll(marks.map(([, mark]) => requestOf(mark)));
      // A request lives for 90 days after its end, and no execution runs that long: what is left of it goes.
      const gone = marks.filter((_, place) => found[place] === null);
      await Promise.all(gone.map(([arn, mark]) => leave(arn, mark)));
      return found.filter((stored) => stored !== null);
    },
    leave,
    countOpenRequests: () => gate.read(() => redis.zcard(keys.open)),
    async openRequests() {
      const found = await loadAll(await gate.read(() => redis.zrange(keys.open, '0', '-1')));
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
