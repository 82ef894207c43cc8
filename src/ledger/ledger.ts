import { randomUUID } from 'node:crypto';
import type { AuditHead } from '../domain/audit-record.ts';
import { requestOf } from '../domain/in-force.ts';
import type { ThrottleRequest } from '../domain/throttle-request.ts';
import { type LedgerLost, OutcomeUnknown, type Settled } from '../workflow/faults.ts';
import type { Change, Clock, Committed, Ledger, StoredRequest } from '../workflow/ports.ts';
import { type AuditAlarms, createAuditAlarms } from './audit-alarms.ts';
import type { Sight } from './audit-loss.ts';
import { createAuditSearch } from './audit-search.ts';
import { createSights, type SightsOptions } from './audit-sights.ts';
import { type Answer, OPERATION_SECONDS, readRepeated } from './commit.ts';
import { createCommitQueue } from './commit-queue.ts';
import { createGate } from './gate.ts';
import { createLogHead } from './log-head.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { loadScript } from './script.ts';

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
  const head = createLogHead(sights, options.newLogId);
  const inOrder = oneAtATime();
  const write = createCommitQueue({
    keys,
    clock,
    signer,
    writer: randomUUID(),
    head,
    inOrder,
    run: (names, values) => gate.write('a batch of commits', () => runCommit(names, values)),
  });

  async function readHead(): Promise<AuditHead | null> {
    const [log, seq, hash, at] = await gate.read(() => redis.hmget(keys.head, 'log', 'seq', 'hash', 'at'));
    return log && seq && hash && at ? { log, seq: Number(seq), hash, at } : null;
  }

  function look(): Promise<AuditHead | null> {
    return inOrder(head.look);
  }

  function commit(change: Change): Promise<Committed> {
    return write(change).catch((fault: unknown) => {
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
    lost: sights.lost,
    settle: settleUnknown,
    seen: sights.seen,
    look,
    head: readHead,
    async done(op) {
      const answer = await gate.read(() => redis.get(keys.operation(op)));
      return answer === null ? null : readRepeated(answer);
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

function toStored([state, seq, hash]: (string | null)[]): StoredRequest | null {
  if (!state || !seq || !hash) return null;
  return { request: JSON.parse(state) as ThrottleRequest, record: { seq: Number(seq), hash } };
}
