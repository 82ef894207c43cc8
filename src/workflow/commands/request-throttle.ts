import type { PolicyInForce } from '../../domain/policy/policies-in-force.ts';
import type { Rule } from '../../domain/policy/policy.ts';
import { refusedEvent } from '../../domain/request/decide-request.ts';
import type { RequestCommand } from '../../domain/request/request-command.ts';
import type { ThrottleRequest } from '../../domain/request/throttle-request.ts';
import type { Committed, RecordRef } from '../ports/commit.ts';
import type { RequestWork } from '../ports/outbox.ts';
import { type ClaimQuota, recordOpenLimit, withQuota } from '../use-limits/open-request-quota.ts';
import { considerRequest, type NotRequested, type RequestInput, type RequestThrottleDeps } from './consider-request.ts';
import { reminderTimers } from './remind-approvers.ts';

export type RequestOutcome =
  | { kind: 'asked'; request: ThrottleRequest; record: RecordRef }
  | NotRequested
  /** The same click or command again: nothing is done, the first one counts. */
  | { kind: 'repeated'; request: string | null };

/**
 * Requests a bandwidth limit: checks the policy, reads the execution, checks the policy again with the rate in force,
 * then commits all in one write.
 * @throws AwsFault, PersonUnknown, NotRecorded, OutcomeUnknown, LedgerLost
 */
export async function requestThrottle(deps: RequestThrottleDeps, ask: RequestInput): Promise<RequestOutcome> {
  const done = await deps.ledger.done(ask.op);
  if (done) return { kind: 'repeated', request: done.request };
  const id = deps.newRequestId();
  return withQuota(
    deps,
    id,
    (claim) => considerAndCommit(deps, ask, { id, claim }),
    ({ kind }) => kind === 'asked',
  );
}

async function considerAndCommit(
  deps: RequestThrottleDeps,
  ask: RequestInput,
  as: { id: string; claim: ClaimQuota },
): Promise<RequestOutcome> {
  const { command, inForce, outcome, from } = await considerRequest(deps, ask, as);
  if (outcome.kind === 'cannot-post') return outcome;
  if (outcome.kind === 'refused') return refuse(deps, ask.op, command, inForce, outcome, from);
  const { event, proposal, rule } = outcome;
  const effects: RequestWork[] = proposal.detail.approvals === 0 ? ['show', 'apply'] : ['show'];
  const committed = await deps.ledger.commit({
    op: ask.op,
    prior: null,
    events: [event],
    effects,
    timers: [
      { kind: 'expire', at: new Date(proposal.detail.expiresAt) },
      ...reminderTimers(rule, { ...proposal.detail, requestedAt: deps.clock.now() }),
    ],
  });
  return outcomeOf(committed, rule);
}

function outcomeOf(committed: Committed, rule: Rule): RequestOutcome {
  switch (committed.kind) {
    case 'committed': {
      const [record] = committed.records;
      if (!committed.state || !record) throw new Error('a request was committed without its state');
      return { kind: 'asked', request: committed.state, record };
    }
    case 'repeated':
      return { kind: 'repeated', request: committed.request };
    case 'already-open':
      return { kind: 'refused', refusal: { why: 'already-open', request: committed.request }, rule };
    case 'moved':
      throw new Error('a new request id was taken');
  }
}

/** Puts a refusal on record, where it belongs there. */
async function refuse(
  deps: RequestThrottleDeps,
  op: string,
  command: RequestCommand,
  inForce: PolicyInForce,
  outcome: Extract<NotRequested, { kind: 'refused' }>,
  from: number | null,
): Promise<RequestOutcome> {
  const { refusal, rule, other } = outcome;
  const to = refusal.why === 'rate-outside' ? refusal.to : null;
  const event = refusedEvent(command, refusal, { rule, inForce, from, to, ...(other === undefined ? {} : { other }) });
  const record = event && (() => deps.ledger.commit({ op, prior: null, events: [event] }));
  if (record) await (refusal.why === 'limit' ? recordOpenLimit(deps, command.requester, record) : record());
  return outcome;
}
