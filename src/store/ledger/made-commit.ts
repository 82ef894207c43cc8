import type { Sealed } from '../../audit/format/audit-chain.ts';
import type { AuditHead } from '../../domain/audit/audit-record.ts';
import { ClaimLost, NotRecorded } from '../../workflow/faults.ts';
import type { Clock } from '../../workflow/ports/clock.ts';
import type { Change, Committed } from '../../workflow/ports/commit.ts';
import type { Keys } from '../connection/keys.ts';
import { type Built, build, type ChangeCommit, commitOf, readRepeated } from './commit.ts';
import { type BatchAnswer, readAnswer } from './commit-batch.ts';
import { storedAfter } from './run-commit.ts';

/** How often one commit is made anew because another process wrote first. */
const MAX_TRIES = 100;

/** A change that somebody waits for. */
export interface Waiting {
  change: Change;
  tries: number;
  resolve: (committed: Committed) => void;
  reject: (fault: unknown) => void;
}

/** It as a commit that builds on one head. */
export interface MadeCommit extends ChangeCommit {
  waiting: Waiting;
  built: Built;
}

/** The answers that leave a commit to be made anew. */
export type Unsettled = Extract<BatchAnswer, { kind: 'stopped' | 'turn' | 'head' }>;

export interface CommitMaker {
  keys: Keys;
  clock: Clock;
  seal: (bytes: string) => Sealed;
}

/** Each builds on the one before. Where a change can't be a commit, its caller is told why, and it is left out. */
export function makeCommits(
  all: readonly Waiting[],
  first: AuditHead,
  { keys, clock, seal }: CommitMaker,
): MadeCommit[] {
  const made: MadeCommit[] = [];
  for (const waiting of all) {
    try {
      const now = clock.now();
      const built = build(waiting.change, made.at(-1)?.built.head ?? first, seal, now);
      made.push({ waiting, built, ...commitOf(waiting.change, built, keys, now) });
    } catch (fault) {
      waiting.reject(fault);
    }
  }
  return made;
}

/** Tells the caller what became of its commit, or returns why that is not settled. 'made': the head is that of the commit. */
export function settle(
  { waiting, built, refusals }: MadeCommit,
  text: readonly string[],
): 'made' | 'not-made' | Unsettled {
  try {
    const answer = readAnswer(text);
    switch (answer.kind) {
      case 'committed':
        waiting.resolve(committed(waiting.change, built));
        return 'made';
      case 'repeated':
        waiting.resolve(readRepeated(answer.answer));
        return 'not-made';
      case 'expected':
        waiting.resolve((refusals[answer.place] as ChangeCommit['refusals'][number])(answer.found));
        return 'not-made';
      case 'claim':
        throw new ClaimLost(`the claim for ${waiting.change.op} has gone to another worker`);
      default:
        return answer;
    }
  } catch (fault) {
    waiting.reject(fault);
    return 'not-made';
  }
}

function committed(change: Change, { requests, records, run: after, head }: Built): Committed {
  const [{ state, prior }] = requests;
  const changedBy = state?.id ?? prior?.id ?? null;
  return {
    kind: 'committed',
    state,
    records,
    run: change.run ? storedAfter(change.run, after, { lastSeq: head.seq, changedBy }) : null,
  };
}

/** Counts a try. @returns whether it may have another one; if not, its caller is told so */
export function mayTryAgain(waiting: Waiting): boolean {
  waiting.tries += 1;
  if (waiting.tries < MAX_TRIES) return true;
  waiting.reject(new NotRecorded(`${waiting.change.op}: the log's head moved ${MAX_TRIES} times`));
  return false;
}
