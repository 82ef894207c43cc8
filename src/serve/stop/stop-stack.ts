/** Something that was started and has to be stopped. */
export interface Part {
  stop(): unknown;
}

/**
 * Stops the parts of the bot in the reverse order of their start, one after the other. A part that fails to stop does not
 * keep the others from stopping. (`AsyncDisposableStack` does the same, from Node 24 on.)
 */
export function createStopStack() {
  const parts: Part[] = [];
  let stopping: Promise<void> | null = null;

  async function stopAll(): Promise<void> {
    const faults: unknown[] = [];
    for (const part of parts.toReversed()) {
      try {
        await part.stop();
      } catch (fault) {
        faults.push(fault);
      }
    }
    if (faults.length === 1) throw faults[0];
    if (faults.length > 1) throw new AggregateError(faults, `${faults.length} parts of the bot failed to stop`);
  }

  return {
    /** Adds a part, which will stop before all those added until now. @throws where the stop has begun */
    add<P extends Part>(part: P): P {
      if (stopping !== null) throw new Error('a part was started after the stop had begun');
      parts.push(part);
      return part;
    },
    /** @throws the fault of the one part that failed to stop, or an AggregateError of several; all have been stopped by then */
    stop: (): Promise<void> => {
      stopping ??= stopAll();
      return stopping;
    },
  };
}

export type StopStack = ReturnType<typeof createStopStack>;
