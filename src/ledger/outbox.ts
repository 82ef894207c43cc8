import { setTimeout as sleep } from 'node:timers/promises';
import type { Claim, Clock, Effect, Outbox, Work } from '../workflow/ports.ts';
import { BLOCK_MS, type Connection } from './connection.ts';
import type { Keys } from './keys.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { isRedisAway } from './redis-away.ts';
import { loadScript } from './script.ts';

/** The consumer group of the workers. */
export const GROUP = 'workers';
/** A claim this old belongs to a worker that is gone; a living one renews it. */
export const ABANDONED_MS = 30_000;
const AGAIN_MS = 250;
/** More than a worker has in hand at once. */
const MOST_PENDING = 100;

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
  /** Told why no work can be taken, as long as that is so. */
  onFault?: (fault: unknown) => void;
}

/** The outbox in Redis: a stream with a consumer group, and the timers beside it. */
export function createOutbox({
  redis,
  blocking,
  keys,
  clock,
  consumer,
  abandonedMs = ABANDONED_MS,
  onFault = () => {},
}: OutboxOptions): Outbox {
  const runSettle = loadScript(redis, 'settle');
  const runRenew = loadScript(redis, 'renew');
  const runDueTimers = loadScript(redis, 'due-timers');
  /** The entries that were taken here and are not settled, each with its newest claim. */
  const held = new Map<string, number>();
  /** The last read broke off: Redis may have answered it, and given work to a connection that is gone. */
  let brokenOff = false;
  /** Two that claim for the same worker at once would give it the same work twice. */
  const claiming = oneAtATime();

  async function ensureGroup(): Promise<void> {
    try {
      await redis.xgroup('CREATE', keys.outbox, GROUP, '0', 'MKSTREAM');
    } catch (cause) {
      if (!(cause instanceof Error && cause.message.startsWith('BUSYGROUP'))) throw cause;
    }
  }

  async function take(count: number): Promise<Work[]> {
    if (brokenOff) {
      const lost = await claiming(() => takeLost(count));
      if (lost.length > 0) return lost;
    }
    brokenOff = true;
    const began = performance.now();
    const reply = (await blocking.xreadgroup(
      ...(['GROUP', GROUP, consumer, 'COUNT', count, 'BLOCK', BLOCK_MS, 'STREAMS', keys.outbox, '>'] as const),
    )) as [string, Entry[]][] | null;
    // The client of a Cluster asks again by itself, at another node.
    brokenOff = performance.now() - began > BLOCK_MS + AGAIN_MS;
    return hold((reply?.[0]?.[1] ?? []).flatMap((entry) => toWork(entry, consumer, 1)));
  }

  /** What was given to this worker and never came: it need not lie until its claim is old. */
  async function takeLost(count: number): Promise<Work[]> {
    const pending = (await redis.xpending(keys.outbox, GROUP, '-', '+', MOST_PENDING, consumer)) as Pending[];
    const lost = pending.map(([entry]) => entry).filter((entry) => !held.has(entry));
    if (lost.length === 0) return [];
    // The compiler finds no overload of xclaim that takes entries alone.
    const entries = await redis.call('xclaim', keys.outbox, GROUP, consumer, 0, ...lost.slice(0, count));
    return worksOf(entries as Entry[]);
  }

  async function takeAbandoned(count: number): Promise<Work[]> {
    return claiming(async () => {
      const args = [keys.outbox, GROUP, consumer, abandonedMs, '0', 'COUNT', count] as const;
      const [, entries] = (await redis.xautoclaim(...args)) as [string, Entry[]];
      return worksOf(entries);
    });
  }

  /** Of entries that were claimed anew: how often each was delivered by now belongs to its claim. */
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
    // Taken anew meanwhile, it is in hand still.
    if (held.get(entry) === deliveries) held.delete(entry);
    return settled === 1;
  }

  async function releaseDue(): Promise<number> {
    return Number(await runDueTimers([keys.timers, keys.outbox], [clock.now().getTime(), 100]));
  }

  async function ready(signal: AbortSignal): Promise<void> {
    let told = '';
    while (!signal.aborted) {
      try {
        return await ensureGroup();
      } catch (fault) {
        // An outage is told by how often it is met, anything else once.
        if (isRedisAway(fault) || told !== String(fault)) onFault(fault);
        told = String(fault);
        await sleep(AGAIN_MS);
      }
    }
  }

  return { ready, take, takeAbandoned, renew, settle, releaseDue };
}

type Entry = [string, string[]];
/** Entry, consumer, ms since it was delivered, how often it was. */
type Pending = [string, string, number, number];

function toWork([entry, fields]: Entry, consumer: string, deliveries: number): Work[] {
  const text = fields[1];
  return text ? [{ effect: JSON.parse(text) as Effect, claim: { entry, consumer, deliveries } }] : [];
}
