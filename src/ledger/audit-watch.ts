import { hash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { LedgerLost } from '../workflow/faults.ts';
import { createAlarmDedupe } from './alarm-dedupe.ts';
import type { AuditAlarms } from './audit-alarms.ts';
import type { Checkpoints } from './audit-checkpoints.ts';
import type { Connection } from './connection.ts';
import type { Keys } from './keys.ts';
import type { RedisLedger } from './ledger.ts';
import type { SharedSeal } from './shared-seal.ts';

/** An alarm is due within 5 s, without traffic too. */
const LOOK_MS = 2000;
/** What Slack does not take is tried again; the newest say what the older ones said. */
const MOST_UNTOLD = 100;
/** A stop waits so long for a last checkpoint, and for what is being told. */
const LAST_WORDS_MS = 2000;
/** Three checkpoints that should have been posted, and were not. */
const UNTOLD_MS = 30 * 60_000;

interface WatchOptions {
  redis: Connection;
  keys: Keys;
  ledger: Pick<RedisLedger, 'recheck' | 'lost'>;
  checkpoints: Pick<Checkpoints, 'round'>;
  alarms: AuditAlarms;
  seal: SharedSeal;
  /** One step of what an archive left to be taken out. */
  trim(): Promise<unknown>;
  /** This bot among the others. */
  replica: string;
  lookMs?: number;
  /** Tells the channel. Fails where Slack does not take it: it is tried again. */
  tellCheckpoints(lines: string[]): Promise<void>;
  tellLost(lost: LedgerLost): Promise<void>;
  tellResumed(): Promise<void>;
  tellAlarm(why: string): Promise<void>;
  /** Told each time that it came round without a fault. */
  onTurn?: () => void;
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
  const turns = createAlarmDedupe({
    redis,
    keys,
    replica: options.replica,
    seal: options.seal,
    onFault: options.onFault,
  });
  let untold: string[] = [];
  let untoldSince: number | null = null;
  /** The loss that the channel knows of. */
  let told: LedgerLost | null = null;

  /** @param last the bot stops */
  async function turn(last = false): Promise<void> {
    try {
      await ledger.recheck();
    } catch (fault) {
      if (!(fault instanceof LedgerLost)) throw fault;
      return;
    } finally {
      standing.start();
    }
    try {
      untold = [...untold, ...(await options.checkpoints.round(last))].slice(-MOST_UNTOLD);
      if (untold.length > 0) untoldSince ??= Date.now();
    } finally {
      posting.start();
      warning.start();
    }
    if (!last) await options.trim();
  }

  const posting = oneAtATime(async () => {
    const lines = untold;
    if (lines.length === 0) return;
    await options.tellCheckpoints(lines);
    untold = untold.filter((line) => !lines.includes(line));
    untoldSince = untold.length > 0 ? Date.now() : null;
  });

  const warning = oneAtATime(async () => {
    for (const why of options.alarms.untold()) {
      const about = `doubt-${hash('sha256', why).slice(0, 16)}`;
      if (await turns.tellOnce(about, () => options.tellAlarm(why))) options.alarms.told(why);
    }
  });

  const standing = oneAtATime(async () => {
    const lost = ledger.lost();
    if (lost === told) return;
    if (lost) {
      if (await turns.tellOnce('lost', () => options.tellLost(lost).then(() => turns.forget('resumed')))) told = lost;
    } else if (await turns.tellOnce('resumed', () => options.tellResumed().then(() => turns.forget('lost'))))
      told = null;
  });

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
      await turn().then(options.onTurn, options.onFault);
      await sleep(options.lookMs ?? LOOK_MS, null, { signal: stopping.signal }).catch(() => null);
    }
  }

  /** What came while others were being posted, too. */
  async function postAll(): Promise<void> {
    await posting.done();
    posting.start();
    await posting.done();
  }

  const running = run();
  return {
    async stop(): Promise<void> {
      stopping.abort();
      // What was recorded since the last checkpoint has a witness before this bot is gone. A round that is under way may
      // wait for Redis until that is closed, to give up its lock.
      const words = running
        .then(() => turn(true))
        .catch(options.onFault)
        .then(() => Promise.all([postAll(), standing.done(), warning.done()]));
      await Promise.race([words, sleep(LAST_WORDS_MS, null, { ref: false })]);
    },
    /** Why checkpoints are not where people look for them, as a sentence; null while they are. */
    unposted(): string | null {
      if (untoldSince === null || Date.now() - untoldSince < UNTOLD_MS) return null;
      const minutes = Math.floor((Date.now() - untoldSince) / 60_000);
      return `Slack has not taken a checkpoint for AUDIT_CHANNEL for ${minutes} minutes`;
    },
  };
}
