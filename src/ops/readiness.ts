import type { ReadinessCheck } from './ops-server.ts';

export interface ReadinessFacts {
  /** Resolves when Redis answers. */
  pingRedis: () => Promise<unknown>;
  /** Why the log in Redis is not to be written to; null where it is. */
  lost: () => string | null;
  /** What can't be known of it; null where there is nothing of the kind. */
  unsure: () => string | null;
  /** Resolves when Slack takes the token. */
  testSlack: () => Promise<unknown>;
  /** Digest of the policy in force, and of those that other bots run instead. */
  policy: () => { digest: string; others: readonly string[] };
}

/** Ready = Redis, Slack token and policy are good. */
export function readinessChecks({ pingRedis, lost, unsure, testSlack, policy }: ReadinessFacts): ReadinessCheck[] {
  return [
    {
      name: 'redis',
      async look() {
        await pingRedis();
        return { state: 'ok', detail: 'answers' };
      },
    },
    {
      name: 'audit',
      async look() {
        const why = lost();
        if (why !== null) return { state: 'fail', detail: why };
        const doubt = unsure();
        return doubt === null ? { state: 'ok', detail: 'goes on' } : { state: 'warn', detail: doubt };
      },
    },
    {
      name: 'slack',
      async look() {
        await testSlack();
        return { state: 'ok', detail: 'takes the token' };
      },
    },
    {
      name: 'policy',
      async look() {
        const { digest, others } = policy();
        if (others.length === 0) return { state: 'ok', detail: digest };
        return { state: 'warn', detail: `this bot runs ${digest}, others run ${others.join(', ')}` };
      },
    },
  ];
}
