import { isLate } from '../domain/decide-revert.ts';
import { ruleNow } from '../domain/decide-review.ts';
import { isHeld } from '../domain/hold.ts';
import type { TaskExecution } from '../domain/task-execution.ts';
import { isOpen, type ThrottleRequest } from '../domain/throttle-request.ts';
import { AwsFault } from '../workflow/faults.ts';
import { nameable } from '../workflow/known-people.ts';
import type { Clock, Executions, Ledger, Looks, People, PolicySource, StoredRequest } from '../workflow/ports.ts';
import { executionOf, otherRequestInForce } from '../workflow/request-facts.ts';
import type { CardFacts } from './views/card.ts';
import { faultName } from './words-fault.ts';

interface Deps {
  ledger: Ledger;
  executions: Executions;
  people: Pick<People, 'lately'>;
  policy: PolicySource;
  clock: Clock;
  looks: Looks;
  seal: (request: string) => string;
}

/** A look that was just taken, or why there was none, so that AWS is not asked twice; null: AWS is to be asked. */
export type Seen = TaskExecution | AwsFault | null;

/** What a card shows, looked up as it is now. */
export function createCardFacts(deps: Deps) {
  async function factsOf({ request, record }: StoredRequest, seen: Seen): Promise<CardFacts> {
    const inForce = deps.policy.current();
    const applied = request.status === 'applied';
    const look = seen ?? (isOpen(request) || applied ? await lookAt(request) : null);
    const execution = look instanceof AwsFault ? null : look;
    const problem = look instanceof AwsFault ? faultName(look) : null;
    const [standing, last] =
      applied || isOpen(request)
        ? await Promise.all([deps.ledger.inForceOf(request.execution), deps.looks.last(request.execution)])
        : [null, null];
    const running = await otherRequestInForce(deps, request, standing);
    const rule = ruleNow(request, inForce);
    const decidable = rule !== null && request.status === 'pending';
    return {
      ...{ request, record, execution, problem, standing: standing?.request ?? null },
      ...{ running, measured: last?.limit === execution?.bytesPerSecond ? (last?.measured ?? null) : null },
      rule,
      approvers: decidable ? await nameable(deps.people, rule.approvers, request.requester) : null,
      now: deps.clock.now(),
      seal: deps.seal,
    };
  }

  async function lookAt(request: ThrottleRequest): Promise<TaskExecution | AwsFault> {
    const role = ruleNow(request, deps.policy.current())?.role ?? null;
    try {
      return await deps.executions.describe(executionOf(request), { role, session: { kind: 'read' } });
    } catch (fault) {
      if (fault instanceof AwsFault) return fault;
      throw fault;
    }
  }

  /** What keeps a limit from being reverted whose time is over. */
  async function problemOf(request: ThrottleRequest, now: Date): Promise<string | null> {
    if (!isHeld(request) || !isLate(request.hold, now)) return null;
    const look = await lookAt(request);
    return look instanceof AwsFault ? faultName(look) : null;
  }

  return { factsOf, problemOf };
}
