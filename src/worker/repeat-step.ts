import type { Log } from '../logging/logger.ts';
import { sleepUntilAborted } from '../timing/sleep-until-aborted.ts';

/** How long a step rests after a fault. */
export const REST_MS = 250;

/** Runs a step over and over until it is stopped. After a fault (Redis is away) it rests and goes on. */
export async function repeatStep(
  name: string,
  step: () => Promise<void>,
  {
    signal,
    log,
    onTurn,
    afterFault = async () => {},
  }: { signal: AbortSignal; log: Log; onTurn: () => void; afterFault?: () => Promise<void> },
): Promise<void> {
  while (!signal.aborted) {
    try {
      await step();
      onTurn();
    } catch (err) {
      if (signal.aborted) return;
      log.warn({ err, step: name }, 'worker step failed');
      await sleepUntilAborted(REST_MS, signal);
      await afterFault();
    }
  }
}
