import { plainEvent } from '../../domain/audit/audit-record.ts';
import { countedPolicies, limitInForce } from '../../domain/policy/policies-in-force.ts';
import { type Person, personKey } from '../../domain/policy/policy.ts';
import type { Limits, OverUse, Use } from '../../domain/policy/use-limits.ts';
import { ifAway } from '../faults.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { People } from '../ports/people.ts';
import type { PolicySource } from '../ports/policy-source.ts';

/** Counts commands and submits over all bots. @throws NotRecorded if Redis does not answer */
export interface UseCounter {
  /** A repeated `use` is counted once. */
  count(
    of: { use: string; person: string; channel: string | null },
    most: Pick<Limits, 'perUser' | 'perChannel'>,
  ): Promise<Use>;
  /** Whether no refusal by this limit was recorded within the last minute. If so, marks one as recorded. */
  firstRefusal(limit: keyof Limits, about: string): Promise<boolean>;
  /** The refusal could not be recorded after all. */
  forgetRefusal(limit: keyof Limits, about: string): Promise<void>;
}

export interface CountDeps {
  ledger: Pick<Ledger, 'commit'>;
  people: Pick<People, 'person'>;
  policy: PolicySource;
  uses: UseCounter;
}

/** A command or submit. `use` is the same for a repeat; `what` is its name in a record. */
export interface Counted {
  user: string;
  channel: string | null;
  use: string;
  what: string;
}

/**
 * Counts a command or a submit. Null: within the limits. Otherwise it must not be carried out; `record` records that
 * once a minute for each person and channel. If Redis can't count, nothing is refused: carrying it out needs Redis too.
 * @throws PersonUnknown
 */
export async function countUse(
  deps: CountDeps,
  { user, channel, use, what }: Counted,
): Promise<{ over: OverUse; person: Person; record: (() => Promise<void>) | null } | null> {
  const inForce = deps.policy.current();
  const person = await deps.people.person(user);
  const most = {
    perUser: limitInForce(inForce, 'perUser').most,
    perChannel: limitInForce(inForce, 'perChannel').most,
  };
  const counted = await deps.uses.count({ use, person: personKey(person), channel }, most).catch(ifAway);
  if (counted === null || counted.kind === 'counted') return null;
  const { limit, waitMs, record: op } = counted;
  const over = { limit, most: most[limit], waitSeconds: Math.ceil(waitMs / 1000) };
  const about = limit === 'perUser' ? personKey(person) : (channel ?? '');
  const refused = plainEvent('refused', {
    actor: actorOf(person),
    channel,
    policy: limitInForce(inForce, limit).other ?? inForce.digest,
    detail: { why: 'limit', limit, most: most[limit], of: what, ...countedPolicies(inForce) },
  });
  const record = async () => {
    try {
      await deps.ledger.commit({ op: op ?? '', prior: null, events: [refused] });
    } catch (fault) {
      await deps.uses.forgetRefusal(limit, about).catch(ifAway);
      throw fault;
    }
  };
  return { over, person, record: op === null ? null : record };
}

function actorOf({ team, user, name }: Person) {
  return { team, user, name };
}
