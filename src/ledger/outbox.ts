import { setTimeout as sleep } from 'node:timers/promises';
import type { Claim, Clock, Effect, Outbox, Work } from '../workflow/ports.ts';
import { BLOCK_MS, type Connection } from './connection.ts';
import type { Keys } from './keys.ts';
import { loadScript } from './script.ts';

/** The consumer group of the workers. */
export const GROUP = 'workers';
/** A claim this old belongs to a worker that is gone; a living one renews it. */
export const ABANDONED_MS = 30_000;
const AGAIN_MS = 250;

export interface OutboxOptions {
  /** For commands. */
  redis: Connection;
  /** For the blocking read alone. */
  blocking: Connection;
  keys: Keys;
  clock: Clock;
  /** This worker's name in the group. */
  consumer: string;
  abandonedMs?: number;
}

/** The outbox in Redis: a stream with a consumer group, and the timers beside it. */
export function createOutbox({
  redis,
  blocking,
  keys,
  clock,
  consumer,
  abandonedMs = ABANDONED_MS,
}: OutboxOptions): Outbox {
  const runSettle = loadScript(redis, 'settle');
  const runRenew = loadScript(redis, 'renew');
  const runDueTimers = loadScript(redis, 'due-timers');

  async function ensureGroup(): Promise<void> {
    try {
      await redis.xgroup('CREATE', keys.outbox, GROUP, '0', 'MKSTREAM');
    } catch (cause) {
      if (!(cause instanceof Error && cause.message.startsWith('BUSYGROUP'))) throw cause;
    }
  }

  async function take(count: number): Promise<Work[]> {
    const reply = (await blocking.xreadgroup(
      ...(['GROUP', GROUP, consumer, 'COUNT', count, 'BLOCK', BLOCK_MS, 'STREAMS', keys.outbox, '>'] as const),
    )) as [string, Entry[]][] | null;
    return (reply?.[0]?.[1] ?? []).flatMap((entry) => toWork(entry, consumer, 1));
  }

  async function takeAbandoned(count: number): Promise<Work[]> {
    const args = [keys.outbox, GROUP, consumer, abandonedMs, '0', 'COUNT', count] as const;
    const [, entries] = (await redis.xautoclaim(...args)) as [string, Entry[]];
    const works: Work[] = [];
    for (const entry of entries) {
      const [pending] = (await redis.xpending(keys.outbox, GROUP, entry[0], entry[0], 1)) as [
        string,
        string,
        number,
        number,
      ][];
      if (pending?.[1] === consumer) works.push(...toWork(entry, consumer, pending[3]));
    }
    return works;
  }

  async function renew({ entry, deliveries }: Claim): Promise<void> {
    await runRenew([keys.outbox], [GROUP, entry, consumer, deliveries]);
  }

  async function settle(work: Work, again: Date | null): Promise<boolean> {
    const { entry, deliveries } = work.claim;
    const effect = again ? JSON.stringify(work.effect) : '';
    const values = [GROUP, entry, consumer, deliveries, effect, again?.getTime() ?? 0];
    return (await runSettle([keys.outbox, keys.timers], values)) === 1;
  }

  async function releaseDue(): Promise<number> {
    return Number(await runDueTimers([keys.timers, keys.outbox], [clock.now().getTime(), 100]));
  }

  async function ready(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        return await ensureGroup();
      } catch {
        await sleep(AGAIN_MS);
      }
    }
  }

  return { ready, take, takeAbandoned, renew, settle, releaseDue };
}

type Entry = [string, string[]];

function toWork([entry, fields]: Entry, consumer: string, deliveries: number): Work[] {
  const text = fields[1];
  return text ? [{ effect: JSON.parse(text) as Effect, claim: { entry, consumer, deliveries } }] : [];
}
