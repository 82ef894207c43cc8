/** How often the event loop's delay is checked, and the delay that counts as busy. */
const TICK_MS = 20;
const LATE_MS = 10;

export interface Arrivals {
  /**
   * The earliest time at which a request that is read now may have arrived, by `performance.now()`: now, or, if the
   * event loop was busy until now, when that began. The exact time within that period is unknown, so the longest
   * possible wait is assumed.
   */
  arrivedAt(): number;
  stop(): void;
}

/**
 * Requests that arrive while the event loop is busy are read late. A timestamp taken at that moment would hide the
 * wait.
 */
export function trackArrivals(now: () => number = () => performance.now()): Arrivals {
  let due = now() + TICK_MS;
  /** Since when the loop has been busy, kept until the backlog is worked off. */
  let busySince: number | null = null;
  const timer = setInterval(() => {
    const at = now();
    if (at - due > LATE_MS) {
      busySince ??= due;
      // Timers run before new input is read, and connections are accepted one turn before their data is read.
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
