import { type AuditHead, GENESIS } from '../domain/audit-record.ts';
import { throttleRequest } from '../domain/throttle-request.ts';
import { ClaimLost, type LedgerLost, NotRecorded, OutcomeUnknown, type Settled } from '../workflow/faults.ts';
import type { Change, Clock, Committed, Ledger, Repeated, StoredRequest } from '../workflow/ports.ts';
import { type AuditAlarms, createAuditAlarms } from './audit-alarms.ts';
import type { AuditKey } from './audit-chain.ts';
import type { Sight } from './audit-loss.ts';
import { createAuditSearch } from './audit-search.ts';
import { createSights, type SightsOptions } from './audit-sights.ts';
import { type Answer, build, commitCall, OPERATION_SECONDS } from './commit.ts';
import { createGate } from './gate.ts';
import { requestOf } from './in-force.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { loadScript } from './script.ts';

/** How often a moved head is tried again. Commits of one process never compete, so this counts replicas. */
const MOST_TRIES = 100;
const LOADED_AT_ONCE = 50;

export interface LedgerOptions extends SightsOptions {
  clock: Clock;
  /** An id for the log, if this process is the one that begins it. */
  newLogId: () => string;
  /** Told what is wrong with records that are looked up. */
  alarms?: AuditAlarms;
}

export interface RedisLedger extends Ledger {
  /** Why this process no longer writes; null while it does. */
  lost(): LedgerLost | null;
  /** How many requests have not ended. */
  countOpenRequests(): Promise<number>;
  /** What was recorded under an operation key; where nothing was, nothing will be. Asks until Redis answers. */
  settle(op: string): Promise<Settled>;
  /** The highest record that this process knows of. */
  seen(): Sight | null;
  /**
   * Looks whether what was seen of the log, by this process and by bots that found it lost, is still there, without
   * writing; a loss that a person accepted meanwhile ends the lost state. Answers with the head, null where there is none.
   * @throws LedgerLost
   */
  look(): Promise<AuditHead | null>;
}

/** The ledger in Redis. One per process: its commits are queued here, so that they don't starve each other. */
export function createLedger(options: LedgerOptions): RedisLedger {
  const { redis, keys, clock } = options;
  const [signer] = options.auditKeys;
  if (!signer) throw new Error('a ledger needs an audit key');
  const gate = createGate(redis);
  const search = createAuditSearch(redis, keys, gate, {
    auditKeys: options.auditKeys,
    alarms: options.alarms ?? createAuditAlarms(),
  });
  const runCommit = loadScript(redis, 'commit');
  const runLeave = loadScript(redis, 'leave');
  const sights = createSights(options, gate);
  let head: AuditHead | null = null;
  const inOrder = oneAtATime();

  async function readHead(): Promise<AuditHead | null> {
    const [log, seq, hash, at] = await gate.read(() => redis.hmget(keys.head, 'log', 'seq', 'hash', 'at'));
    return log && seq && hash && at ? { log, seq: Number(seq), hash, at } : null;
  }

  async function attempt(change: Change): Promise<Committed> {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      head ??= (await sights.stand()) ?? { log: options.newLogId(), seq: 0, hash: GENESIS, at: '' };
      const built = build(change, head, signer as AuditKey, clock.now());
      const reply = await gate.write(change.op, () =>
        runCommit(...commitCall(change, head as AuditHead, built, keys, clock)),
      );
      const [kind, ...rest] = reply as [string, ...string[]];
      switch (kind) {
        case 'committed':
          head = built.head;
          sights.saw(head);
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
          head = (await sights.stand()) ?? head;
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
      return (await sights.stand()) ?? mine;
    if (theirs.seq > 0) sights.saw(theirs);
    return theirs.seq === 0 ? mine : theirs;
  }

  function look(): Promise<AuditHead | null> {
    return inOrder(async () => {
      const found = await sights.look();
      if (found) head = found;
      return found;
    });
  }

  function commit(change: Change): Promise<Committed> {
    const mine = inOrder(async () => {
      const lost = sights.lost();
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
    return toStored(id, stored);
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
    lost: sights.lost,
    settle: settleUnknown,
    seen: sights.seen,
    look,
    head: readHead,
    async done(op) {
      const answer = await gate.read(() => redis.get(keys.operation(op)));
      return answer === null ? null : repeated(answer);
    },
    lookUp: search.lookUp,
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

function toStored(id: string, [state, seq, hash]: (string | null)[]): StoredRequest | null {
  if (!state || !seq || !hash) return null;
  const { data: request, error: cause } = throttleRequest.safeParse(JSON.parse(state));
  if (!request) throw new Error(`the stored state of ${id} can't be read`, { cause });
  return { request, record: { seq: Number(seq), hash } };
}

function repeated(text: string): Repeated {
  const answer = JSON.parse(text) as Answer;
  if (answer.void) throw new NotRecorded('this was given up before it reached Redis');
  const records = answer.hashes.map((hash, offset) => ({ seq: answer.seq + offset, hash }));
  return { kind: 'repeated', request: answer.request, records, event: answer.event };
}
