import type { Log } from '../logging/logger.ts';
import { sleepUntilAborted } from '../timing/sleep-until-aborted.ts';
import type { Timers } from '../workflow/ports/outbox.ts';
import { repeatStep } from './repeat-step.ts';

const EVERY_MS = 250;

/** Moves what is due to its stream, four times a second until it is stopped. */
export function startPump({
  timers,
  log,
  onTurn = () => {},
}: {
  timers: Pick<Timers, 'releaseDue'>;
  log: Log;
  onTurn?: () => void;
}) {
  const stopping = new AbortController();
  const { signal } = stopping;
  let isTurning = () => {};
  const first = new Promise<void>((resolve) => {
    isTurning = resolve;
  });
  async function step(): Promise<void> {
    await timers.releaseDue();
    isTurning();
    await sleepUntilAborted(EVERY_MS, signal);
  }
  const running = repeatStep('timers', step, { signal, log, onTurn });
  return {
    /** Resolves after the first round. */
    first,
    async stop(): Promise<void> {
      stopping.abort();
      await running;
    },
  };
}
