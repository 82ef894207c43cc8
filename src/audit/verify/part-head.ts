import type { LineSignature } from '../format/checkpoint-format.ts';

/** What a head says of the records of its part. */
interface HeadClaim {
  log: string | null;
  first: number | null;
  last: number | null;
  hash: string | null;
  /** Null: the head does not say. */
  count: number | null;
  /** Where an earlier part was archived: the first record follows this one. Its hash null: as the first record says. */
  archivedUpTo?: { seq: number; hash: string | null } | null;
}

/** The head of a part of the log: the first line of an export, or the head in Redis. */
export interface PartHead {
  /** How messages name it, with its article: `the export's head`. */
  name: string;
  /** Null: it is missing or can't be read. */
  claim: HeadClaim | null;
  /** What that means, as a sentence; if not given, only that it is missing. */
  absence?: string;
  /** Of the claim; null where such a head is never signed. */
  signature: LineSignature | null;
}
