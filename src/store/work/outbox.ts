import { setTimeout as sleep } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import PQueue from 'p-queue';
import type { Clock } from '../../workflow/ports/clock.ts';
import {
  type Claim,
  type Outbox,
  type Settlement,
  STREAM_OF,
  type StreamName,
  subjectOf,
  type Work,
} from '../../workflow/ports/outbox.ts';
import { BLOCK_MS, type Connection } from '../connection/connection.ts';
import type { Keys } from '../connection/keys.ts';
import { isRedisUnavailable } from '../connection/redis-unavailable.ts';
import { loadScript } from '../connection/script.ts';
import { readEffect } from './read-effect.ts';
import { settlingOf, UNREADABLE } from './settling.ts';
import { GROUP, MAX_DEAD_LETTERS, outboxKey } from './work-keys.ts';

/** A claim that was not renewed for this long belongs to a worker that is gone. */
export const ABANDONED_MS = 30_000;
const RETRY_MS = 250;
/** More than a worker has at once. */
const MAX_PENDING = 100;
/** Longer than any wait between two tries. */
const TRIES_KEPT_MS = 86_400_000;
/** How much of what is handed back lies in the way of nothing else in Redis. */
const MAX_HANDED_BACK = 1000;
const MAX_WHY = 300;
const MAX_NAMES = 100;

export interface OutboxOptions {
  stream: StreamName;
  /** For commands. */
  redis: Connection;
  /** For the blocking read of this stream alone. */
  blocking: Connection;
  keys: Keys;
  /** What is to be done again is due by it; by Redis's clock if not given. */
  clock?: Clock | undefined;
  /** This worker's name in the group. */
  consumer: string;
  abandonedMs?: number | undefined;
  /** Called with the reason while no work can be taken. */
  onFault?: (fault: unknown) => void;
  /** Called once for each kind of work that only a newer bot can do. */
  onNewer?: (kind: string) => void;
  /** Called for each entry that can't be read, which is a dead letter now. */
  onUnreadable?: (text: string) => void;
}

/** One outbox in Redis: a stream with a consumer group. */
export function createOutbox({
  stream,
  redis,
  blocking,
  keys,
  clock,
  consumer,
  abandonedMs = ABANDONED_MS,
  onFault = () => {},
  onNewer = () => {},
  onUnreadable = () => {},
}: OutboxOptions): Outbox {
  const key = outboxKey(keys, stream);
  const runSettle = loadScript(redis, 'settle-work');
  const runRenew = loadScript(redis, 'renew-claim');
  const runHandBack = loadScript(redis, 'hand-back-work');
  /** Entries that this worker has and has not settled, each with the number of deliveries of its newest claim. */
  const held = new Map<string, number>();
  /** Kinds of work that were reported as left to newer bots. */
  const newer = new LRUCache<string, true>({ max: MAX_NAMES });
  /** The last read failed: Redis may have delivered work to a connection that is gone. */
  let readFailed = false;
  /** One claim at a time: two at once would give this worker the same work twice. */
  const claims = new PQueue({ concurrency: 1 });

  async function ensureGroup(): Promise<void> {
    try {
      await redis.xgroup('CREATE', key, GROUP, '0', 'MKSTREAM');
    } catch (cause) {
      if (!(cause instanceof Error && cause.message.startsWith('BUSYGROUP'))) throw cause;
    }
  }

  async function take(count: number): Promise<Work[]> {
    if (readFailed) {
      const lost = await claims.add(() => takeLost(count));
      if (lost.length > 0) return sorted(lost);
    }
    readFailed = true;
    const began = performance.now();
    const reply = (await blocking.xreadgroup(
      ...(['GROUP', GROUP, consumer, 'COUNT', count, 'BLOCK', BLOCK_MS, 'STREAMS', key, '>'] as const),
    )) as [string, Entry[]][] | null;
    // The client of a Cluster repeats a read by itself, at another node: it then takes longer than one read.
    readFailed = performance.now() - began > BLOCK_MS + RETRY_MS;
    return sorted(hold((reply?.[0]?.[1] ?? []).map((entry) => claimed(entry, 1))));
  }

  /** Work that was delivered to this worker and never arrived: it need not wait until its claim counts as abandoned. */
  async function takeLost(count: number): Promise<Claimed[]> {
    const pending = (await redis.xpending(key, GROUP, '-', '+', MAX_PENDING, consumer)) as Pending[];
    const lost = pending.map(([entry]) => entry).filter((entry) => !held.has(entry));
    if (lost.length === 0) return [];
    // ioredis's types have no overload of xclaim for a list of entries.
    const entries = await redis.call('xclaim', key, GROUP, consumer, 0, ...lost.slice(0, count));
    return claimedOf(entries as Entry[]);
  }

  async function takeAbandoned(count: number): Promise<Work[]> {
    const taken = await claims.add(async () => {
      const args = [key, GROUP, consumer, abandonedMs, '0', 'COUNT', count] as const;
      const [, entries] = (await redis.xautoclaim(...args)) as [string, Entry[]];
      return claimedOf(entries);
    });
    return sorted(taken);
  }

  /** Of entries that were just claimed: a claim carries the number of deliveries, which only XPENDING tells. */
  async function claimedOf(entries: Entry[]): Promise<Claimed[]> {
    const all: Claimed[] = [];
    for (const entry of entries) {
      const [pending] = (await redis.xpending(key, GROUP, entry[0], entry[0], 1)) as Pending[];
      if (pending?.[1] === consumer) all.push(claimed(entry, pending[3]));
    }
    return hold(all);
  }

  function claimed([entry, fields]: Entry, deliveries: number): Claimed {
    return { text: fields[1] ?? '', claim: { stream, entry, consumer, deliveries } };
  }

  function hold(all: Claimed[]): Claimed[] {
    for (const { claim } of all) held.set(claim.entry, claim.deliveries);
    return all;
  }

  /** The work that this worker does; the rest goes where it belongs. */
  async function sorted(all: readonly Claimed[]): Promise<Work[]> {
    const works = await Promise.all(
      all.map(async (one): Promise<Work[]> => {
        const read = readEffect(one.text);
        if (read.kind === 'effect' && STREAM_OF[read.effect.kind] === stream) {
          return [{ effect: read.effect, claim: one.claim }];
        }
        await setAside(one, read).catch((fault: unknown) => {
          // It is claimed and not settled: the next read finds it again.
          held.delete(one.claim.entry);
          readFailed = true;
          onFault(fault);
        });
        return [];
      }),
    );
    return works.flat();
  }

  /**
   * An older bot put all work into one stream, and a newer one may put in what is not known here. Among the timers it is
   * seen by all bots, and each moves what it knows.
   */
  async function setAside({ text, claim }: Claimed, read: ReturnType<typeof readEffect>): Promise<void> {
    if (read.kind === 'unreadable') {
      await run(claim, text, UNREADABLE, keys.tries('unreadable', claim.entry), 'it is no work that can be read');
      onUnreadable(text);
      return;
    }
    if (read.kind === 'newer') {
      if (!newer.has(read.name)) onNewer(read.name);
      newer.set(read.name, true);
    }
    const isKnown = read.kind === 'newer' && read.known;
    const settling = settlingOf(isKnown ? { kind: 'left', why: '' } : { kind: 'returned', seconds: 0 });
    const why = 'only a newer bot can do this work';
    await run(claim, text, settling, keys.tries(read.kind === 'newer' ? read.name : '', 'newer'), why);
  }

  async function renew({ entry, deliveries }: Claim): Promise<void> {
    await runRenew([key], [GROUP, entry, consumer, deliveries]);
  }

  function settle({ effect, claim }: Work, settled: Parameters<Outbox['settle']>[1]): Promise<Settlement> {
    const text = settled.kind === 'done' ? '' : JSON.stringify(effect);
    const why = 'why' in settled ? settled.why : '';
    return run(claim, text, settlingOf(settled), keys.tries(effect.kind, subjectOf(effect)), why);
  }

  async function run(
    { entry, deliveries }: Claim,
    text: string,
    { counter, forget, waitMs, longestMs, maxTries, maxMs }: ReturnType<typeof settlingOf>,
    tries: string,
    why: string,
  ): Promise<Settlement> {
    const claim = [GROUP, entry, consumer, deliveries];
    const count = [counter, forget ? 1 : 0, waitMs, longestMs, maxTries, maxMs];
    const answer = (await runSettle(
      [key, keys.timers, tries, keys.deadLetters],
      [...claim, text, nowGiven(), ...count, why.slice(0, MAX_WHY), MAX_DEAD_LETTERS, TRIES_KEPT_MS],
    )) as [Settlement['kind'], string?];
    // If it was claimed again meanwhile, this worker still has it.
    if (held.get(entry) === deliveries) held.delete(entry);
    const [kind, ms] = answer;
    return kind === 'waits' ? { kind, seconds: Number(ms) / 1000 } : { kind };
  }

  async function handBack(): Promise<void> {
    await runHandBack([key, keys.timers], [GROUP, nowGiven(), MAX_HANDED_BACK]);
  }

  /** '' where Redis's own clock counts. */
  function nowGiven(): number | '' {
    return clock?.now().getTime() ?? '';
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

  return { ready, take, takeAbandoned, renew, settle, handBack };
}

type Entry = [string, string[]];
/** Entry, consumer, milliseconds since the last delivery, number of deliveries. */
type Pending = [string, string, number, number];

/** An entry as it is stored, which may be anything. */
interface Claimed {
  text: string;
  claim: Claim;
}
