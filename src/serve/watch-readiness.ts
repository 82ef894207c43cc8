import type { StartUpCheck } from '../audit/continuity/start-up-check.ts';
import { groupsNamed } from '../domain/policy/policy.ts';
import type { Log } from '../logging/logger.ts';
import { type ReadinessInputs, type ReadinessOptions, startReadiness } from '../ops/start-readiness.ts';
import { measureWaitingWork } from '../ops/waiting-work-gauges.ts';
import type { PolicyWatch } from '../policy-file/watch-policy.ts';
import type { Clock } from '../workflow/ports/clock.ts';
import type { CreatedLedger } from './create-ledger.ts';
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
  created: { ledger, metrics, alarms },
  startUpCheck,
  slack,
  policy,
  inputs,
  options: { readiness: every },
  machine: wall,
  probeWrite,
  clock,
  log,
}: {
  created: CreatedLedger;
  startUpCheck: StartUpCheck;
  slack: SlackAccess;
  policy: PolicyWatch;
  inputs: ReadinessInputs;
  options: { readiness?: ReadinessOptions['every'] };
  machine: Clock;
  probeWrite: ReadinessOptions['probeWrite'];
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
      probeWrite,
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
  measureWaitingWork(metrics.registry, readiness.waitingWork);
  return {
    ...readiness,
    /** From now on the checks know these too. */
    include(facts: LaterFacts): void {
      later = facts;
    },
  };
}
