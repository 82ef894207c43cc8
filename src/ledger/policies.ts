import type { AuditKey } from './audit-chain.ts';
import type { Connection } from './connection.ts';
import type { Keys } from './keys.ts';
import { isPolicyOnRecord } from './policy-on-record.ts';
import { createRedisOutcome } from './redis-outcome.ts';
import { loadScript } from './script.ts';

/** A bot that says nothing for this long is gone, and its policy counts no more. */
const HEARD_MS = 15_000;

/** What a bot only announced, and no record names, is needed for as long as that bot runs. */
const UNRECORDED_SECONDS = 90 * 86_400;

/** Which policy each running bot goes by, and the text of every policy that ever did. All of it may throw NotRecorded. */
export function createPolicies(redis: Connection, keys: Keys, replica: string, auditKeys: readonly AuditKey[]) {
  const { read } = createRedisOutcome(redis);
  const runBeat = loadScript(redis, 'heartbeat');
  return {
    /**
     * Keeps the text, for bots that run another policy: another one under this digest can't be right. For good only once
     * that was said.
     */
    async keep(digest: string, text: string): Promise<void> {
      const key = keys.policyText(digest);
      if ((await read(() => redis.set(key, text, 'EX', UNRECORDED_SECONDS, 'NX'))) !== null) return;
      await read(() => redis.set(key, text, 'KEEPTTL'));
    },
    /** A record names it now: its text is kept for the auditor, for as long as the log or an archive of it may be read. */
    async keepForGood(digest: string): Promise<void> {
      await read(() => redis.persist(keys.policyText(digest)));
    },
    /** The text of a policy that some bot has kept. */
    text: (digest: string): Promise<string | null> => read(() => redis.get(keys.policyText(digest))),
    /** Whether this is the one that the log says was loaded last. */
    isOnRecord: (digest: string): Promise<boolean> => read(() => isPolicyOnRecord(redis, keys, auditKeys, digest)),
    async setCurrent(digest: string, seq: number): Promise<void> {
      await read(() => redis.set(keys.policyCurrent, `${digest} ${seq}`));
    },
    /** Says which policy this bot runs. `kept`: its text is there; `others`: the digests of those that other bots run instead. */
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

export type Policies = ReturnType<typeof createPolicies>;
