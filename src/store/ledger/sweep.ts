import { requestOf } from '../../domain/run/limit-in-force.ts';
import { sleepUntilAborted } from '../../timing/sleep-until-aborted.ts';
import type { Clock } from '../../workflow/ports/clock.ts';
import type { Connection } from '../connection/connection.ts';
import type { Keys } from '../connection/keys.ts';
import { loadScript } from '../connection/script.ts';
import { GROUP, outboxKey, STREAMS } from '../work/work-keys.ts';

/** A worker sends a command at least every 5 s: after this long without any it counts as gone. */
const GONE_MS = 10 * 60_000;
const EVERY_MS = 60_000;
/** Longer than most executions run: what a dead letter was to do is over then. */
const DEAD_LETTER_MS = 30 * 86_400_000;
const PAGE = 200;

interface SweepOptions {
  redis: Connection;
  keys: Keys;
  clock: Clock;
  /** Deletes what the look-up indexes still name of archived records. */
  sweepIndexes(stopped: () => boolean): Promise<void>;
  /** 10 minutes if not given. */
  goneMs?: number;
}

/**
 * Removes from Redis what nothing else removes: workers of bots that are gone, old dead letters, limits in force and changes
 * under way whose request has expired, and index entries of archived records. Safe to repeat, also by several bots at once.
 */
export function createSweep({ redis, keys, clock, sweepIndexes, goneMs = GONE_MS }: SweepOptions) {
  const runDropConsumers = loadScript(redis, 'drop-consumers');
  const runDropField = loadScript(redis, 'drop-field');

  async function dropConsumers(): Promise<void> {
    for (const key of STREAMS.map((stream) => outboxKey(keys, stream))) {
      // Before the first worker there is no group.
      if ((await redis.exists(key)) === 1) await runDropConsumers([key], [GROUP, goneMs]);
    }
  }

  /** A request is kept for 90 days after its last change, which is longer than any execution runs. */
  async function releaseExpired(
    hash: string,
    requestIn: (value: string) => string,
    stopped: () => boolean,
  ): Promise<void> {
    let cursor = '0';
    do {
      const [next, fields] = await redis.hscan(hash, cursor, 'COUNT', PAGE);
      cursor = next;
      for (let at = 0; at + 1 < fields.length; at += 2) {
        if (stopped()) return;
        const [execution = '', value = ''] = fields.slice(at, at + 2);
        if ((await redis.exists(keys.request(requestIn(value)))) === 0) await runDropField([hash], [execution, value]);
      }
    } while (cursor !== '0');
  }

  return {
    /** @param stopped asked now and then; what is left is for the next round, or for another bot */
    async round(stopped: () => boolean = () => false): Promise<void> {
      await dropConsumers();
      await redis.xtrim(keys.deadLetters, 'MINID', clock.now().getTime() - DEAD_LETTER_MS);
      await releaseExpired(keys.inForce, requestOf, stopped);
      await releaseExpired(keys.changing, (request) => request, stopped);
      await sweepIndexes(stopped);
    },
  };
}

/** How many rounds there are from one look for lost timers to the next. */
const ROUNDS_TO_RESTORE = 5;

/** Sweeps every minute until it is stopped. `restoreWork`: sets lost timers again, at the start and every few minutes. */
export function startSweep(options: SweepOptions & { onFault(fault: unknown): void; restoreWork(): Promise<void> }) {
  const { round } = createSweep(options);
  const stopping = new AbortController();
  const { signal } = stopping;
  async function run(): Promise<void> {
    for (let rounds = 0; !signal.aborted; rounds++) {
      if (rounds % ROUNDS_TO_RESTORE === 0) await options.restoreWork().catch(options.onFault);
      await round(() => signal.aborted).catch(options.onFault);
      await sleepUntilAborted(EVERY_MS, signal, { ref: false });
    }
  }
  const running = run();
  return {
    async stop(): Promise<void> {
      stopping.abort();
      await running;
    },
  };
}
