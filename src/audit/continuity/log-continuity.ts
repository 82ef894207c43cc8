import type { AuditHead } from '../../domain/audit/audit-record.ts';
import type { Connection } from '../../store/connection/connection.ts';
import type { Keys } from '../../store/connection/keys.ts';
import { createRedisOutcome } from '../../store/connection/redis-outcome.ts';
import type { Continuity } from '../../store/ledger/log-head.ts';
import { LedgerLost } from '../../workflow/faults.ts';
import type { AuditKey } from '../format/audit-chain.ts';
import { type LogPosition, samePosition } from '../format/log-position.ts';
import { type CheckedPositions, checkPositions } from './check-positions.ts';
import { publishPositions } from './published-positions.ts';

export interface ContinuityOptions {
  redis: Connection;
  keys: Keys;
  /** The first signs. */
  auditKeys: readonly AuditKey[];
  /** Called once, when the log in Redis no longer has what was observed of it. */
  onLost?: (lost: LedgerLost) => void;
  /** Called when a person accepted the loss, and this process writes again. */
  onResumed?: () => void;
  /** The newest checkpoint that is kept outside Redis: its record must be in the log before anything is written. */
  checkpoint?: LogPosition | null;
  /** A command: what it finds missing, by its own checkpoint file, stops no bot. */
  alone?: boolean;
}

/**
 * Watches that the log in Redis still has every record that this process observed. Once one is missing, nothing is written
 * until a person accepts the loss.
 */
export function createLogContinuity(options: ContinuityOptions): Continuity {
  const { redis, keys, auditKeys } = options;
  const outcome = createRedisOutcome(redis);
  const checkpoint = options.checkpoint ?? null;
  /** The highest record that this process knows of. */
  let position: LogPosition | null = checkpoint;
  /** Each of these losses must be accepted before this process writes again. */
  let missing: LogPosition[] = [];
  let lost: LedgerLost | null = null;

  async function observe(): Promise<AuditHead | null> {
    const checked = await check();
    if (checked.lost.length > 0) throw await markLost(checked);
    position = checked.head ?? position;
    return checked.head;
  }

  async function recheck(): Promise<AuditHead | null> {
    if (!lost) return observe();
    const checked = await check();
    missing = [...missing, ...checked.lost.filter((one) => !missing.some((known) => samePosition(known, one)))];
    const accepted = missing.every((one) => checked.accepted.some((given) => samePosition(given, one)));
    if (checked.lost.length > 0 || !accepted) {
      await publish(checked);
      // Records that are back don't end it either: a person has to judge that, and restarts the bot.
      throw lost;
    }
    position = checked.head;
    missing = [];
    lost = null;
    options.onResumed?.();
    return checked.head;
  }

  function check(): Promise<CheckedPositions> {
    return outcome.read(() => checkPositions(redis, keys, [...(position ? [position] : []), ...missing], auditKeys));
  }

  async function markLost(checked: CheckedPositions): Promise<LedgerLost> {
    const [first, ...rest] = checked.lost as [LogPosition, ...LogPosition[]];
    const { log, seq, hash } = rest.reduce((highest, one) => (one.seq > highest.seq ? one : highest), first);
    const now = checked.head;
    const ends = now === null ? 'nothing' : now.log === log ? `record ${now.seq} (${now.hash})` : `log ${now.log}`;
    missing = checked.lost;
    lost = new LedgerLost(
      `record ${seq} (${hash}) of log ${log} was there, and Redis does not have it: it ends at ${ends}. Nothing more is written until \`audit accept-loss --reason … --seen ${seq}:${hash}\``,
    );
    options.onLost?.(lost);
    await publish(checked);
    return lost;
  }

  /** For the other bots, and for whoever accepts the loss. Redis may lose this too, so it is repeated at each recheck. */
  async function publish({ head, lost: gone }: CheckedPositions): Promise<void> {
    if (options.alone) return;
    // A checkpoint of another log may be in a file in the wrong place. That stops this bot only.
    const isForeign = (one: LogPosition) => one === checkpoint && head !== null && head.log !== one.log;
    const own = gone.filter((one) => !isForeign(one));
    await outcome.read(() => publishPositions(redis, keys, own, auditKeys));
  }

  return {
    observe,
    recheck,
    lost: () => lost,
    position: () => position,
    advance(record: LogPosition): void {
      position = record;
    },
  };
}
