/**
 * What running a piece of work came to. `later`: not finished, or not known yet; to be run again after that many
 * seconds.
 */
export type WorkOutcome = { kind: 'done' } | { kind: 'later'; seconds: number; why: string };

export const DONE: WorkOutcome = { kind: 'done' };

export function later(seconds: number, why: string): WorkOutcome {
  return { kind: 'later', seconds, why };
}
