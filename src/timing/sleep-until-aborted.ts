import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits `ms` milliseconds, or until the signal is aborted: whoever stops a loop need not wait for its pause. The abort is
 * not an error here; ask the signal whether to go on.
 * @param ref false: the pause alone does not keep the process alive
 */
export async function sleepUntilAborted(ms: number, signal: AbortSignal, { ref = true } = {}): Promise<void> {
  await sleep(ms, undefined, { signal, ref }).catch((fault: unknown) => {
    if (!signal.aborted) throw fault;
  });
}
