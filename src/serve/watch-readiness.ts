import { groupsNamed } from '../domain/policy/policy.ts';
import type { Log } from '../logging/logger.ts';
import { measureOldestWork } from '../ops/oldest-work-gauge.ts';
import { type ReadinessInputs, type ReadinessOptions, startReadiness } from '../ops/start-readiness.ts';
import type { PolicyWatch } from '../policy-file/watch-policy.ts';
import { createWriteProbe } from '../store/work/write-probe.ts';
import type { Clock } from '../workflow/ports/clock.ts';
import type { OpenLedger } from './open-ledger.ts';
import type { OpenRedis } from './open-redis.ts';
import type { SlackAccess } from './slack-access.ts';

/** What only parts that start after readiness know. */
interface LaterFacts {
  /** What is wrong with the checkpoints of the audit log, each as a sentence. */
  auditWarnings(): readonly string[];
  /** The user groups that can't be read from Slack. */
  unreadableGroups(): readonly string[];
}

/** Starts the checks behind `/readyz`, so that it tells what a start waits for. */
export function watchReadiness({
  store: { redis, keys },
  opened: { ledger, metrics, alarms, startUpCheck },
  slack,
  policy,
  inputs,
  replica,
  abandonedMs,
  options: { readiness: every, wallClock: wall = { now: () => new Date() } },
  clock,
  log,
}: {
  store: OpenRedis;
  opened: OpenLedger;
  slack: SlackAccess;
  policy: PolicyWatch;
  inputs: ReadinessInputs;
  replica: string;
  abandonedMs: number | undefined;
  options: { readiness?: ReadinessOptions['every']; wallClock?: Clock };
  clock: Clock;
  log: Log;
}) {
  let later: LaterFacts = { auditWarnings: () => [], unreadableGroups: () => [] };
  const readiness = startReadiness(
    {
      clock,
      wall,
      log,
      ...(every && { every }),
      probeWrite: createWriteProbe(redis, keys, { replica, abandonedMs }),
      askToken: slack.askToken,
      lost: () => ledger.lost()?.message ?? null,
      unreadableRequests: ledger.unreadable,
      proof: ledger.proof,
      warnings() {
        const doubt = startUpCheck.doubt();
        return [...alarms.all(), ...(doubt === null ? [] : [doubt]), ...later.auditWarnings()];
      },
      policy() {
        const { digest, policy: current } = policy.current();
        const named = new Set(groupsNamed(current));
        const unreadable = later.unreadableGroups().filter((group) => named.has(group));
        return { digest, differing: policy.differing(), unreadable };
      },
    },
    inputs,
  );
  measureOldestWork(metrics.registry, readiness.oldestWorkSeconds);
  return {
    ...readiness,
    /** From now on the checks know these too. */
    include(facts: LaterFacts): void {
      later = facts;
    },
  };
}
