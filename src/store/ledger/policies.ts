import { parseObject } from '../../audit/format/parse-json.ts';
import type { Connection } from '../connection/connection.ts';
import type { Keys } from '../connection/keys.ts';
import { createRedisOutcome } from '../connection/redis-outcome.ts';
import { loadScript } from '../connection/script.ts';

/** A bot without a heartbeat for this long is gone, and its policy no longer counts. */
const HEARD_MS = 15_000;

/** The text of a policy that no record names yet is needed only while its bot runs. */
const UNRECORDED_SECONDS = 90 * 86_400;

/**
 * Which policy each running bot uses, and the text of each policy that was ever used. All of it may throw NotRecorded.
 * @param onRecord whether this is the policy that the log says was loaded last
 */
export function createPolicies(
  redis: Connection,
  keys: Keys,
  replica: string,
  onRecord: (digest: string) => Promise<boolean>,
) {
  const { read } = createRedisOutcome(redis);
  const runBeat = loadScript(redis, 'heartbeat');
  return {
    /**
     * Keeps the text, for bots that run another policy. It replaces any other text under this digest, which must be wrong.
     * It expires, unless `keepForGood` is called.
     */
    async keep(digest: string, text: string): Promise<void> {
      const key = keys.policyText(digest);
      if ((await read(() => redis.set(key, text, 'EX', UNRECORDED_SECONDS, 'NX'))) !== null) return;
      await read(() => redis.set(key, text, 'KEEPTTL'));
    },
    /** A record names this policy now, so its text is kept for auditors, who may read the log or an archive at any time. */
    async keepForGood(digest: string): Promise<void> {
      await read(() => redis.persist(keys.policyText(digest)));
    },
    /** The text of a policy that some bot has kept. */
    text: (digest: string): Promise<string | null> => read(() => redis.get(keys.policyText(digest))),
    /** Whether this is the policy that the log says was loaded last. */
    isOnRecord: (digest: string): Promise<boolean> => read(() => onRecord(digest)),
    async setCurrent(digest: string, seq: number): Promise<void> {
      await read(() => redis.set(keys.policyCurrent, `${digest} ${seq}`));
    },
    /** Tells the others which policy this bot uses. `kept`: its text is there; `others`: the digests that other bots use. */
    async beat(digest: string): Promise<{ kept: boolean; others: string[] }> {
      const answer = await read(() =>
        runBeat([keys.replicas, keys.policyText(digest)], [replica, digest, String(HEARD_MS)]),
      );
      const [kept, ...others] = answer as string[];
      return { kept: kept === 'kept', others: [...new Set(others)].sort() };
    },
    async leave(): Promise<void> {
      await redis.hdel(keys.replicas, replica);
    },
  };
}

/** How many bots have given a heartbeat lately, by Redis's clock. */
export async function countBots(redis: Connection, keys: Keys): Promise<number> {
  const { read } = createRedisOutcome(redis);
  const [beats, [seconds]] = await Promise.all([read(() => redis.hvals(keys.replicas)), read(() => redis.time())]);
  const since = Number(seconds) * 1000 - HEARD_MS;
  return beats.filter((text) => Number(parseObject(text)?.at) > since).length;
}

export type Policies = ReturnType<typeof createPolicies>;
