import type { AuditHead } from '../domain/audit-record.ts';
import { LedgerLost } from '../workflow/faults.ts';
import type { AuditKey } from './audit-chain.ts';
import { type Held, holdLog, publishSights, type Sight, sameSight } from './audit-loss.ts';
import type { Connection } from './connection.ts';
import type { Keys } from './keys.ts';
import type { RedisOutcome } from './redis-outcome.ts';

export interface SightsOptions {
  redis: Connection;
  keys: Keys;
  /** The first signs. */
  auditKeys: readonly AuditKey[];
  /** Told once, when the log in Redis turns out not to be the one that was seen. */
  onLost?: (lost: LedgerLost) => void;
  /** Told when a person accepted the loss, and this process writes again. */
  onResumed?: () => void;
  /** What is known of the log from outside Redis: it must be there before anything is written. */
  witness?: Sight | null;
  /** A command: what it finds lost, by its own checkpoint file, stops nobody else. */
  alone?: boolean;
}

/** What one process saw of the log, and whether it still stands; what it found lost, until a person accepted that. */
export function createSights(options: SightsOptions, gate: RedisOutcome) {
  const { redis, keys, auditKeys } = options;
  const witness = options.witness ?? null;
  let seen: Sight | null = witness;
  /** All of it must be accepted before this process writes again. */
  let missed: Sight[] = [];
  let lost: LedgerLost | null = null;

  /** The log's head, if all that was seen of it is there. @throws LedgerLost */
  async function stand(): Promise<AuditHead | null> {
    const held = await hold();
    if (held.lost.length > 0) throw await lose(held);
    seen = held.head ?? seen;
    return held.head;
  }

  /** The same; what is lost may have been accepted meanwhile. */
  async function look(): Promise<AuditHead | null> {
    if (!lost) return stand();
    const held = await hold();
    missed = [...missed, ...held.lost.filter((sight) => !missed.some((one) => sameSight(one, sight)))];
    const accepted = missed.every((sight) => held.accepted.some((one) => sameSight(one, sight)));
    if (held.lost.length > 0 || !accepted) {
      await publish(held);
      // That it is there again is for a person to judge, too: they start the bot anew.
      throw lost;
    }
    seen = held.head;
    missed = [];
    lost = null;
    options.onResumed?.();
    return held.head;
  }

  function hold(): Promise<Held> {
    return gate.read(() => holdLog(redis, keys, [...(seen ? [seen] : []), ...missed], auditKeys));
  }

  async function lose(held: Held): Promise<LedgerLost> {
    const [first, ...rest] = held.lost as [Sight, ...Sight[]];
    const { log, seq, hash } = rest.reduce((highest, sight) => (sight.seq > highest.seq ? sight : highest), first);
    const now = held.head;
    const ends = now === null ? 'nothing' : now.log === log ? `record ${now.seq} (${now.hash})` : `log ${now.log}`;
    missed = held.lost;
    lost = new LedgerLost(
      `record ${seq} (${hash}) of log ${log} was there, and Redis does not have it: it ends at ${ends}. Nothing more is written until \`audit accept-loss --reason … --seen ${seq}:${hash}\``,
    );
    options.onLost?.(lost);
    await publish(held);
    return lost;
  }

  /** For the other bots, and for whoever accepts the loss. Redis may lose it again, so each look says it again. */
  async function publish({ head, lost: gone }: Held): Promise<void> {
    if (options.alone) return;
    // A checkpoint file of another log may only have been put in the wrong place: that stops this bot, and not all.
    const foreign = (sight: Sight) => sight === witness && head !== null && head.log !== sight.log;
    await gate.read(() =>
      publishSights(
        redis,
        keys,
        gone.filter((sight) => !foreign(sight)),
        auditKeys,
      ),
    );
  }

  return {
    stand,
    look,
    lost: () => lost,
    /** The highest record that this process knows of. */
    seen: () => seen,
    saw(record: Sight): void {
      seen = record;
    },
  };
}
