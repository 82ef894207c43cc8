/** Whether the audit log is still the one that was written before. */
export interface LogState {
  /** Null: it is. */
  lost(): Error | null;
}
