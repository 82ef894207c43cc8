import type { Write } from '../../store/ledger/commit-batch.ts';

/** What Redis stores besides the log, in the order in which it is written. */
export const PARTS = ['requests', 'open requests', 'limits', 'limits in force', 'changes', 'timers'] as const;

/** Something that is stored otherwise than the log says, and what puts it right. */
export interface Difference {
  part: (typeof PARTS)[number];
  /** The request or the execution that it is about, or the key. */
  of: string;
  /** `extra`: the log says nothing of it. */
  how: 'missing' | 'different' | 'extra';
  /** A key to delete before anything is written. */
  drop?: string;
  write: readonly Write[];
}
