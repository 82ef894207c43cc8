import type { StreamProbe, WriteProbe } from '../../workflow/ports/write-probe.ts';
import type { Connection } from '../connection/connection.ts';
import type { Keys } from '../connection/keys.ts';
import { loadScript } from '../connection/script.ts';
import { stateTypes } from '../ledger/commit-batch.ts';
import { ABANDONED_MS } from './outbox.ts';
import { GROUP, KINDS, outboxKey, STREAMS } from './work-keys.ts';

/** Longer than the pause between two probes, so that an operator finds the key while its bot runs. */
const PROBE_SECONDS = 60;
/** How many entries of each stream, claims and timers are looked at: the oldest. */
const MAX_ENTRIES = 100;

/**
 * Writes to a key of this bot, under the same conditions as a commit: memory, a primary, enough replicas, and the types of the
 * keys that every commit touches. It is one command, however much work there is.
 */
export function createWriteProbe(
  redis: Connection,
  keys: Keys,
  {
    replica,
    abandonedMs = ABANDONED_MS,
    onTime = () => {},
  }: {
    replica: string;
    abandonedMs?: number | undefined;
    /** Redis's time, and between which readings of `performance.now()` it was read. */
    onTime?: ((redisMs: number, beforeMs: number, afterMs: number) => void) | undefined;
  },
) {
  const run = loadScript(redis, 'probe-write');
  const streams = STREAMS.map((stream) => outboxKey(keys, stream));
  const probed: readonly (readonly [key: string, type: string])[] = [
    [keys.writeProbe(replica), 'string'],
    [keys.timers, 'zset'],
    [keys.deadLetters, 'stream'],
    ...streams.map((key) => [key, 'stream'] as const),
    [keys.head, 'hash'],
    [keys.audit, 'stream'],
    ...stateTypes(keys),
    [keys.archivedUpTo, 'hash'],
  ];
  const names = probed.map(([key]) => key);
  const types = probed.map(([, type]) => type);
  const values = [replica, PROBE_SECONDS, GROUP, abandonedMs, MAX_ENTRIES, KINDS, streams.length, ...types];
  /** @throws the error of Redis or of the connection to it */
  return async function probe(): Promise<WriteProbe> {
    const before = performance.now();
    const answer = (await run(names, values)) as string[];
    const after = performance.now();
    const [kind, ...rest] = answer;
    if (kind === 'wrong-type') {
      const [key = '', found = '', needed = ''] = rest;
      return { kind, key, found, needed };
    }
    const [redisMs, deadLetters, ...ofStreams] = rest;
    onTime(Number(redisMs), before, after);
    const [aws, slack] = STREAMS.map((_, place) => streamProbe(ofStreams.slice(4 * place)));
    if (!aws || !slack) throw new Error('no answer for each stream');
    return { kind: 'proven', redisMs: Number(redisMs), streams: { aws, slack }, deadLetters: Number(deadLetters) };
  };
}

function streamProbe([ms = '', effect = '', timer = '', dueMs = '']: readonly string[]): StreamProbe {
  return {
    untouched: ms === '' ? null : { effect, ms: Number(ms) },
    timer: timer === '' ? null : { effect: timer, dueMs: Number(dueMs) },
  };
}
