import type { ReadinessCheck } from './ops-server.ts';

export interface ReadinessFacts {
  /** Resolves when Redis answers. */
  pingRedis: () => Promise<unknown>;
  /** Why the log in Redis is not to be written to; null where it is. */
  lost: () => string | null;
  /** What is wrong beside it, or can't be known of it, each as a sentence. */
  doubts: () => readonly string[];
  /** Resolves when Slack takes the token. */
  testSlack: () => Promise<unknown>;
  /** Digest of the policy in force, of those that other bots run instead, and its groups that Slack will not tell. */
  policy: () => { digest: string; others: readonly string[]; unreadable: readonly string[] };
}

/** Ready = Redis, Slack token and policy are good. */
export function readinessChecks({ pingRedis, lost, doubts, testSlack, policy }: ReadinessFacts): ReadinessCheck[] {
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
        const all = doubts();
        return all.length === 0 ? { state: 'ok', detail: 'goes on' } : { state: 'warn', detail: all.join('; ') };
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
        const { digest, others, unreadable } = policy();
        const doubts = [
          ...(others.length === 0 ? [] : [`this bot runs ${digest}, others run ${others.join(', ')}`]),
          ...(unreadable.length === 0 ? [] : [`groups that don't exist or can't be read: ${unreadable.join(', ')}`]),
        ];
        return doubts.length === 0 ? { state: 'ok', detail: digest } : { state: 'warn', detail: doubts.join('; ') };
      },
    },
  ];
}
