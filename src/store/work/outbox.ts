import { setTimeout as sleep } from 'node:timers/promises';
import PQueue from 'p-queue';
import type { Clock } from '../../workflow/ports/clock.ts';
import type { Claim, Effect, Outbox, Work } from '../../workflow/ports/outbox.ts';
import { BLOCK_MS, type Connection } from '../connection/connection.ts';
import type { Keys } from '../connection/keys.ts';
import { isRedisUnavailable } from '../connection/redis-unavailable.ts';
import { loadScript } from '../connection/script.ts';

/** The consumer group of the workers. */
export const GROUP = 'workers';
/** A claim that was not renewed for this long belongs to a worker that is gone. */
export const ABANDONED_MS = 30_000;
const RETRY_MS = 250;
/** More than a worker has at once. */
const MAX_PENDING = 100;

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
  /** Called with the reason while no work can be taken. */
  onFault?: (fault: unknown) => void;
}

/** The outbox in Redis: a stream with a consumer group, and a sorted set of timers. */
export function createOutbox({
  redis,
  blocking,
  keys,
  clock,
  consumer,
  abandonedMs = ABANDONED_MS,
  onFault = () => {},
}: OutboxOptions): Outbox {
  const runSettle = loadScript(redis, 'settle-work');
  const runRenew = loadScript(redis, 'renew-claim');
  const runMoveDue = loadScript(redis, 'move-due-timers');
  /** Entries that this worker has and has not settled, each with the number of deliveries of its newest claim. */
  const held = new Map<string, number>();
  /** The last read failed: Redis may have delivered work to a connection that is gone. */
  let readFailed = false;
  /** One claim at a time: two at once would give this worker the same work twice. */
  const claims = new PQueue({ concurrency: 1 });

  async function ensureGroup(): Promise<void> {
    try {
      await redis.xgroup('CREATE', keys.outbox, GROUP, '0', 'MKSTREAM');
    } catch (cause) {
      if (!(cause instanceof Error && cause.message.startsWith('BUSYGROUP'))) throw cause;
    }
  }

  async function take(count: number): Promise<Work[]> {
    if (readFailed) {
      const lost = await claims.add(() => takeLost(count));
      if (lost.length > 0) return lost;
    }
    readFailed = true;
    const began = performance.now();
    const reply = (await blocking.xreadgroup(
      ...(['GROUP', GROUP, consumer, 'COUNT', count, 'BLOCK', BLOCK_MS, 'STREAMS', keys.outbox, '>'] as const),
    )) as [string, Entry[]][] | null;
    // The client of a Cluster repeats a read by itself, at another node: it then takes longer than one read.
    readFailed = performance.now() - began > BLOCK_MS + RETRY_MS;
    return hold((reply?.[0]?.[1] ?? []).flatMap((entry) => toWork(entry, consumer, 1)));
  }

  /** Work that was delivered to this worker and never arrived: it need not wait until its claim counts as abandoned. */
  async function takeLost(count: number): Promise<Work[]> {
    const pending = (await redis.xpending(keys.outbox, GROUP, '-', '+', MAX_PENDING, consumer)) as Pending[];
    const lost = pending.map(([entry]) => entry).filter((entry) => !held.has(entry));
    if (lost.length === 0) return [];
    // ioredis's types have no overload of xclaim for a list of entries.
    const entries = await redis.call('xclaim', keys.outbox, GROUP, consumer, 0, ...lost.slice(0, count));
    return worksOf(entries as Entry[]);
  }

  async function takeAbandoned(count: number): Promise<Work[]> {
    return claims.add(async () => {
      const args = [keys.outbox, GROUP, consumer, abandonedMs, '0', 'COUNT', count] as const;
      const [, entries] = (await redis.xautoclaim(...args)) as [string, Entry[]];
      return worksOf(entries);
    });
  }

  /** Of entries that were just claimed: a claim carries the number of deliveries, which only XPENDING tells. */
  async function worksOf(entries: Entry[]): Promise<Work[]> {
    const works: Work[] = [];
    for (const entry of entries) {
      const [pending] = (await redis.xpending(keys.outbox, GROUP, entry[0], entry[0], 1)) as Pending[];
      if (pending?.[1] === consumer) works.push(...toWork(entry, consumer, pending[3]));
    }
    return hold(works);
  }

  function hold(works: Work[]): Work[] {
    for (const { claim } of works) held.set(claim.entry, claim.deliveries);
    return works;
  }

  async function renew({ entry, deliveries }: Claim): Promise<void> {
    await runRenew([keys.outbox], [GROUP, entry, consumer, deliveries]);
  }

  async function settle(work: Work, again: Date | null): Promise<boolean> {
    const { entry, deliveries } = work.claim;
    const effect = again ? JSON.stringify(work.effect) : '';
    const values = [GROUP, entry, consumer, deliveries, effect, again?.getTime() ?? 0];
    const settled = await runSettle([keys.outbox, keys.timers], values);
    // If it was claimed again meanwhile, this worker still has it.
    if (held.get(entry) === deliveries) held.delete(entry);
    return settled === 1;
  }

  async function releaseDue(): Promise<number> {
    return Number(await runMoveDue([keys.timers, keys.outbox], [clock.now().getTime(), 100]));
  }

  async function ready(signal: AbortSignal): Promise<void> {
    let reported = '';
    while (!signal.aborted) {
      try {
        return await ensureGroup();
      } catch (fault) {
        // The log of outages counts each fault; any other fault is reported once.
        if (isRedisUnavailable(fault) || reported !== String(fault)) onFault(fault);
        reported = String(fault);
        await sleep(RETRY_MS);
      }
    }
  }

  return { ready, take, takeAbandoned, renew, settle, releaseDue };
}

type Entry = [string, string[]];
/** Entry, consumer, milliseconds since the last delivery, number of deliveries. */
type Pending = [string, string, number, number];

function toWork([entry, fields]: Entry, consumer: string, deliveries: number): Work[] {
  const text = fields[1];
  return text ? [{ effect: JSON.parse(text) as Effect, claim: { entry, consumer, deliveries } }] : [];
}
