import type { TaskExecution } from '../../domain/execution/task-execution.ts';
import type { ThrottleRequest } from '../../domain/request/throttle-request.ts';
import { changeTo, desiredLimit } from '../../domain/run/desired-limit.ts';
import { memberOf } from '../../domain/run/run.ts';
import type { Claim } from '../ports/outbox.ts';
import type { StoredRun } from '../ports/stored-run.ts';
import { later, type WorkOutcome } from '../work-outcome.ts';
import { memberReadAccess, readAccess } from './aws-access.ts';
import { beginChange } from './change-limit.ts';
import type { ReconcileDeps } from './reconcile-deps.ts';

const AGAIN_SECONDS = 30;

interface Correction {
  stored: StoredRun;
  /** The one whose limit is in force; null: a link's is. */
  request: ThrottleRequest | null;
  execution: TaskExecution;
  claim: Claim;
}

/** Ends a limit that an older version left set after its time was over. Null: there is none. */
export async function correctLeftLimit(deps: ReconcileDeps, of: Correction): Promise<WorkOutcome | null> {
  const isLeft = of.stored.run?.grants.some(({ stillSet = false }) => stillSet) ?? false;
  return isLeft ? correctLimit(deps, of) : null;
}

/** AWS shows a limit of the bot that should not apply any more: the one that should is set. */
export async function correctLimit(deps: ReconcileDeps, of: Correction): Promise<WorkOutcome> {
  const { stored, request, execution } = of;
  const next = stored.run && changeTo(desiredLimit(stored.run, { now: deps.clock.now() }));
  if (!next) return later(AGAIN_SECONDS, 'it is not known what the limit should be');
  const plan = {
    execution: stored.execution,
    cause: 'late-write',
    request: null,
    memberOf: memberOf(stored.run),
    from: execution.bytesPerSecond,
    ...next,
    role: (request ? readAccess(request, deps.policy) : memberReadAccess(stored.execution, deps.policy)).role,
    policy: deps.policy.current().digest,
  } as const;
  return beginChange(deps, plan, of);
}
