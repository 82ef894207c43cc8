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
/** What Slack does not take is tried again; the newest say what the older ones said. */
const MOST_UNTOLD = 100;

interface WatchOptions {
  redis: Connection;
  keys: Keys;
  ledger: Pick<RedisLedger, 'look' | 'lost' | 'seen'>;
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
 * made while it is.
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
      await alarm(fault);
      return;
    }
    if (told) {
      await tellOnce('resumed', () => options.tellResumed());
      told = null;
    }
    untold = [...untold, ...(await options.checkpoints.round())].slice(-MOST_UNTOLD);
    await options.trim();
    if (untold.length === 0) return;
    await options.tellCheckpoints(untold);
    untold = [];
  }

  async function alarm(lost: LedgerLost): Promise<void> {
    const seen = ledger.seen();
    const sight = seen && JSON.stringify({ log: seen.log, seq: seen.seq, hash: seen.hash });
    // For `audit accept-loss`: the highest record ever seen is what the log goes on after.
    if (sight) await redis.hset(keys.seen, options.replica, sight).catch(options.onFault);
    if (told === lost) return;
    await tellOnce('lost', () => options.tellLost(lost));
    told = lost;
  }

  /** By one bot of all; where Redis can't say whether another did, rather twice than never. */
  async function tellOnce(about: 'lost' | 'resumed', tell: () => Promise<void>): Promise<void> {
    const other = about === 'lost' ? 'resumed' : 'lost';
    const mine = await redis.set(keys.alarm(about), options.replica, 'PX', ALARM_MS, 'NX').catch(() => 'OK');
    if (mine === null) return;
    try {
      await tell();
      await redis.del(keys.alarm(other));
    } catch (fault) {
      await redis.del(keys.alarm(about)).catch(options.onFault);
      throw fault;
    }
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
    },
  };
}
