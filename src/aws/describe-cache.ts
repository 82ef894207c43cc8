import { setImmediate as nextTurn } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import type { ExecutionArn, TaskExecution } from '../domain/execution/task-execution.ts';
import type { Clock } from '../workflow/ports/clock.ts';
import { type Access, type AnswerAge, MAX_AGE_MS } from '../workflow/ports/executions.ts';
import { inTime } from './in-time.ts';

/** What DescribeTaskExecution answered. The task's name is not part of it. */
export type Described = Omit<TaskExecution, 'taskName'>;
type Place = Pick<ExecutionArn, 'arn' | 'region'>;

export interface DescribeCache {
  /**
   * An answer of DescribeTaskExecution that is at most `maxAgeMs` old, counted from the start of its call. 0, or nothing given: a call
   * of its own. Callers share a call that is still under way if it began within their age.
   * @throws AwsFault; a fault is given to those who wait for it, and is not kept
   */
  describe(execution: Place, access: Access, age?: AnswerAge): Promise<Described>;
  /** Sends a change of the execution. What was read before it is over is forgotten, whatever its outcome. */
  change<T>(arn: string, send: () => Promise<T>): Promise<T>;
}

interface Call {
  /** Epoch milliseconds. */
  beganAt: number;
  session: Access['session']['kind'];
  answer: Promise<Described>;
}

/** More than are watched or shown within a minute. One that was dropped is asked for again. */
export const MAX_DESCRIBED = 1000;
/** How long an answer that may be shared waits for a change that is being sent. Most take less. */
const CHANGE_PATIENCE_MS = 1_000;

/** Shares the answers of DescribeTaskExecution within this process, as far as each caller allows. */
export function createDescribeCache(
  clock: Clock,
  call: (execution: Place, access: Access) => Promise<Described>,
): DescribeCache {
  /**
   * The last call for each execution and role: one role may be denied what another one may read. The session of a change may read no
   * more than its role, so both kinds of session share an entry.
   */
  const calls = new LRUCache<string, Call>({
    max: MAX_DESCRIBED,
    ttl: MAX_AGE_MS,
    perf: { now: () => clock.now().getTime() },
    ttlResolution: 0,
  });
  /** Changes that are being sent. */
  const changes = new Set<{ arn: string; over: Promise<unknown> }>();

  const keyOf = (arn: string, role: string | null) => `${arn} ${role ?? ''}`;

  function forget(arn: string): void {
    for (const key of [...calls.keys()]) if (key.startsWith(keyOf(arn, null))) calls.delete(key);
  }

  function begin(key: string, execution: Place, access: Access): Promise<Described> {
    const answer = call(execution, access);
    const begun = { beganAt: clock.now().getTime(), session: access.session.kind, answer };
    calls.set(key, begun);
    answer.catch(() => {
      if (calls.peek(key) === begun) calls.delete(key);
    });
    return answer;
  }

  /** What is read while a change is being sent can't be shared afterwards, but what is read right after it can. */
  function changesOver(arn: string): Promise<void> | null {
    const own = [...changes].filter((change) => change.arn === arn).map(({ over }) => over);
    return own.length > 0 ? inTime(CHANGE_PATIENCE_MS, Promise.all(own)) : null;
  }

  return {
    async describe(execution, access, { maxAgeMs = 0 } = {}) {
      const key = keyOf(execution.arn, access.role);
      if (maxAgeMs <= 0) return begin(key, execution, access);
      const over = changesOver(execution.arn);
      // Without a pause where there is nothing to wait for: a change that begins in it would be missed.
      if (over) await over;
      const last = calls.get(key);
      if (!last || clock.now().getTime() - last.beganAt > maxAgeMs) return begin(key, execution, access);
      if (last.session === access.session.kind) return last.answer;
      // AWS may deny the role one kind of session only.
      return last.answer.catch(() => begin(key, execution, access));
    },

    async change(arn, send) {
      forget(arn);
      const sent = send();
      // One turn later the caller has begun to read back, and those who waited share that call.
      const change = { arn, over: Promise.allSettled([sent]).then(() => nextTurn()) };
      changes.add(change);
      try {
        return await sent;
      } finally {
        changes.delete(change);
        forget(arn);
      }
    },
  };
}
