import { hash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '../../store/connection/connection.ts';
import type { Keys } from '../../store/connection/keys.ts';
import type { RedisLedger } from '../../store/ledger/ledger.ts';
import { sleepUntilAborted } from '../../timing/sleep-until-aborted.ts';
import { LedgerLost } from '../../workflow/faults.ts';
import type { SharedSeal } from '../format/shared-seal.ts';
import type { AuditAlarms } from '../log/audit-alarms.ts';
import { createAlarmDedupe } from './alarm-dedupe.ts';
import type { Checkpoints } from './audit-checkpoints.ts';

/** A loss must be noticed within 5 s, also where nothing is written. */
const RECHECK_MS = 2000;
/** Checkpoints that Slack did not accept are posted again. The newest are enough. */
const MAX_UNTOLD = 100;
/** At a stop, how long to wait for a last checkpoint and for messages in progress. */
const LAST_WORDS_MS = 2000;
/** In that time three checkpoints should have been posted. */
const UNTOLD_MS = 30 * 60_000;

interface WatchOptions {
  redis: Connection;
  keys: Keys;
  ledger: Pick<RedisLedger, 'recheck' | 'lost'>;
  checkpoints: Pick<Checkpoints, 'round'>;
  alarms: AuditAlarms;
  seal: SharedSeal;
  /** Compares what is stored with the log. */
  checkState(): Promise<void>;
  /** Deletes some of the archived records. */
  trim(): Promise<unknown>;
  /** The id of this bot. */
  replica: string;
  lookMs?: number;
  /** Tells the channel. Where Slack does not accept it, this throws and is tried again. */
  tellCheckpoints(lines: string[]): Promise<void>;
  tellLost(lost: LedgerLost): Promise<void>;
  tellResumed(): Promise<void>;
  /** `channel`: to be told besides those that get every alarm. */
  tellAlarm(why: string, channel: string | null): Promise<void>;
  /** Called after each round without a fault. */
  onTurn?: () => void;
  /** Called with faults after which it tries again. */
  onFault(fault: unknown): void;
}

/**
 * Rechecks every two seconds that the log still has what this bot observed of it. Where it does not, the channel is told;
 * while it does, checkpoints are made. Messages to Slack don't hold up the rounds.
 */
export function startAuditWatch(options: WatchOptions) {
  const { redis, keys, ledger } = options;
  const stopping = new AbortController();
  const dedupe = createAlarmDedupe({
    redis,
    keys,
    replica: options.replica,
    seal: options.seal,
    onFault: options.onFault,
  });
  let untold: string[] = [];
  let untoldSince: number | null = null;
  /** The loss that the channel was told of. */
  let told: LedgerLost | null = null;

  /** @param last the bot stops */
  async function round(last = false): Promise<void> {
    try {
      await ledger.recheck();
    } catch (fault) {
      if (!(fault instanceof LedgerLost)) throw fault;
      return;
    } finally {
      lossNotice.start();
    }
    try {
      // A fault there must not keep checkpoints from being made.
      if (!last) await options.checkState().catch(options.onFault);
      untold = [...untold, ...(await options.checkpoints.round(last))].slice(-MAX_UNTOLD);
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
      const channel = options.alarms.channelOf(why);
      const about = `doubt-${hash('sha256', why).slice(0, 16)}`;
      if (await dedupe.tellOnce(about, () => options.tellAlarm(why, channel))) options.alarms.told(why);
    }
  });

  const lossNotice = oneAtATime(async () => {
    const lost = ledger.lost();
    if (lost === told) return;
    if (lost) {
      if (await dedupe.tellOnce('lost', () => options.tellLost(lost).then(() => dedupe.forget('resumed')))) told = lost;
    } else if (await dedupe.tellOnce('resumed', () => options.tellResumed().then(() => dedupe.forget('lost'))))
      told = null;
  });

  /** Starts the work, unless it is in progress. */
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
      await round().then(options.onTurn, options.onFault);
      await sleepUntilAborted(options.lookMs ?? RECHECK_MS, stopping.signal);
    }
  }

  /** Includes the lines that were added while others were posted. */
  async function postAll(): Promise<void> {
    await posting.done();
    posting.start();
    await posting.done();
  }

  const running = run();
  return {
    async stop(): Promise<void> {
      stopping.abort();
      // Records since the last checkpoint get one before this bot stops. A round in progress may wait for Redis until the
      // connection closes, to release its lock.
      const words = running
        .then(() => round(true))
        .catch(options.onFault)
        .then(() => Promise.all([postAll(), lossNotice.done(), warning.done()]));
      await Promise.race([words, sleep(LAST_WORDS_MS, null, { ref: false })]);
    },
    /** Why checkpoints don't get to the channel, as a sentence; null while they do. */
    unposted(): string | null {
      if (untoldSince === null || Date.now() - untoldSince < UNTOLD_MS) return null;
      const minutes = Math.floor((Date.now() - untoldSince) / 60_000);
      return `Slack has not taken a checkpoint for AUDIT_CHANNEL for ${minutes} minutes`;
    },
  };
}
