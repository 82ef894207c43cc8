import type { TaskExecution } from '../../domain/execution/task-execution.ts';
import type { Rule } from '../../domain/policy/policy.ts';
import type { Proposal } from '../../domain/request/decide-by-each.ts';
import type { Run } from '../../domain/run/run.ts';
import { SHOWN_MAX_AGE_MS } from '../ports/executions.ts';
import { quotaLeft } from '../use-limits/open-request-quota.ts';
import { considerRequest, type NotRequested, type RequestInput, type RequestThrottleDeps } from './consider-request.ts';

/** What requesting it would come to. */
export type Previewed =
  | {
      kind: 'would-ask';
      rule: Rule;
      proposal: Proposal;
      execution: TaskExecution;
      /** Null: the bot has not changed its limit. */
      run: Run | null;
    }
  | NotRequested;

/** Stands in for a reason that was not given, so that a rule which needs one still says everything else. */
const SOME_REASON = 'a reason';

/**
 * What a request would come to. Nothing is put on record, not even a refusal.
 * @throws AwsFault, PersonUnknown, NotRecorded
 */
export async function previewThrottle(deps: RequestThrottleDeps, ask: Omit<RequestInput, 'op'>): Promise<Previewed> {
  const as = { id: deps.newRequestId(), claim: quotaLeft(deps), age: { maxAgeMs: SHOWN_MAX_AGE_MS } };
  const { outcome, execution, run } = await considerRequest(deps, { ...ask, reason: ask.reason ?? SOME_REASON }, as);
  if (outcome.kind !== 'proposed') return outcome;
  if (!execution) throw new Error('proposed without a look');
  return { kind: 'would-ask', rule: outcome.rule, proposal: outcome.proposal, execution, run };
}
