import type { TaskExecution } from '../../domain/execution/task-execution.ts';
import { ruleNow } from '../../domain/request/decide-review.ts';
import { isOpen, type ThrottleRequest } from '../../domain/request/throttle-request.ts';
import { isLate } from '../../domain/run/grant/grant-notices.ts';
import { hasOpenGrant } from '../../domain/run/grant/timed-grant.ts';
import type { Run } from '../../domain/run/run.ts';
import { AwsFault, ifUnreadable } from '../../workflow/faults.ts';
import { nameable } from '../../workflow/people/known-people.ts';
import type { Clock } from '../../workflow/ports/clock.ts';
import { type AnswerAge, type Executions, MAX_AGE_MS, SHOWN_MAX_AGE_MS } from '../../workflow/ports/executions.ts';
import type { Ledger, StoredRequest } from '../../workflow/ports/ledger.ts';
import type { Looks } from '../../workflow/ports/looks.ts';
import type { People } from '../../workflow/ports/people.ts';
import type { PolicySource } from '../../workflow/ports/policy-source.ts';
import { executionOf } from '../../workflow/reconcile/request-facts.ts';
import { type CardFacts, isAsRecorded } from '../views/cards/card.ts';
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
  async function factsOf(given: StoredRequest, described: DescribeResult): Promise<CardFacts> {
    const { request, record } = given;
    const inForce = deps.policy.current();
    const applied = request.status === 'applied';
    const [stored, last] =
      applied || isOpen(request)
        ? await Promise.all([
            deps.ledger.run(request.execution).catch(ifUnreadable),
            deps.looks.last(request.execution),
          ])
        : [null, null];
    const limitSetBy = stored?.inForce ?? null;
    const running = limitSetBy && limitSetBy.request !== request.id ? await load(limitSetBy.request) : null;
    const run = stored?.run ?? null;
    const result = described ?? (isOpen(request) || applied ? await observe(request, run) : null);
    if (result && 'record' in result) return factsOf(result, null);
    const execution = result instanceof AwsFault ? null : result;
    const problem = result instanceof AwsFault ? faultName(result) : null;
    const rule = ruleNow(request, inForce);
    const decidable = rule !== null && request.status === 'pending';
    return {
      request,
      record,
      execution,
      problem,
      limitSetBy: limitSetBy?.request ?? null,
      running,
      run,
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

  /** What was read lately for somebody else, or now; or the request, where it has changed since it was read. */
  async function observe(request: ThrottleRequest, run: Run | null): Promise<TaskExecution | AwsFault | StoredRequest> {
    // Of an approved request the next card follows as soon as its change is sent and read back.
    const passing = request.status === 'approved' || request.status === 'applying';
    const result = await describe(request, { maxAgeMs: passing ? MAX_AGE_MS : SHOWN_MAX_AGE_MS });
    if (result instanceof AwsFault || isAsRecorded(request, run, result)) return result;
    // Its own change may have been sent in between: then this is no change by somebody else.
    const stored = await deps.ledger.load(request.id);
    if (stored && stored.request.version !== request.version) return stored;
    // Another bot may have changed the limit since. Only what AWS shows now makes a card say that somebody else has.
    return describe(request);
  }

  async function describe(request: ThrottleRequest, age?: AnswerAge): Promise<TaskExecution | AwsFault> {
    const role = ruleNow(request, deps.policy.current())?.role ?? null;
    try {
      return await deps.executions.describe(executionOf(request.execution), { role, session: { kind: 'read' } }, age);
    } catch (fault) {
      if (fault instanceof AwsFault) return fault;
      throw fault;
    }
  }

  /** What keeps an overdue limit from being reverted; null: nothing, or it is not overdue. */
  async function problemOf(request: ThrottleRequest, now: Date): Promise<string | null> {
    if (!hasOpenGrant(request) || !isLate(request.hold, now)) return null;
    const result = await describe(request, { maxAgeMs: SHOWN_MAX_AGE_MS });
    return result instanceof AwsFault ? faultName(result) : null;
  }

  return { factsOf, problemOf };
}

export type CardFactsSource = ReturnType<typeof createCardFacts>;
