import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditKey } from '../../audit/format/audit-chain.ts';
import type { AuditHead } from '../../domain/audit/audit-record.ts';
import { ClaimLost, NotRecorded } from '../../workflow/faults.ts';
import type { Clock } from '../../workflow/ports/clock.ts';
import type { Change, Committed } from '../../workflow/ports/commit.ts';
import type { Keys } from '../connection/keys.ts';
import { type Built, build, type ChangeCommit, commitOf, readRepeated } from './commit.ts';
import { type BatchAnswer, type BatchOf, batchCall, readAnswer } from './commit-batch.ts';
import type { LogHead } from './log-head.ts';
import { storedAfter } from './run-commit.ts';

/** How many commits share a round trip and an fsync. */
const MAX_AT_ONCE = 64;
/** How often one commit is made anew because another process wrote first. */
const MAX_TRIES = 100;
/** After so many lost races in a row this process asks to go first. */
const RACES_BEFORE_TURN = 3;
/** How long its turn lasts, unless a commit ends it. */
const TURN_MS = 500;
/** Another one's turn is mostly over long before it runs out. */
const TURN_LOOK_MS = 5;

interface Waiting {
  change: Change;
  tries: number;
  resolve: (committed: Committed) => void;
  reject: (fault: unknown) => void;
}

interface Made extends ChangeCommit {
  waiting: Waiting;
  built: Built;
}

export interface CommitQueueOptions {
  keys: Keys;
  clock: Clock;
  signer: AuditKey;
  /** The name of this process among all that write. */
  writer: string;
  head: LogHead;
  /** Runs `commit.lua`. @throws NotRecorded, OutcomeUnknown */
  run: (keys: string[], values: (string | Buffer)[]) => Promise<unknown>;
  /** Runs pieces of work that move the head one after the other. */
  inOrder: <T>(work: () => Promise<T>) => Promise<T>;
}

/**
 * The commits of one process, in their order. What has queued up goes to Redis as one batch: the commits share the round trip
 * and the fsync, and don't compete with each other for the head of the log.
 */
export function createCommitQueue({ keys, clock, signer, writer, head, run, inOrder }: CommitQueueOptions) {
  const batchKeys = { log: keys.audit, head: keys.head, stop: keys.missingPositions, turn: keys.turn };
  /** Of the keys that some commits don't write: none is recorded whose consequences could not be. */
  const types: BatchOf['types'] = [
    [keys.open, 'zset'],
    [keys.awsOutbox, 'stream'],
    [keys.slackOutbox, 'stream'],
    [keys.timers, 'zset'],
    [keys.inForce, 'hash'],
    [keys.changing, 'hash'],
    [keys.archivedUpTo, 'hash'],
  ];
  let queue: Waiting[] = [];
  let races = 0;
  let mostAtOnce = MAX_AT_ONCE;
  let isWriting = false;

  /** The change as a commit that follows `before`; null where it can't be one: then who waits for it is told why. */
  function make(waiting: Waiting, before: AuditHead): Made | null {
    try {
      const now = clock.now();
      const built = build(waiting.change, before, signer, now);
      return { waiting, built, ...commitOf(waiting.change, built, keys, now) };
    } catch (fault) {
      waiting.reject(fault);
      return null;
    }
  }

  function makeAll(waiting: readonly Waiting[], first: AuditHead): Made[] {
    const all: Made[] = [];
    for (const one of waiting) {
      const made = make(one, all.at(-1)?.built.head ?? first);
      if (made) all.push(made);
    }
    return all;
  }

  async function send(batch: readonly Made[], first: AuditHead): Promise<string[][]> {
    const of: BatchOf = {
      head: first,
      writer,
      turnMs: TURN_MS,
      takesTurn: races >= RACES_BEFORE_TURN,
      keys: batchKeys,
      types,
    };
    const commits = batch.map(({ commit }) => commit);
    return (await run(...batchCall(commits, of))) as string[][];
  }

  async function writeBatch(): Promise<void> {
    const first = await head.current();
    const batch = makeAll(queue.splice(0, mostAtOnce), first);
    if (batch.length === 0) return;
    const answers = await send(batch, first).catch((fault: unknown) => {
      for (const { waiting } of batch) waiting.reject(fault);
      return null;
    });
    if (answers) await settleAll(batch, answers);
  }

  /** Those after the first that was not made have no answer: they are made anew, on the head as it is then. */
  async function settleAll(batch: readonly Made[], answers: readonly string[][]): Promise<void> {
    queue = [...batch.slice(answers.length).map(({ waiting }) => waiting), ...queue];
    for (const [place, answer] of answers.entries()) {
      const made = batch[place] as Made;
      try {
        await settle(made, readAnswer(answer));
      } catch (fault) {
        made.waiting.reject(fault);
      }
    }
  }

  async function settle({ waiting, built, refusals }: Made, answer: BatchAnswer): Promise<void> {
    const { change, resolve } = waiting;
    switch (answer.kind) {
      case 'committed':
        races = 0;
        mostAtOnce = Math.min(mostAtOnce + 1, MAX_AT_ONCE);
        head.moveTo(built.head);
        return resolve(committed(change, built));
      case 'repeated':
        return resolve(readRepeated(answer.answer));
      case 'claim':
        throw new ClaimLost(`the claim for ${change.op} has gone to another worker`);
      case 'expected':
        return resolve((refusals[answer.place] as ChangeCommit['refusals'][number])(answer.found));
      case 'stopped':
        await head.observe();
        return again(waiting);
      case 'head':
        races += 1;
        // Lost in its turn: to a bot that knows no turns, an older version, which the time that a batch takes to make lets by.
        if (races > RACES_BEFORE_TURN + 1) mostAtOnce = 1;
        await head.follow(answer.head, answer.hashAtSeq);
        return again(waiting);
      case 'turn':
        await sleep(Math.min(answer.ms, TURN_LOOK_MS));
        queue.unshift(waiting);
    }
  }

  function committed(change: Change, { requests, records, run: after }: Built): Committed {
    const [{ state, prior }] = requests;
    const changedBy = state?.id ?? prior?.id ?? null;
    return { kind: 'committed', state, records, run: change.run ? storedAfter(change.run, after, changedBy) : null };
  }

  function again(waiting: Waiting): void {
    waiting.tries += 1;
    if (waiting.tries < MAX_TRIES) queue.unshift(waiting);
    else waiting.reject(new NotRecorded(`${waiting.change.op}: the log's head moved ${MAX_TRIES} times`));
  }

  async function writeAll(): Promise<void> {
    isWriting = true;
    while (queue.length > 0) {
      await inOrder(writeBatch).catch((fault: unknown) => {
        // It concerns the log or Redis, and so all that wait.
        for (const { reject } of queue.splice(0)) reject(fault);
      });
    }
    isWriting = false;
  }

  /** @throws NotRecorded, OutcomeUnknown, LedgerLost, ClaimLost */
  return (change: Change): Promise<Committed> =>
    new Promise((resolve, reject) => {
      queue.push({ change, tries: 0, resolve, reject });
      if (!isWriting) void writeAll();
    });
}
