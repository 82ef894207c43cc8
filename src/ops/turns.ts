export type Worker = 'take' | 'abandoned' | 'timers' | 'audit' | 'policy';

/** When each of the bot's endless loops came round last. Time that passes while the process is stopped counts as well. */
export function createTurns(now: () => number = () => performance.now()) {
  const kept = new Map<Worker, { at: number; limitMs: number }>();
  return {
    /** It has begun, and comes round within `limitMs` where nothing is wrong. */
    expect(worker: Worker, limitMs: number): void {
      kept.set(worker, { at: now(), limitMs });
    },
    turned(worker: Worker): void {
      const turn = kept.get(worker);
      if (turn) turn.at = now();
    },
    /** Those that have not come round for longer than they may. */
    late(): { worker: Worker; ms: number }[] {
      return [...kept]
        .map(([worker, { at, limitMs }]) => ({ worker, ms: now() - at, limitMs }))
        .filter(({ ms, limitMs }) => ms > limitMs)
        .map(({ worker, ms }) => ({ worker, ms }));
    },
  };
}

export type Turns = ReturnType<typeof createTurns>;
