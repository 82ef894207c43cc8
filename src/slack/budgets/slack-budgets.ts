import { LRUCache } from 'lru-cache';
import { retryAfter } from '../connection/retry-after.ts';
import { type CallQueue, createCallQueue, type QueuedCall } from './call-queue.ts';
import { budgetOf } from './method-budgets.ts';

/** Slack's Retry-After, shared with the other bots. */
export interface SharedRetryAfter {
  /** How many ms are left of it; 0 = none. */
  left(key: string): Promise<number>;
  keep(key: string, ms: number): Promise<void>;
}

/** What a call counts for: its method, and the channel (or person) that a message goes to. */
export interface BudgetedCall {
  method: string;
  channel: string;
}

const MINUTE_MS = 60_000;
const MAX_QUEUES = 500;
/** A piece of work waits up to this long in the process, and keeps a worker busy meanwhile; a longer wait is deferred. */
const MAX_WAIT_MS = 1000;

/**
 * Keeps all calls of this process within what Slack allows for each method (docs/decisions/017-slack-budgets.md). A method that
 * is not limited is called at once. `minuteMs`: shorter in tests.
 */
export function createSlackBudgets({
  shared,
  minuteMs = MINUTE_MS,
}: {
  shared: SharedRetryAfter;
  minuteMs?: number | undefined;
}) {
  /** A queue that is dropped loses its order and its pace, but not Retry-After, which is in `shared`. */
  const queues = new LRUCache<string, CallQueue>({ max: MAX_QUEUES });
  let calls = 0;

  function queueOf({ method, channel }: BudgetedCall): { key: string; queue: CallQueue } | null {
    const budget = budgetOf(method, channel);
    if (!budget) return null;
    const found = queues.get(budget.key);
    if (found) return { key: budget.key, queue: found };
    const queue = createCallQueue(budget, minuteMs);
    queues.set(budget.key, queue);
    return { key: budget.key, queue };
  }

  /** Takes over a Retry-After that another bot was given. */
  async function heed({ key, queue }: { key: string; queue: CallQueue }): Promise<void> {
    const left = await shared.left(key);
    if (left > 0) queue.close(left);
  }

  /** Tells the other bots of a Retry-After. */
  async function sharing<T>({ key }: { key: string }, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (fault) {
      const seconds = retryAfter(fault);
      if (seconds !== null) await shared.keep(key, seconds * 1000);
      throw fault;
    }
  }

  return {
    /** Takes a place for a piece of work before it is prepared. @throws CallDeferred if it would wait long */
    reserve(to: BudgetedCall, queued: QueuedCall): void {
      queueOf(to)?.queue.reserve(queued, MAX_WAIT_MS);
    },

    /** Makes a call of a piece of work that comes back if it is deferred. @throws CallDeferred; NotRead; what `call` throws */
    async run<T>(to: BudgetedCall, queued: QueuedCall, call: () => Promise<T>): Promise<T> {
      const found = queueOf(to);
      if (!found) return call();
      await heed(found);
      return found.queue.run(queued, MAX_WAIT_MS, () => sharing(found, call));
    },

    /** Makes a call that nobody tries again, within `maxWaitMs` or not at all. @throws CallDeferred; what `call` throws */
    async runOnce<T>(to: BudgetedCall, maxWaitMs: number, call: () => Promise<T>): Promise<T> {
      const queue = queueOf(to)?.queue;
      if (!queue) return call();
      calls += 1;
      const id = `once ${calls}`;
      try {
        return await queue.run({ id, priority: 'high' }, maxWaitMs, call);
      } finally {
        queue.giveUp(id);
      }
    },

    /** Makes a call at once if it holds up no other one. Null: it was left out, or Slack asks to wait. */
    async runOptional<T>(to: BudgetedCall, call: () => Promise<T>): Promise<T | null> {
      const found = queueOf(to);
      if (!found) return call();
      await heed(found);
      try {
        return await found.queue.runOptional(() => sharing(found, call));
      } catch (fault) {
        if (retryAfter(fault) !== null) return null;
        throw fault;
      }
    },
  };
}

export type SlackBudgets = ReturnType<typeof createSlackBudgets>;
