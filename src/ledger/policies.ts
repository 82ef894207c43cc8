import type { Clock } from '../workflow/ports.ts';
import type { AuditKey } from './audit-chain.ts';
import type { Connection } from './connection.ts';
import type { Keys } from './keys.ts';
import { isPolicyOnRecord } from './policy-on-record.ts';

/** A replica that has not been heard of for this long is gone. */
const HEARD_MS = 30_000;

/** Which policy each running bot goes by, and the text of every policy that ever did. */
export function createPolicies(
  redis: Connection,
  keys: Keys,
  clock: Clock,
  replica: string,
  auditKeys: readonly AuditKey[],
) {
  return {
    /** Keeps the text for the auditor. True where this digest is not the one that the log says was last loaded. */
    async keep(digest: string, text: string): Promise<boolean> {
      // Another text under this digest can't be right, whoever put it there.
      await redis.set(keys.policyText(digest), text);
      return !(await isPolicyOnRecord(redis, keys, auditKeys, digest));
    },
    async setCurrent(digest: string, seq: number): Promise<void> {
      await redis.set(keys.policyCurrent, `${digest} ${seq}`);
    },
    /** Says which policy this bot runs, and answers with the digests of the others that differ from it. */
    async beat(digest: string): Promise<string[]> {
      const now = clock.now().getTime();
      await redis.hset(keys.replicas, replica, JSON.stringify({ digest, at: now }));
      const all = Object.entries(await redis.hgetall(keys.replicas)).map(
        ([name, text]) => [name, JSON.parse(text) as { digest: string; at: number }] as const,
      );
      const gone = all.filter(([, { at }]) => now - at > HEARD_MS).map(([name]) => name);
      if (gone.length > 0) await redis.hdel(keys.replicas, ...gone);
      const others = all.filter(([name, other]) => !gone.includes(name) && other.digest !== digest);
      return [...new Set(others.map(([, other]) => other.digest))];
    },
    async leave(): Promise<void> {
      await redis.hdel(keys.replicas, replica);
    },
  };
}

export type Policies = ReturnType<typeof createPolicies>;
