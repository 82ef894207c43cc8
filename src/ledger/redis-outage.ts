import type { Log } from '../log.ts';
import type { Connection } from './connection.ts';
import { isRedisAway } from './redis-away.ts';

/** It is back once nothing went wrong for so long: a connection that only opens to break again is not. */
const QUIET_MS = 2000;
const REMIND_MS = 60_000;
const DEEPEST_CAUSE = 8;

export interface RedisOutage {
  /**
   * Whether a line about this fault only says again that Redis is away. It is counted then, and told with the others.
   * @param line what the line says
   */
  counts(fault: unknown, line: string): boolean;
  /** What goes wrong on these connections is told from now on: when Redis is lost, each minute, and when it is back. */
  watch(connections: readonly Connection[], log: Log): void;
  /** The last fault of a connection; null before the first. */
  lastFault(): Error | null;
  /** The connections are about to be closed: that is no outage. */
  stop(): void;
}

/**
 * What the log says while Redis is away: that it is lost and why, once; how long and how many faults since, each minute;
 * that it is back. Every part of the bot meets the same outage many times a second.
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
      told.log.error({ why: rootWords(fault) }, 'Redis lost: nothing is recorded, set or reverted until it is back');
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
    if (away) told?.log.error({ ...facts(away), why: rootWords(last) }, 'Redis is still away');
  }

  return {
    counts(fault, line) {
      if (told === null || !isRedisAway(fault)) return false;
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

/** What lies at the bottom of it, without a stack. A Cluster and a connection by name keep it beside the causes. */
export function rootWords(fault: unknown, depth = 0): string {
  if (!(fault instanceof Error)) return 'no answer';
  const below = [fault.cause, Reflect.get(fault, 'lastNodeError'), fault instanceof AggregateError && fault.errors[0]];
  const cause = below.find((one) => one instanceof Error);
  if (cause && depth < DEEPEST_CAUSE) return rootWords(cause, depth + 1);
  // The client's words for what was in flight; the limit is ours, and none of the operator's.
  return fault.name === 'MaxRetriesPerRequestError' ? 'the connection was closed' : fault.message || fault.name;
}

/** Whether TLS itself could not be had. Waiting does not mend that. */
export function isNotEncrypted(fault: Error | null): boolean {
  return /certificate|SSL routines|altnames/i.test(rootWords(fault));
}
