import { type AuditHead, GENESIS } from '../domain/audit-record.ts';
import type { ThrottleRequest } from '../domain/throttle-request.ts';
import { ClaimLost, LedgerLost, NotRecorded, OutcomeUnknown } from '../workflow/faults.ts';
import type { Change, Clock, Committed, Ledger, Repeated, StoredRequest } from '../workflow/ports.ts';
import type { AuditKey } from './audit-chain.ts';
import { type Sight, standingOf } from './audit-loss.ts';
import { createAuditSearch } from './audit-search.ts';
import { type Answer, build, commitCall, OPERATION_SECONDS } from './commit.ts';
import type { Connection } from './connection.ts';
import { createGate } from './gate.ts';
import { requestOf } from './in-force.ts';
import type { Keys } from './keys.ts';
import { loadScript } from './script.ts';

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
  /** Told when a person accepted the loss, and this process writes again. */
  onResumed?: () => void;
  /** What is known of the log from outside Redis: it must be there before anything is written. */
  witness?: Sight | null;
}

export interface RedisLedger extends Ledger {
  /** Why this process no longer writes; null while it does. */
  lost(): LedgerLost | null;
  /** The highest record that this process knows of. */
  seen(): Sight | null;
  /**
   * Looks whether what was seen of the log is still there, without writing; a loss that a person accepted meanwhile ends
   * the lost state. Answers with the head, null where there is none.
   */
  look(): Promise<AuditHead | null>;
}

/** The ledger in Redis. One per process: its commits are queued here, so that they don't starve each other. */
export function createLedger(options: LedgerOptions): RedisLedger {
  const { redis, keys, clock } = options;
  const [signer] = options.auditKeys;
  if (!signer) throw new Error('a ledger needs an audit key');
  const gate = createGate(redis);
  const search = createAuditSearch(redis, keys, gate);
  const runCommit = loadScript(redis, 'commit');
  const runLeave = loadScript(redis, 'leave');
  let head: AuditHead | null = null;
  let seen: Sight | null = options.witness ?? null;
  let lost: LedgerLost | null = null;
  let queue: Promise<unknown> = Promise.resolve();

  async function readHead(): Promise<AuditHead | null> {
    const [log, seq, hash, at] = await gate.read(() => redis.hmget(keys.head, 'log', 'seq', 'hash', 'at'));
    return log && seq && hash && at ? { log, seq: Number(seq), hash, at } : null;
  }

  async function attempt(change: Change): Promise<Committed> {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      head ??= (await stands()) ?? { log: options.newLogId(), seq: 0, hash: GENESIS, at: '' };
      const built = build(change, head, signer as AuditKey, clock.now());
      const reply = await gate.write(change.op, () =>
        runCommit(...commitCall(change, head as AuditHead, built, keys, clock)),
      );
      const [kind, ...rest] = reply as [string, ...string[]];
      switch (kind) {
        case 'committed':
          head = built.head;
          seen = built.head;
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
      return (await stands()) ?? mine;
    if (theirs.seq > 0) seen = theirs;
    return theirs.seq === 0 ? mine : theirs;
  }

  /** The log's head, if what this process saw of it is there. @throws LedgerLost */
  async function stands(): Promise<AuditHead | null> {
    if (seen === null) {
      seen = await readHead();
      return seen as AuditHead | null;
    }
    const sight = seen;
    const standing = await gate.read(() => standingOf(redis, keys, sight, options.auditKeys));
    if (standing.kind === 'lost') throw lose(sight, standing.head);
    seen = standing.head;
    return standing.head;
  }

  function lose(sight: Sight, now: AuditHead | null): LedgerLost {
    if (lost) return lost;
    const ends =
      now === null ? 'nothing' : now.log === sight.log ? `record ${now.seq} (${now.hash})` : `log ${now.log}`;
    lost = new LedgerLost(
      `this bot knows of record ${sight.seq} (${sight.hash}) of log ${sight.log}, and Redis does not have it: it ends at ${ends}. Nothing more is written until \`audit accept-loss --reason … --seen ${sight.seq}:${sight.hash}\``,
    );
    options.onLost?.(lost);
    return lost;
  }

  function look(): Promise<AuditHead | null> {
    const mine = queue.then(async () => {
      if (!lost) {
        const found = await stands();
        if (found) head = found;
        return found;
      }
      const sight = seen as Sight;
      const standing = await gate.read(() => standingOf(redis, keys, sight, options.auditKeys));
      // That it is there again is for a person to judge, too: they start the bot anew.
      if (standing.kind !== 'accepted') throw lost;
      head = standing.head;
      seen = standing.head;
      lost = null;
      options.onResumed?.();
      return standing.head;
    });
    queue = mine.catch(() => undefined);
    return mine;
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
  async function settleUnknown(op: string): Promise<'recorded' | 'refused' | 'not-recorded'> {
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

  async function leave(arn: string, mark: string): Promise<void> {
    await gate.read(() => runLeave([keys.inForce], [arn, mark]));
  }

  return {
    load,
    commit,
    lost: () => lost,
    seen: () => seen,
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
    async limitsInForce(limit) {
      const marks = Object.entries(await gate.read(() => redis.hgetall(keys.inForce)));
      const found = await Promise.all(marks.slice(0, limit).map(([, mark]) => load(requestOf(mark))));
      // A request lives for 90 days after its end, and no execution runs that long: what is left of it goes.
      const gone = marks.filter((_, place) => place < found.length && found[place] === null);
      await Promise.all(gone.map(([arn, mark]) => leave(arn, mark)));
      return found.filter((stored) => stored !== null);
    },
    leave,
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
