/** More alarms than this would not help anybody. */
const MOST = 20;

/**
 * What this bot finds wrong with the log while it runs: with records that it shows, and with what Redis has beside them.
 * Nothing stops because of an alarm. The process log has it at once, the channel gets `untold`, readiness shows `all`.
 */
export function createAuditAlarms(onRaise: (why: string) => void = () => {}) {
  const raised = new Map<string, string>();
  let untold: string[] = [];
  return {
    /** @param about what the alarm is about: the same words about the same thing are not raised again */
    raise(about: string, why: string): void {
      if (raised.get(about) === why || (raised.size >= MOST && !raised.has(about))) return;
      raised.set(about, why);
      if (!untold.includes(why)) untold = [...untold, why].slice(-MOST);
      onRaise(why);
    },
    /** It is no longer wrong. */
    clear(about: string): void {
      raised.delete(about);
    },
    /** What is wrong now. */
    all: (): readonly string[] => [...raised.values()],
    /** What the channel was not told yet, also where it is over. */
    untold: (): readonly string[] => untold,
    told(why: string): void {
      untold = untold.filter((one) => one !== why);
    },
  };
}

export type AuditAlarms = ReturnType<typeof createAuditAlarms>;
