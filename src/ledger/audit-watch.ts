import { setTimeout as sleep } from 'node:timers/promises';
import { LedgerLost } from '../workflow/faults.ts';
import type { Checkpoints } from './audit-checkpoints.ts';
import type { Connection } from './connection.ts';
import type { Keys } from './keys.ts';
import type { RedisLedger } from './ledger.ts';

/** An alarm is due within 5 s, without traffic too. */
const LOOK_MS = 2000;
/** One alarm of all bots about the same loss. */
const ALARM_MS = 10 * 60_000;
/** One of them tells it; longer than Slack is waited for. Where that bot dies first, another does. */
const TELLING_MS = 15_000;
const TOLD = 'told';
/** What Slack does not take is tried again; the newest say what the older ones said. */
const MOST_UNTOLD = 100;
/** A stop waits so long for what is being told. */
const LAST_WORDS_MS = 2000;

interface WatchOptions {
  redis: Connection;
  keys: Keys;
  ledger: Pick<RedisLedger, 'look' | 'lost'>;
  checkpoints: Checkpoints;
  /** One step of what an archive left to be taken out. */
  trim(): Promise<unknown>;
  /** This bot among the others. */
  replica: string;
  lookMs?: number;
  /** Tells the channel. Fails where Slack does not take it: it is tried again. */
  tellCheckpoints(lines: string[]): Promise<void>;
  tellLost(lost: LedgerLost): Promise<void>;
  tellResumed(): Promise<void>;
  /** Something that is tried again. */
  onFault(fault: unknown): void;
}

/**
 * Looks every two seconds whether the log that this bot saw is still there, says so where it is not, and has checkpoints
 * made while it is. What is told is told beside that, however long Slack takes.
 */
export function startAuditWatch(options: WatchOptions) {
  const { redis, keys, ledger } = options;
  const stopping = new AbortController();
  let untold: string[] = [];
  /** The loss that the channel knows of. */
  let told: LedgerLost | null = null;

  async function turn(): Promise<void> {
    try {
      await ledger.look();
    } catch (fault) {
      if (!(fault instanceof LedgerLost)) throw fault;
      return;
    } finally {
      standing.start();
    }
    untold = [...untold, ...(await options.checkpoints.round())].slice(-MOST_UNTOLD);
    posting.start();
    await options.trim();
  }

  const posting = oneAtATime(async () => {
    const lines = untold;
    if (lines.length === 0) return;
    await options.tellCheckpoints(lines);
    untold = untold.filter((line) => !lines.includes(line));
  });

  const standing = oneAtATime(async () => {
    const lost = ledger.lost();
    if (lost === told) return;
    if (lost) {
      if (await tellOnce('lost', () => options.tellLost(lost))) told = lost;
    } else if (await tellOnce('resumed', () => options.tellResumed())) told = null;
  });

  /** By one bot of all; where Redis can't say whether another did, rather twice than never. False: another is at it. */
  async function tellOnce(about: 'lost' | 'resumed', tell: () => Promise<void>): Promise<boolean> {
    const key = keys.alarm(about);
    const by = await redis.set(key, options.replica, 'PX', TELLING_MS, 'NX', 'GET').catch(() => null);
    if (by !== null) return by === TOLD;
    try {
      await tell();
    } catch (fault) {
      await redis.del(key).catch(options.onFault);
      throw fault;
    }
    await redis.set(key, TOLD, 'PX', ALARM_MS).catch(options.onFault);
    await redis.del(keys.alarm(about === 'lost' ? 'resumed' : 'lost')).catch(options.onFault);
    return true;
  }

  /** Starts this work, unless it is under way. */
  function oneAtATime(work: () => Promise<void>) {
    let underWay: Promise<void> | null = null;
    return {
      start(): void {
        underWay ??= work()
          .catch(options.onFault)
          .finally(() => {
            underWay = null;
          });
      },
      done: () => underWay,
    };
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      await turn().catch(options.onFault);
      await sleep(options.lookMs ?? LOOK_MS, null, { signal: stopping.signal }).catch(() => null);
    }
  }

  const running = run();
  return {
    async stop(): Promise<void> {
      stopping.abort();
      await running;
      const words = Promise.all([posting.done(), standing.done()]);
      await Promise.race([words, sleep(LAST_WORDS_MS, null, { ref: false })]);
    },
  };
}
