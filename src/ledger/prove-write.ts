import type { Connection } from './connection.ts';
import type { Keys } from './keys.ts';
import { ABANDONED_MS, GROUP } from './outbox.ts';
import { loadScript } from './script.ts';

/** Longer than any look is old, so that it is there for whoever wants to see it, and gone after its bot. */
const PROOF_SECONDS = 60;
/** What is looked at of the outbox and of its claims: the oldest of each. */
const MOST_ENTRIES = 100;

/** What Redis answered to one write that was made to see whether it takes any. */
export type Proof =
  /** A key of the bot is not of its type, so that a commit can't write to it. */
  | { kind: 'wrong-type'; key: string; found: string; needed: string }
  | {
      kind: 'proven';
      /** Redis's own clock, epoch milliseconds. */
      redisMs: number;
      /** The oldest work of the outbox that no worker has, or whose worker is gone; its effect as it lies there. */
      untouched: { effect: string; ms: number } | null;
      /** The timer that is due first, be it due or not. */
      timer: { effect: string; dueMs: number } | null;
    };

/**
 * Writes to a key of the bot's own, in its slot, on the conditions of a commit: memory, a primary, enough replicas, the types of the
 * keys that every commit touches. One command, however much work there is.
 */
export function createProof(
  redis: Connection,
  keys: Keys,
  { replica, abandonedMs = ABANDONED_MS }: { replica: string; abandonedMs?: number | undefined },
) {
  const run = loadScript(redis, 'prove');
  const { proof, head, audit, open, outbox, timers, inForce, changing, archivedUpTo } = keys;
  /** @throws the error of Redis or of the connection to it */
  return async function prove(): Promise<Proof> {
    const answer = (await run(
      [proof(replica), head, audit, open, outbox, timers, inForce, changing, archivedUpTo],
      [replica, PROOF_SECONDS, GROUP, abandonedMs, MOST_ENTRIES],
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
