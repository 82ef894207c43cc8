import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from './connection.ts';
import { requestOf } from './in-force.ts';
import type { Keys } from './keys.ts';
import { GROUP } from './outbox.ts';
import { loadScript } from './script.ts';

/** A worker reads, or looks for abandoned work, every 5 s: one that has not for this long is gone. */
const GONE_MS = 10 * 60_000;
const EVERY_MS = 60_000;
const PAGE = 200;

interface SweepOptions {
  redis: Connection;
  keys: Keys;
  /** Deletes what the look-up indexes still name of archived records. */
  sweepIndexes(stopped: () => boolean): Promise<void>;
  /** 10 minutes if not given. */
  goneMs?: number;
}

/**
 * Takes out of Redis what nobody else does: workers of bots that are gone, limits in force and changes under way whose
 * request is no longer kept, and what indexes name of records that were archived. Safe to repeat, and by several bots at once.
 */
export function createSweep({ redis, keys, sweepIndexes, goneMs = GONE_MS }: SweepOptions) {
  const runDropConsumers = loadScript(redis, 'drop-consumers');
  const runLeave = loadScript(redis, 'leave');

  async function dropConsumers(): Promise<void> {
    // Before the first worker there is no group.
    if ((await redis.exists(keys.outbox)) === 0) return;
    await runDropConsumers([keys.outbox], [GROUP, goneMs]);
  }

  /** A request is kept for 90 days after its last change, and no execution runs that long. */
  async function forgetGone(hash: string, requestIn: (value: string) => string, stopped: () => boolean): Promise<void> {
    let cursor = '0';
    do {
      const [next, fields] = await redis.hscan(hash, cursor, 'COUNT', PAGE);
      cursor = next;
      for (let at = 0; at + 1 < fields.length; at += 2) {
        if (stopped()) return;
        const [execution = '', value = ''] = fields.slice(at, at + 2);
        if ((await redis.exists(keys.request(requestIn(value)))) === 0) await runLeave([hash], [execution, value]);
      }
    } while (cursor !== '0');
  }

  return {
    /** @param stopped asked now and then: what is left is for the next round, or for another bot */
    async round(stopped: () => boolean = () => false): Promise<void> {
      await dropConsumers();
      await forgetGone(keys.inForce, requestOf, stopped);
      await forgetGone(keys.changing, (request) => request, stopped);
      await sweepIndexes(stopped);
    },
  };
}

/** Sweeps every minute until told to stop. */
export function startSweep(options: SweepOptions & { onFault(fault: unknown): void }) {
  const { round } = createSweep(options);
  const stopping = new AbortController();
  const { signal } = stopping;
  async function run(): Promise<void> {
    while (!signal.aborted) {
      await round(() => signal.aborted).catch(options.onFault);
      await sleep(EVERY_MS, null, { signal, ref: false }).catch(() => null);
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
