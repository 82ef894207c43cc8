import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigurationError } from '../config/configuration-error.ts';
import { type Running, serve } from '../serve.ts';
import { CannotRun } from './cannot-run.ts';

/** An orderly stop is promised within 10 s. */
const STOP_WITHIN_MS = 9500;

/** The signals of a process that the bot handles. */
export interface SignalSource {
  on(signal: 'SIGTERM' | 'SIGINT' | 'SIGHUP', heard: () => void): unknown;
}

/** Runs the bot until a signal stops it. @throws CannotRun where it can't start */
export async function runServe(env: NodeJS.ProcessEnv, signals: SignalSource): Promise<0 | 1> {
  const start = (signal: AbortSignal) =>
    serve(env, { signal }).catch((fault: unknown) => {
      throw fault instanceof ConfigurationError ? new CannotRun(fault.message) : fault;
    });
  return runUntilStopped(start, signals, STOP_WITHIN_MS);
}

/**
 * SIGTERM or SIGINT stops the bot in order, or aborts its start; a second one ends the wait for that. SIGHUP reads the policy
 * file again.
 * @returns 0 after an orderly stop, 1 where it took too long or a second signal ended it
 */
export async function runUntilStopped(
  start: (signal: AbortSignal) => Promise<Pick<Running, 'stop' | 'reloadPolicy'>>,
  signals: SignalSource,
  stopWithinMs: number,
): Promise<0 | 1> {
  const stops = new EventEmitter();
  const asked = once(stops, 'asked');
  const hurried = once(stops, 'hurried').then(() => false);
  let first = true;
  const stop = () => {
    stops.emit(first ? 'asked' : 'hurried');
    first = false;
  };
  signals.on('SIGTERM', stop);
  signals.on('SIGINT', stop);
  let running: Pick<Running, 'reloadPolicy'> | null = null;
  // Handled from the first moment on: without a handler it would end a process that is still starting.
  signals.on('SIGHUP', () => void running?.reloadPolicy());

  const starting = new AbortController();
  const started = start(starting.signal);
  started.then(
    (bot) => {
      running = bot;
    },
    () => undefined,
  );
  await Promise.race([asked, started.then(() => asked)]);
  starting.abort();
  const stopped = started.then(
    (bot) => bot.stop().then(() => true),
    (fault: unknown) => {
      if (fault === starting.signal.reason) return true;
      throw fault;
    },
  );
  const late = new AbortController();
  const tooLate = sleep(stopWithinMs, false, { signal: late.signal }).catch(() => false);
  const orderly = await Promise.race([stopped, hurried, tooLate]);
  late.abort();
  return orderly ? 0 : 1;
}
