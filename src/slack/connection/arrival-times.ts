/** How often it is looked whether the event loop is on time, and from when on it counts as late. */
const TICK_MS = 20;
const LATE_MS = 10;

export interface Arrivals {
  /**
   * When what is seen now may have arrived, by `performance.now()`: now, or, where the event loop was busy until now, when that
   * began. Nothing tells when within that time it came, so it is told as the longest that it may have waited.
   */
  arrivedAt(): number;
  stop(): void;
}

/** What arrives while the event loop is busy is seen late: a time that is taken when it is seen would hide the wait. */
export function trackArrivals(now: () => number = () => performance.now()): Arrivals {
  let due = now() + TICK_MS;
  /** Since when it was busy, as long as that goes on to be worked off. */
  let busySince: number | null = null;
  const timer = setInterval(() => {
    const at = now();
    if (at - due > LATE_MS) {
      busySince ??= due;
      // Timers run before what has arrived is taken in; connections are taken in a turn before what was sent on them.
      setImmediate(() => setImmediate(() => (busySince = null)));
    }
    due = at + TICK_MS;
  }, TICK_MS);
  timer.unref();
  return {
    arrivedAt() {
      const at = now();
      return busySince ?? (at - due > LATE_MS ? due : at);
    },
    stop: () => clearInterval(timer),
  };
}
