import type { LinkState } from '../../../domain/link/link-state.ts';

/** A link as it was loaded: the fold of its audit records. */
export interface StoredLink {
  link: string;
  /** Null: nothing is on record. */
  state: LinkState | null;
  /** Null: nothing is stored. */
  storedVersion: string | null;
}
