/** The bot's endless loops. */
export type LoopName = `${'take' | 'abandoned'}-${'aws' | 'slack'}` | 'timers' | 'audit' | 'policy';

/** When each of the bot's endless loops last completed a round. Time during which the process was suspended counts too. */
export function createHeartbeats(now: () => number = () => performance.now()) {
  const kept = new Map<LoopName, { at: number; limitMs: number }>();
  return {
    /** The loop has started. While all is well, each of its rounds takes less than `limitMs`. */
    expect(loop: LoopName, limitMs: number): void {
      kept.set(loop, { at: now(), limitMs });
    },
    /** The loop has completed a round. One that is not expected is ignored. */
    beat(loop: LoopName): void {
      const heartbeat = kept.get(loop);
      if (heartbeat) heartbeat.at = now();
    },
    /** The loops whose last heartbeat is older than their limit, with its age. */
    overdue(): { loop: LoopName; ms: number }[] {
      return [...kept]
        .map(([loop, { at, limitMs }]) => ({ loop, ms: now() - at, limitMs }))
        .filter(({ ms, limitMs }) => ms > limitMs)
        .map(({ loop, ms }) => ({ loop, ms }));
    },
  };
}

export type Heartbeats = ReturnType<typeof createHeartbeats>;
