import type { Connection } from '../../store/connection/connection.ts';
import type { Keys } from '../../store/connection/keys.ts';
import { loadScript } from '../../store/connection/script.ts';
import { parseObject } from '../format/parse-json.ts';
import type { SharedSeal } from '../format/shared-seal.ts';

/** For so long, no bot repeats an alarm about the same thing. */
const ALARM_MS = 10 * 60_000;
/** The bot that raises an alarm renews its note while it does. If it dies first, the note expires and another bot takes over. */
const TELLING_MS = 15_000;
const AGAIN_MS = 5_000;
/** After that it no longer renews the note: Slack will not answer any more. */
const LONGEST_MS = 60_000;
const TOLD = 'told';

/**
 * Makes one of several bots raise an alarm. The notes about it in Redis are sealed and dated, so that nobody without a key
 * can silence all bots.
 */
export function createAlarmDedupe(options: {
  redis: Connection;
  keys: Keys;
  /** This bot among the others. */
  replica: string;
  seal: SharedSeal;
  onFault(fault: unknown): void;
}) {
  const { redis, keys, replica, seal, onFault } = options;
  const runLock = loadScript(redis, 'lock');

  const kind = (about: string) => `alarm ${about}`;
  function mark(about: string, by: string): string {
    const at = Date.now();
    return JSON.stringify({ by, at, seal: seal.seal(kind(about), `${by} ${at}`) });
  }

  /** Another bot's note; null where it is not valid, or too old. */
  function read(about: string, text: string): 'told' | 'telling' | null {
    const { by, at, seal: given } = parseObject(text) ?? {};
    if (typeof by !== 'string' || typeof at !== 'number' || typeof given !== 'string') return null;
    if (!seal.isSealed(kind(about), `${by} ${at}`, given)) return null;
    const age = Math.abs(Date.now() - at);
    if (by === TOLD) return age < ALARM_MS ? 'told' : null;
    return age < TELLING_MS ? 'telling' : null;
  }

  /**
   * Where Redis can't say whether another bot raised the alarm, it is raised: better twice than never.
   * @returns false: another bot is raising it just now
   */
  async function tellOnce(about: string, tell: () => Promise<void>): Promise<boolean> {
    const key = keys.alarm(about);
    const mine = mark(about, replica);
    const before = await redis.set(key, mine, 'PX', TELLING_MS, 'NX', 'GET').catch((fault: unknown) => {
      onFault(fault);
      return null;
    });
    const left = before === null ? null : read(about, before);
    if (left !== null) return left === 'told';
    if (before !== null) await redis.set(key, mine, 'PX', TELLING_MS).catch(onFault);
    let current = mine;
    const until = Date.now() + LONGEST_MS;
    const telling = setInterval(() => {
      if (Date.now() > until) return;
      current = mark(about, replica);
      redis.set(key, current, 'PX', TELLING_MS).catch(onFault);
    }, AGAIN_MS);
    telling.unref();
    try {
      await tell();
    } catch (fault) {
      // Deletes only this bot's own note: another bot may have written one in the meantime.
      await runLock([key], [current, 0]).catch(onFault);
      throw fault;
    } finally {
      clearInterval(telling);
    }
    await redis.set(key, mark(about, TOLD), 'PX', ALARM_MS).catch(onFault);
    return true;
  }

  return {
    tellOnce,
    /** The next alarm about it is raised again. */
    async forget(about: string): Promise<void> {
      await redis.del(keys.alarm(about)).catch(onFault);
    },
  };
}
