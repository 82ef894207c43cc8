/** What comes on top is no more news to whoever is told. */
const MOST = 20;

/**
 * What this bot finds wrong while it looks at the log: with records that it shows, and with what lies in Redis beside them.
 * Nothing stops for it. The process log says it at once, the channel by `untold`, readiness by `all`.
 */
export function createAuditAlarms(onRaise: (why: string) => void = () => {}) {
  const raised = new Map<string, string>();
  let untold: string[] = [];
  return {
    /** @param about what it is raised about: again with the same words, it is no news */
    raise(about: string, why: string): void {
      if (raised.get(about) === why || (raised.size >= MOST && !raised.has(about))) return;
      raised.set(about, why);
      if (!untold.includes(why)) untold = [...untold, why].slice(-MOST);
      onRaise(why);
    },
    /** It is as it should be again. */
    clear(about: string): void {
      raised.delete(about);
    },
    /** What is wrong now. */
    all: (): readonly string[] => [...raised.values()],
    /** What the channel does not know of yet, be it over or not. */
    untold: (): readonly string[] => untold,
    told(why: string): void {
      untold = untold.filter((one) => one !== why);
    },
  };
}

export type AuditAlarms = ReturnType<typeof createAuditAlarms>;
