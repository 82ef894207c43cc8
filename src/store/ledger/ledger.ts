import { randomUUID } from 'node:crypto';
import type { AuditKey } from '../../audit/format/audit-chain.ts';
import type { LogPosition } from '../../audit/format/log-position.ts';
import type { AuditHead } from '../../domain/audit/audit-record.ts';
import { requestOf } from '../../domain/run/limit-in-force.ts';
import { type LedgerLost, OutcomeUnknown, RequestUnreadable, type Settled } from '../../workflow/faults.ts';
import type { Clock } from '../../workflow/ports/clock.ts';
import type { Change, Committed } from '../../workflow/ports/commit.ts';
import type { Ledger, StoredRequest } from '../../workflow/ports/ledger.ts';
import type { ProvenRun } from '../../workflow/ports/proof.ts';
import type { StoredRun } from '../../workflow/ports/stored-run.ts';
import type { Connection } from '../connection/connection.ts';
import type { Keys } from '../connection/keys.ts';
import { createRedisOutcome } from '../connection/redis-outcome.ts';
import { loadScript } from '../connection/script.ts';
import { ABORTED, type Answer, OPERATION_SECONDS, readRepeated } from './commit.ts';
import { createCommitQueue } from './commit-queue.ts';
import { LINK_FIELDS, storedLink } from './link-commit.ts';
import { createRunLoader } from './load-run.ts';
import { type Continuity, createLogHead } from './log-head.ts';
import { inForceOf } from './run-commit.ts';
import { REQUEST_FIELDS, storedRequest } from './stored-request.ts';
import { createUnreadableRequests } from './unreadable-requests.ts';

const LOADED_AT_ONCE = 50;

export interface LedgerOptions {
  redis: Connection;
  keys: Keys;
  /** The first signs. */
  auditKeys: readonly AuditKey[];
  clock: Clock;
  /** An id for the log, if this process begins it. */
  newLogId: () => string;
  continuity: Continuity;
  lookUp: Ledger['lookUp'];
  /** Whether the audit log bears stored states out. */
  state: StoredProof;
  /** Called once for each stored request that can't be read. */
  onUnreadable?: (fault: RequestUnreadable) => void;
}

/** Compares what is stored with the audit log, at the end of the log. */
export interface StoredProof extends Pick<Ledger, 'prove'> {
  /** `moved`: bots of older versions may have written records that are not folded into what is stored. */
  proveStoredRun(execution: string): Promise<ProvenRun>;
  /** The same of a run with all its records. */
  proveLoadedRun(loaded: StoredRun): Promise<ProvenRun>;
  proof: ProofStatus;
}

/** What is known of the stored states as a whole. */
interface ProofStatus {
  /** Follows the log, and compares all that is open by it with what is stored. @throws NotRead */
  check(): Promise<void>;
  /** The stored requests that the log contradicts, each with the reason. */
  wrong(): readonly string[];
  /** The log is not read to its end yet: until then nothing is proven. */
  isReading(): boolean;
}

export interface RedisLedger extends Ledger {
  proof: ProofStatus;
  /** Why this process no longer writes; null while it does. */
  lost(): LedgerLost | null;
  /** Ids of the stored requests that can't be read, as far as they were loaded. */
  unreadable(): readonly string[];
  /** How many requests have not ended. */
  countOpenRequests(): Promise<number>;
  /** What became of an operation. Where nothing was recorded, it is aborted. Repeats until Redis answers. */
  settle(op: string): Promise<Settled>;
  /** The newest record that this process knows of. */
  position(): LogPosition | null;
  /**
   * Checks, without writing, that the log still has what this process observed, and what other bots found missing. A loss
   * that a person accepted meanwhile ends the lost state. Returns the head; null where there is none.
   * @throws LedgerLost
   */
  recheck(): Promise<AuditHead | null>;
}

/** The ledger in Redis. One per process: its commits are queued, so that they don't starve each other. */
export function createLedger(options: LedgerOptions): RedisLedger {
  const { redis, keys, clock, continuity } = options;
  const [signer] = options.auditKeys;
  if (!signer) throw new Error('a ledger needs an audit key');
  const outcome = createRedisOutcome(redis);
  const runCommit = loadScript(redis, 'commit');
  const runDropField = loadScript(redis, 'drop-field');
  const head = createLogHead(continuity, options.newLogId);
  const loadRun = createRunLoader(redis, keys, outcome, options.lookUp);
  const unreadable = createUnreadableRequests(options.onUnreadable ?? (() => undefined));
  const commits = createCommitQueue({
    keys,
    clock,
    signer,
    writer: randomUUID(),
    head,
    run: (names, values) => outcome.write('a batch of commits', () => runCommit(names, values)),
  });

  async function readHead(): Promise<AuditHead | null> {
    const [log, seq, hash, at] = await outcome.read(() => redis.hmget(keys.head, 'log', 'seq', 'hash', 'at'));
    return log && seq && hash && at ? { log, seq: Number(seq), hash, at } : null;
  }

  function recheck(): Promise<AuditHead | null> {
    return commits.exclusively(head.recheck);
  }

  /** Before it is said that the log is being read: it may be lost, which is said instead. */
  async function unlessLost<P extends { kind: string }>(proving: Promise<P>): Promise<P> {
    const proof = await proving;
    if (proof.kind === 'waiting') await recheck();
    return proof;
  }

  function commit(change: Change): Promise<Committed> {
    return commits.commit(change).catch((fault: unknown) => {
      if (!(fault instanceof OutcomeUnknown)) throw fault;
      const settled = settleUnknown(change.op);
      // Who waits for the outcome gets this fault; a worker doesn't wait, and tries again.
      settled.catch(() => undefined);
      throw new OutcomeUnknown(change.op, settled, fault);
    });
  }

  /**
   * What became of a write that Redis did not answer. Where it left no answer, the operation is aborted, so that it can't come
   * late either.
   */
  async function settleUnknown(op: string): Promise<Settled> {
    const answer = await outcome.retryUntilAnswered(() =>
      redis.set(keys.operation(op), ABORTED, 'EX', OPERATION_SECONDS, 'NX', 'GET'),
    );
    const left = answer === null ? null : (JSON.parse(answer) as Answer);
    if (left === null || left.void) return 'not-recorded';
    return left.event === 'refused' || left.event === 'decision.refused' ? 'refused' : 'recorded';
  }

  function load(id: string): Promise<StoredRequest | null> {
    return noting(id, async () => {
      const stored = storedRequest(id, await outcome.read(() => redis.hmget(keys.request(id), ...REQUEST_FIELDS)));
      if (stored instanceof RequestUnreadable) throw stored;
      return stored;
    });
  }

  /** Whether what is stored of a request can be read. */
  async function noting<T>(id: string, read: () => Promise<T>): Promise<T> {
    try {
      const found = await read();
      unreadable.clear(id);
      return found;
    } catch (fault) {
      if (fault instanceof RequestUnreadable) unreadable.note(fault);
      throw fault;
    }
  }

  /** Nothing has to be looked up where what is stored has all that concerns the limit, as is usual. */
  async function proveRun(execution: string): Promise<ProvenRun> {
    const proof = await options.state.proveStoredRun(execution);
    return proof.kind === 'moved' ? options.state.proveLoadedRun(await loadRun(execution)) : proof;
  }

  /** One that can't be read must not hide the others. */
  function loadOrSay(id: string): Promise<StoredRequest | 'absent' | 'unreadable'> {
    return load(id).then(
      (stored) => stored ?? 'absent',
      (fault: unknown) => {
        if (fault instanceof RequestUnreadable) return 'unreadable';
        throw fault;
      },
    );
  }

  /** A few at a time, so that acknowledgements need not wait behind a long list. */
  async function loadAll(ids: readonly string[]) {
    const found: Awaited<ReturnType<typeof loadOrSay>>[] = [];
    for (let from = 0; from < ids.length; from += LOADED_AT_ONCE) {
      found.push(...(await Promise.all(ids.slice(from, from + LOADED_AT_ONCE).map(loadOrSay))));
    }
    return found;
  }

  async function releaseExecution(arn: string, version: string): Promise<void> {
    await outcome.read(() => runDropField([keys.inForce], [arn, version]));
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
      const answer = await outcome.read(() => redis.get(keys.operation(op)));
      return answer === null ? null : readRepeated(answer);
    },
    lookUp: options.lookUp,
    run: loadRun,
    proof: options.state.proof,
    prove: (id) => unlessLost(noting(id, () => options.state.prove(id))),
    proveRun: (execution) => unlessLost(proveRun(execution)),
    link: async (name) => storedLink(name, await outcome.read(() => redis.hmget(keys.link(name), ...LINK_FIELDS))),
    openRequestOf: (arn) => outcome.read(() => redis.get(keys.openExecution(arn))),
    async inForceOf(arn) {
      const version = await outcome.read(() => redis.hget(keys.inForce, arn));
      return version === null ? null : inForceOf(version);
    },
    async limitsInForce() {
      const inForce = Object.entries(await outcome.read(() => redis.hgetall(keys.inForce)));
      const found = await loadAll(inForce.map(([, version]) => requestOf(version)));
      // A request is kept for 90 days after its end, which is longer than any execution runs.
      const expired = inForce.filter((_, place) => found[place] === 'absent');
      await Promise.all(expired.map(([arn, version]) => releaseExecution(arn, version)));
      return found.filter((stored) => typeof stored === 'object');
    },
    releaseExecution,
    unreadable: unreadable.all,
    countOpenRequests: () => outcome.read(() => redis.zcard(keys.open)),
    async openRequests() {
      const found = await loadAll(await outcome.read(() => redis.zrange(keys.open, '0', '-1')));
      return found.filter((stored) => typeof stored === 'object');
    },
  };
}
