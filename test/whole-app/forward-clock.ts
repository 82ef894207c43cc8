/** A clock for the bot, and for AWS, that a test puts forward instead of waiting. */
export function forwardClock() {
  let aheadMs = 0;
  return {
    clock: { now: () => new Date(Date.now() + aheadMs) },
    pass(seconds: number): void {
      aheadMs += seconds * 1000;
    },
  };
}
