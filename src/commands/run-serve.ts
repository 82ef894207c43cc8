import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigurationError } from '../configuration-error.ts';
import { type Running, serve } from '../serve.ts';
import { CannotRun } from './cannot-run.ts';

/** An orderly stop is promised within 10 s. */
const STOP_WITHIN_MS = 9500;

/** The part of a process that a running bot answers to. */
export interface SignalSource {
  on(signal: 'SIGTERM' | 'SIGINT' | 'SIGHUP', heard: () => void): unknown;
}

/** Runs the bot until it is told to stop. @throws CannotRun where it can't start. */
export async function runServe(env: NodeJS.ProcessEnv, signals: SignalSource): Promise<0 | 1> {
  const start = (signal: AbortSignal) =>
    serve(env, { signal }).catch((fault: unknown) => {
      throw fault instanceof ConfigurationError ? new CannotRun(fault.message) : fault;
    });
  return runUntilStopped(start, signals, STOP_WITHIN_MS);
}

/**
 * SIGTERM or SIGINT stops it, in order; one that is still starting gives that up (its signal). A second one ends the wait.
 * SIGHUP reads the policy again.
 * @returns 0 after an orderly stop, 1 where it took too long or was cut short
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
  // Heard from the first moment on: unheard, it would end a process that is still starting.
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
