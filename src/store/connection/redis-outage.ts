import type { Log } from '../../logging/logger.ts';
import type { Connection } from './connection.ts';
import { isRedisUnavailable } from './redis-unavailable.ts';

/** Redis counts as back after this long without a fault: a connection may open only to break again. */
const QUIET_MS = 2000;
const REMIND_MS = 60_000;
const DEEPEST_CAUSE = 8;

export interface RedisOutage {
  /**
   * Whether a log line about this fault would only repeat that Redis is away. If so, it is counted, and reported with the others.
   * @param line what the line says
   */
  counts(fault: unknown, line: string): boolean;
  /** Logs outages of these connections from now on: when Redis is lost, each minute, and when it is back. */
  watch(connections: readonly Connection[], log: Log): void;
  /** The last fault of a connection; null before the first. */
  lastFault(): Error | null;
  /** The connections are about to be closed, which is no outage. */
  stop(): void;
}

/**
 * Logs an outage of Redis once, with its cause; then each minute how long it has lasted and how many faults there were; then
 * its end. Otherwise every part of the bot would log it many times a second.
 */
export function createRedisOutage(): RedisOutage {
  let told: { connections: readonly Connection[]; log: Log } | null = null;
  let away: { since: number; faults: Map<string, number> } | null = null;
  let last: Error | null = null;
  let quiet: NodeJS.Timeout | undefined;
  let reminding: NodeJS.Timeout | undefined;

  function note(fault: unknown, line: string): void {
    if (told === null) return;
    if (away === null) {
      away = { since: performance.now(), faults: new Map() };
      told.log.error({ why: rootMessage(fault) }, 'Redis lost: nothing is recorded, set or reverted until it is back');
      reminding = setInterval(remind, REMIND_MS).unref();
    }
    away.faults.set(line, (away.faults.get(line) ?? 0) + 1);
    clearTimeout(quiet);
    quiet = setTimeout(look, QUIET_MS).unref();
  }

  function look(): void {
    if (told === null || away === null) return;
    if (told.connections.every(({ status }) => status === 'ready')) {
      told.log.warn(facts(away), 'Redis is back');
      away = null;
      clearInterval(reminding);
    } else quiet = setTimeout(look, QUIET_MS).unref();
  }

  function remind(): void {
    if (away) told?.log.error({ ...facts(away), why: rootMessage(last) }, 'Redis is still away');
  }

  return {
    counts(fault, line) {
      if (told === null || !isRedisUnavailable(fault)) return false;
      note(fault, line);
      return true;
    },
    watch(connections, log) {
      told = { connections, log };
      for (const connection of connections)
        connection.on('error', (fault: Error) => {
          last = fault;
          note(fault, 'connection');
        });
    },
    lastFault: () => last,
    stop() {
      told = null;
      clearTimeout(quiet);
      clearInterval(reminding);
    },
  };
}

function facts({ since, faults }: { since: number; faults: Map<string, number> }) {
  return { seconds: Math.round((performance.now() - since) / 1000), faults: Object.fromEntries(faults) };
}

/** The message of the first cause. A Cluster keeps it in `lastNodeError`, a connection by name in an AggregateError. */
export function rootMessage(fault: unknown, depth = 0): string {
  if (!(fault instanceof Error)) return 'no answer';
  const below = [fault.cause, Reflect.get(fault, 'lastNodeError'), fault instanceof AggregateError && fault.errors[0]];
  const cause = below.find((one) => one instanceof Error);
  if (cause && depth < DEEPEST_CAUSE) return rootMessage(cause, depth + 1);
  // Commands in flight fail with this error since we allow no retry: its own message would name a limit that no operator set.
  return fault.name === 'MaxRetriesPerRequestError' ? 'the connection was closed' : fault.message || fault.name;
}

/** Whether TLS could not be set up. Waiting does not help then. */
export function isTlsFault(fault: Error | null): boolean {
  return /certificate|SSL routines|altnames/i.test(rootMessage(fault));
}
