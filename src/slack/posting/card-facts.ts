import type { TaskExecution } from '../../domain/execution/task-execution.ts';
import { ruleNow } from '../../domain/request/decide-review.ts';
import { isOpen, type ThrottleRequest } from '../../domain/request/throttle-request.ts';
import { isLate } from '../../domain/run/grant/grant-notices.ts';
import { hasOpenGrant } from '../../domain/run/grant/timed-grant.ts';
import { AwsFault, ifUnreadable } from '../../workflow/faults.ts';
import { nameable } from '../../workflow/people/known-people.ts';
import type { Clock } from '../../workflow/ports/clock.ts';
import type { Executions } from '../../workflow/ports/executions.ts';
import type { Ledger, StoredRequest } from '../../workflow/ports/ledger.ts';
import type { Looks } from '../../workflow/ports/looks.ts';
import type { People } from '../../workflow/ports/people.ts';
import type { PolicySource } from '../../workflow/ports/policy-source.ts';
import { executionOf } from '../../workflow/reconcile/request-facts.ts';
import type { CardFacts } from '../views/cards/card.ts';
import { faultName } from '../wording/fault-words.ts';

interface Deps {
  ledger: Ledger;
  executions: Executions;
  people: Pick<People, 'lately'>;
  policy: PolicySource;
  clock: Clock;
  looks: Looks;
  seal: (request: string) => string;
}

/** What AWS has just answered about the execution, so that it is not asked twice; null: AWS has to be asked. */
export type DescribeResult = TaskExecution | AwsFault | null;

/** Looks up what a card shows. */
export function createCardFacts(deps: Deps) {
  async function factsOf({ request, record }: StoredRequest, described: DescribeResult): Promise<CardFacts> {
    const inForce = deps.policy.current();
    const applied = request.status === 'applied';
    const result = described ?? (isOpen(request) || applied ? await describe(request) : null);
    const execution = result instanceof AwsFault ? null : result;
    const problem = result instanceof AwsFault ? faultName(result) : null;
    const [stored, last] =
      applied || isOpen(request)
        ? await Promise.all([
            deps.ledger.run(request.execution).catch(ifUnreadable),
            deps.looks.last(request.execution),
          ])
        : [null, null];
    const limitSetBy = stored?.inForce ?? null;
    const running = limitSetBy && limitSetBy.request !== request.id ? await load(limitSetBy.request) : null;
    const rule = ruleNow(request, inForce);
    const decidable = rule !== null && request.status === 'pending';
    return {
      request,
      record,
      execution,
      problem,
      limitSetBy: limitSetBy?.request ?? null,
      running,
      run: stored?.run ?? null,
      measured: last?.limit === execution?.bytesPerSecond ? (last?.measured ?? null) : null,
      rule,
      approvers: decidable ? await nameable(deps.people, rule.approvers, request.requester) : null,
      now: deps.clock.now(),
      seal: deps.seal,
    };
  }

  async function load(id: string): Promise<ThrottleRequest | null> {
    return (await deps.ledger.load(id))?.request ?? null;
  }

  async function describe(request: ThrottleRequest): Promise<TaskExecution | AwsFault> {
    const role = ruleNow(request, deps.policy.current())?.role ?? null;
    try {
      return await deps.executions.describe(executionOf(request), { role, session: { kind: 'read' } });
    } catch (fault) {
      if (fault instanceof AwsFault) return fault;
      throw fault;
    }
  }

  /** What keeps an overdue limit from being reverted; null: nothing, or it is not overdue. */
  async function problemOf(request: ThrottleRequest, now: Date): Promise<string | null> {
    if (!hasOpenGrant(request) || !isLate(request.hold, now)) return null;
    const result = await describe(request);
    return result instanceof AwsFault ? faultName(result) : null;
  }

  return { factsOf, problemOf };
}

export type CardFactsSource = ReturnType<typeof createCardFacts>;
