import type { TaskExecution } from '../../domain/execution/task-execution.ts';
import type { ThrottleRequest } from '../../domain/request/throttle-request.ts';
import { linkLimitEnded, skippedEvent } from '../../domain/run/change/change-events.ts';
import { driftEvent } from '../../domain/run/decide-drift.ts';
import { hasOpenGrant } from '../../domain/run/grant/timed-grant.ts';
import { memberOf } from '../../domain/run/run.ts';
import { AwsFault, ifUnreadable } from '../faults.ts';
import type { Change } from '../ports/commit.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { Claim } from '../ports/outbox.ts';
import type { PolicySource } from '../ports/policy-source.ts';
import type { StoredRun } from '../ports/stored-run.ts';
import { loadProven } from './proven-state.ts';

interface EndDeps {
  ledger: Ledger;
  policy: PolicySource;
}

/** The requests that have a grant on the run, but for one; those that can't be read are left out. */
export async function grantedRequests(
  { ledger }: { ledger: Ledger },
  { run }: StoredRun,
  except: string | null = null,
): Promise<ThrottleRequest[]> {
  const ids = (run?.grants ?? []).map(({ request }) => request).filter((id) => id !== except);
  const found = await Promise.all(ids.map((id) => loadProven(ledger, id).catch(ifUnreadable)));
  return found.flatMap((stored) => (stored ? [stored.request] : []));
}

/** What AWS showed when the grants of a run ended. */
type Seen = TaskExecution | AwsFault;

/** The ends of all grants of a run but one, to be committed along with what ended them. */
export async function endOthers(
  deps: EndDeps,
  stored: StoredRun,
  except: ThrottleRequest | null,
  why: 'changed' | 'ended',
  seen: Seen,
): Promise<Pick<Change, 'along' | 'others'>> {
  const all = await grantedRequests(deps, stored, except?.id ?? null);
  const requests = all.filter(hasOpenGrant);
  const about = { policy: deps.policy.current().digest, memberOf: memberOf(stored.run) };
  return {
    along: requests.map((prior) => ({ prior, events: [skippedEvent(prior, why, about, factsOf(seen))] })),
    others: [
      ...all.map(({ id: request }) => ({ kind: 'show', request }) as const),
      ...requests.map(({ id: request }) => ({ kind: 'tell', request }) as const),
    ],
  };
}

/**
 * A limit was changed outside the bot: that goes on record, and ends all grants of the run. `request`: the one whose limit was
 * in force; null: a link's was. False if something else was committed in between.
 */
export async function recordChangedOutside(
  deps: EndDeps,
  of: { stored: StoredRun; request: ThrottleRequest | null; execution: TaskExecution; claim: Claim },
): Promise<boolean> {
  const { stored, request, execution, claim } = of;
  if (!stored.run) throw new Error(`${stored.execution} was never changed by the bot`);
  const about = { policy: deps.policy.current().digest, memberOf: memberOf(stored.run) };
  const drift = driftEvent(request, stored.run, execution, about.policy);
  const next = request && { ...request, version: request.version + 1 };
  const own = next && hasOpenGrant(next) ? [skippedEvent(next, 'changed', about, { execution })] : [];
  return commitEnds(deps, stored, request, claim, {
    ...(await endOthers(deps, stored, request, 'changed', execution)),
    events: [drift, ...own],
    effects: request ? ['show', 'tell'] : [],
  });
}

/**
 * The execution has ended, and with it all grants. `request`: the one whose limit was in force; null: none was, or a link's was.
 * False if something else was committed in between.
 */
export async function recordRunEnded(
  deps: EndDeps,
  of: { stored: StoredRun; request: ThrottleRequest | null; seen: Seen; claim: Claim },
): Promise<boolean> {
  const { stored, request, seen, claim } = of;
  const about = { policy: deps.policy.current().digest, memberOf: memberOf(stored.run) };
  const own =
    request && hasOpenGrant(request)
      ? [skippedEvent(request, 'ended', about, factsOf(seen))]
      : linkLimitEnded(stored.run, about.policy, factsOf(seen));
  const ends = await endOthers(deps, stored, request, 'ended', seen);
  if (own.length === 0 && ends.along?.length === 0) return true;
  const effects: Change['effects'] = own.length === 0 || request === null ? [] : ['show', 'tell'];
  return commitEnds(deps, stored, request, claim, { ...ends, events: own, effects });
}

async function commitEnds(
  { ledger }: EndDeps,
  stored: StoredRun,
  request: ThrottleRequest | null,
  claim: Claim,
  ends: Pick<Change, 'events' | 'along' | 'others' | 'effects'>,
): Promise<boolean> {
  const about = request ? `${request.id}:${request.version}` : stored.execution;
  const op = `ends:${about}:${stored.run?.version ?? 0}:${claim.entry}:${claim.deliveries}`;
  const committed = await ledger.commit({ op, prior: request, run: stored, claim, ...ends });
  return committed.kind === 'committed';
}

function factsOf(seen: Seen) {
  return seen instanceof AwsFault ? { awsRequestId: seen.requestId, said: seen.said } : { execution: seen };
}
