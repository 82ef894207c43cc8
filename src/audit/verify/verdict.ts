/** Something that is wrong, as the words that tell of it. `seq`: the first bad record; null where it belongs to none. */
export interface Fault {
  seq: number | null;
  why: string;
}

export interface Verdict {
  verdict: 'ok' | 'fault' | 'unknown';
  /** The first bad record; null where there is no fault, or none that belongs to a record. */
  seq: number | null;
  why: string;
}
