import type { WriteProbe } from '../../workflow/ports/write-probe.ts';
import type { Connection } from '../connection/connection.ts';
import type { Keys } from '../connection/keys.ts';
import { loadScript } from '../connection/script.ts';
import { ABANDONED_MS, GROUP } from './outbox.ts';

/** Longer than the pause between two probes, so that an operator finds the key while its bot runs. */
const PROBE_SECONDS = 60;
/** How many entries of the outbox, and how many claims, are looked at: the oldest. */
const MAX_ENTRIES = 100;

/**
 * Writes to a key of this bot, under the same conditions as a commit: memory, a primary, enough replicas, and the types of the
 * keys that every commit touches. It is one command, however much work there is.
 */
export function createWriteProbe(
  redis: Connection,
  keys: Keys,
  { replica, abandonedMs = ABANDONED_MS }: { replica: string; abandonedMs?: number | undefined },
) {
  const run = loadScript(redis, 'probe-write');
  const probed = [
    [keys.writeProbe(replica), 'string'],
    [keys.outbox, 'stream'],
    [keys.timers, 'zset'],
    [keys.head, 'hash'],
    [keys.audit, 'stream'],
    [keys.open, 'zset'],
    [keys.inForce, 'hash'],
    [keys.changing, 'hash'],
    [keys.archivedUpTo, 'hash'],
  ] as const;
  /** @throws the error of Redis or of the connection to it */
  return async function probe(): Promise<WriteProbe> {
    const answer = (await run(
      probed.map(([key]) => key),
      [replica, PROBE_SECONDS, GROUP, abandonedMs, MAX_ENTRIES, ...probed.map(([, type]) => type)],
    )) as string[];
    const [kind, ...rest] = answer;
    if (kind === 'wrong-type') {
      const [key = '', found = '', needed = ''] = rest;
      return { kind, key, found, needed };
    }
    const [redisMs, ms, effect = '', timer = '', dueMs] = rest;
    return {
      kind: 'proven',
      redisMs: Number(redisMs),
      untouched: ms === '' ? null : { effect, ms: Number(ms) },
      timer: timer === '' ? null : { effect: timer, dueMs: Number(dueMs) },
    };
  };
}
