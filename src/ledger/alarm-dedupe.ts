import type { Connection } from './connection.ts';
import type { Keys } from './keys.ts';
import { parseObject } from './parse-json.ts';
import { loadScript } from './script.ts';
import type { SharedSeal } from './shared-seal.ts';

/** One alarm of all bots about the same thing. */
const ALARM_MS = 10 * 60_000;
/** One of them tells it, and says anew that it is at it for as long as that takes. Where that bot dies first, another does. */
const TELLING_MS = 15_000;
const AGAIN_MS = 5_000;
/** Slack has answered by then, or never will. */
const LONGEST_MS = 60_000;
const TOLD = 'told';

/**
 * Which of several bots raises an alarm: one of them. What they leave in Redis about it is sealed and dated, so that
 * nobody else can keep them all silent.
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

  /** What another bot left, while it counts. */
  function read(about: string, text: string): 'told' | 'telling' | null {
    const { by, at, seal: given } = parseObject(text) ?? {};
    if (typeof by !== 'string' || typeof at !== 'number' || typeof given !== 'string') return null;
    if (!seal.isSealed(kind(about), `${by} ${at}`, given)) return null;
    const age = Math.abs(Date.now() - at);
    if (by === TOLD) return age < ALARM_MS ? 'told' : null;
    return age < TELLING_MS ? 'telling' : null;
  }

  /** Where Redis can't say whether another did, rather twice than never. False: another is at it. */
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
      // What another bot left there meanwhile is about its own.
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
    /** The next alarm about it is another one. */
    async forget(about: string): Promise<void> {
      await redis.del(keys.alarm(about)).catch(onFault);
    },
  };
}
