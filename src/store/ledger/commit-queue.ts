import { setImmediate as nextTick, setTimeout as sleep } from 'node:timers/promises';
import { type AuditKey, createSealer } from '../../audit/format/audit-chain.ts';
import type { AuditHead } from '../../domain/audit/audit-record.ts';
import { NotRecorded } from '../../workflow/faults.ts';
import type { Change, Committed } from '../../workflow/ports/commit.ts';
import { OPERATION_SECONDS } from './commit.ts';
import { batchCall, batchKeysOf, readAnswer } from './commit-batch.ts';
import type { LogHead } from './log-head.ts';
import {
  type CommitMaker,
  type MadeCommit,
  makeCommits,
  mayTryAgain,
  settle,
  type Unsettled,
  type Waiting,
} from './made-commit.ts';

/** How many commits share a round trip and an fsync. */
const MAX_AT_ONCE = 64;
/** While Redis writes one batch, the next one is made and sent. */
const MAX_UNANSWERED = 2;
/** Fewer than these share one fsync rather than that Redis has a batch at any time. */
const MIN_SPLIT = 16;
/** Who lost the race for the head has a turn, which lasts so long, unless a batch ends it. */
const TURN_MS = 500;
/** Another one's turn is mostly over long before it runs out. */
const TURN_LOOK_MS = 3;
/** After another process wrote or had the turn, so many batches go one by one, each on the head as it is just before. */
const CAREFUL_BATCHES = 8;
/** After so many lost races in a row one commit goes at a time. */
const RACES_BEFORE_SINGLE = 2;

/** A batch that Redis has not answered. */
interface Batch {
  commits: readonly MadeCommit[];
  /** Null where there is none: then all who wait were told so. */
  answers: Promise<string[][] | null>;
}

export interface CommitQueueOptions extends Omit<CommitMaker, 'seal'> {
  signer: AuditKey;
  /** The name of this process among all that write. */
  writer: string;
  head: LogHead;
  /** Runs `commit.lua`. @throws NotRecorded, OutcomeUnknown */
  run: (keys: string[], values: (string | Buffer)[]) => Promise<unknown>;
}

export interface CommitQueue {
  /** @throws NotRecorded, OutcomeUnknown, LedgerLost, ClaimLost */
  commit(change: Change): Promise<Committed>;
  /** Runs what reads or moves the head, while no batch is unanswered. */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
}

/**
 * The commits of one process, in their order. What has queued up goes to Redis as one batch: the commits share the round trip
 * and the fsync, and don't compete with each other for the head of the log. A second batch is sent before the first is
 * answered. It builds on the head that the first one should leave. If that leaves another head, the script makes nothing of
 * the second, and what is left of both is made anew in its order.
 */
export function createCommitQueue(options: CommitQueueOptions): CommitQueue {
  const { keys, clock, writer, head, run } = options;
  const maker: CommitMaker = { keys, clock, seal: createSealer(options.signer) };
  const common = { writer, turnMs: TURN_MS, seconds: OPERATION_SECONDS, ...batchKeysOf(keys) };
  let queue: Waiting[] = [];
  const exclusive: (() => Promise<void>)[] = [];
  const unanswered: Batch[] = [];
  /** The head that the next batch builds on; null while none may be sent. */
  let base: AuditHead | null = null;
  let races = 0;
  /** How many batches go with care, since another process writes too. */
  let careful = 0;
  let mostAtOnce = MAX_AT_ONCE;
  let isWorking = false;
  let isSendingSoon = false;

  function runBatch(commits: readonly MadeCommit[], first: AuditHead, takesTurn: boolean): Promise<unknown> {
    const parts = commits.map(({ commit }) => commit);
    return run(...batchCall(parts, { ...common, head: first, takesTurn }));
  }

  async function send(commits: readonly MadeCommit[], first: AuditHead): Promise<string[][] | null> {
    try {
      return (await runBatch(commits, first, unanswered.length === 0)) as string[][];
    } catch (fault) {
      for (const { waiting } of commits) waiting.reject(fault);
      return null;
    }
  }

  /** How many commits go now. Each batch takes half of those that are not made, so that Redis is never without one. */
  function nextSize(): number {
    const [before] = unanswered;
    if (careful > 0) return before ? 0 : Math.min(queue.length, mostAtOnce);
    if (!before) return Math.min(queue.length < MIN_SPLIT ? queue.length : Math.ceil(queue.length / 2), mostAtOnce);
    // Only by its last record can the next batch tell whether all of this one was made.
    const endsWithRecord = before.commits.at(-1)?.built.records.length !== 0;
    if (unanswered.length === MAX_UNANSWERED || !endsWithRecord) return 0;
    const size = Math.max(1, Math.floor((queue.length + before.commits.length) / 2));
    return queue.length < size ? 0 : Math.min(size, mostAtOnce);
  }

  function sendWaiting(): void {
    while (base && exclusive.length === 0) {
      const size = nextSize();
      if (size === 0) return;
      const commits = makeCommits(queue.splice(0, size), base, maker);
      const last = commits.at(-1);
      if (!last) continue;
      unanswered.push({ commits, answers: send(commits, base) });
      base = last.built.head;
    }
  }

  /** Those who begin in the same moment share a batch. */
  function sendSoon(): void {
    if (isSendingSoon) return;
    isSendingSoon = true;
    setImmediate(() => {
      isSendingSoon = false;
      sendWaiting();
    });
  }

  /**
   * Sends batches until one is not made as a whole, or somebody waits to be alone. Then none is unanswered, and what is left
   * is queued in its order.
   * @returns why the first of the queue was not made, if something has to be done about it
   */
  async function writeBatches(): Promise<Unsettled | null> {
    base = await head.current();
    const left: Waiting[] = [];
    let cause: Unsettled | null = null;
    for (;;) {
      // Those who were answered just now may go on with the next batch.
      await nextTick();
      sendWaiting();
      const [oldest] = unanswered;
      if (!oldest) break;
      const answers = await oldest.answers;
      unanswered.shift();
      const outcome = answers ? settleAll(oldest.commits, answers, left) : 'not-made';
      if (outcome === 'made') {
        if (careful > 0 && unanswered.length === 0) break;
        continue;
      }
      // The batch that was sent meanwhile builds on a head that never came to be: what it is answered says nothing new.
      if (base && typeof outcome === 'object') cause = outcome;
      base = null;
    }
    base = null;
    queue = [...left, ...queue];
    return cause;
  }

  /** The outcome of the last one that has an answer: there is none for those behind the first that was not made. */
  function settleAll(commits: readonly MadeCommit[], answers: readonly string[][], left: Waiting[]) {
    let outcome: ReturnType<typeof settle> = 'not-made';
    for (const [place, answer] of answers.entries()) {
      const commit = commits[place] as MadeCommit;
      outcome = settle(commit, answer);
      if (outcome !== 'made') break;
      head.moveTo(commit.built.head);
      races = 0;
      mostAtOnce = Math.min(mostAtOnce + 1, MAX_AT_ONCE);
    }
    const settled = typeof outcome === 'object' ? answers.length - 1 : answers.length;
    left.push(...commits.slice(settled).map(({ waiting }) => waiting));
    return outcome;
  }

  /**
   * Whether another one still has the turn. If not, goes on from the head that it left, so that no batch is made in vain.
   * @throws LedgerLost, NotRead, NotRecorded
   */
  async function lookForTurn(): Promise<Unsettled | null> {
    const [answer] = (await runBatch([], await head.current(), false).catch((cause: unknown) => {
      throw new NotRecorded('Redis does not say whose turn it is', { cause });
    })) as string[][];
    if (!answer) {
      careful -= 1;
      return null;
    }
    const found = readAnswer(answer);
    if (found.kind === 'turn' || found.kind === 'stopped') return found;
    if (found.kind === 'head') await head.follow(found.head, found.hashAtSeq);
    return null;
  }

  /** @throws LedgerLost, NotRead */
  async function seeTo(cause: Unsettled): Promise<void> {
    if (cause.kind !== 'stopped') careful = CAREFUL_BATCHES;
    if (cause.kind === 'turn') return sleep(Math.min(cause.ms, TURN_LOOK_MS));
    const [first] = queue;
    if (first && !mayTryAgain(first)) queue.shift();
    if (cause.kind === 'stopped') return head.observe();
    races += 1;
    // Lost in its turn: to a bot that knows no turns, an older version, which the time that a batch takes to make lets by.
    if (races > RACES_BEFORE_SINGLE) mostAtOnce = 1;
    return head.follow(cause.head, cause.hashAtSeq);
  }

  async function work(): Promise<void> {
    isWorking = true;
    while (queue.length > 0 || exclusive.length > 0) {
      for (const job of exclusive.splice(0)) await job();
      try {
        const cause = (careful > 0 ? await lookForTurn() : null) ?? (await writeBatches());
        if (cause) await seeTo(cause);
      } catch (fault) {
        // It concerns the log or Redis, and so all that wait.
        for (const { reject } of queue.splice(0)) reject(fault);
      }
    }
    isWorking = false;
  }

  function goOn(): void {
    if (isWorking) sendSoon();
    else void work();
  }

  return {
    commit: (change) =>
      new Promise((resolve, reject) => {
        queue.push({ change, tries: 0, resolve, reject });
        goOn();
      }),
    exclusively: (job) =>
      new Promise((resolve, reject) => {
        exclusive.push(() => job().then(resolve, reject));
        goOn();
      }),
  };
}
