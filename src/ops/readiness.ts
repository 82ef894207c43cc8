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
  /**
   * Digest of this bot's policy and its groups that Slack will not tell; `differing`: what other bots have run instead for too
   * long.
   */
  policy: () => {
    digest: string;
    differing: { others: readonly string[]; unreadable: readonly string[] } | null;
    unreadable: readonly string[];
  };
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
        const { digest, differing, unreadable } = policy();
        const doubts = [
          ...(differing === null ? [] : differingWords(digest, differing)),
          ...(unreadable.length === 0 ? [] : [`groups that don't exist or can't be read: ${unreadable.join(', ')}`]),
        ];
        return doubts.length === 0 ? { state: 'ok', detail: digest } : { state: 'warn', detail: doubts.join('; ') };
      },
    },
  ];
}

/** What it means: as long as it lasts the stricter of the policies applies. */
function differingWords(
  digest: string,
  { others, unreadable }: { others: readonly string[]; unreadable: readonly string[] },
) {
  const effect =
    unreadable.length === 0
      ? 'the stricter one applies'
      : `only requests that lower a limit are accepted, because ${unreadable.join(', ')} can't be read here`;
  return [`this bot runs ${digest}, others run ${others.join(', ')}: ${effect}`];
}
