/** More alarms than this would not help anybody. */
const MOST = 20;

/**
 * What this bot finds wrong with the log while it runs: with records that it shows, and with what Redis has beside them.
 * Nothing stops because of an alarm. The process log has it at once, the channel gets `untold`, readiness shows `all`.
 */
export function createAuditAlarms(onRaise: (why: string) => void = () => {}) {
  const raised = new Map<string, string>();
  let untold: { why: string; channel: string | null }[] = [];
  return {
    /**
     * @param about what the alarm is about: the same words about the same thing are not raised again
     * @param channel to be told too, besides those that get every alarm
     */
    raise(about: string, why: string, channel: string | null = null): void {
      if (raised.get(about) === why || (raised.size >= MOST && !raised.has(about))) return;
      raised.set(about, why);
      if (!untold.some((one) => one.why === why)) untold = [...untold, { why, channel }].slice(-MOST);
      onRaise(why);
    },
    /** It is no longer wrong. */
    clear(about: string): void {
      raised.delete(about);
    },
    /** What is wrong now. */
    all: (): readonly string[] => [...raised.values()],
    /** What the channel was not told yet, also where it is over. */
    untold: (): readonly string[] => untold.map(({ why }) => why),
    /** The channel to be told besides; null: none. */
    channelOf: (why: string): string | null => untold.find((one) => one.why === why)?.channel ?? null,
    told(why: string): void {
      untold = untold.filter((one) => one.why !== why);
    },
  };
}

export type AuditAlarms = ReturnType<typeof createAuditAlarms>;
