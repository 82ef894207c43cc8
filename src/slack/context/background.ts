/** For work that goes on after an interaction was answered. */
export interface Background {
  /** An orderly stop waits for the work; its fault is logged. */
  background(work: Promise<unknown>): void;
}
