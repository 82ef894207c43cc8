import { plainEvent } from '../../domain/audit/audit-record.ts';
import { countedPolicies, limitInForce } from '../../domain/policy/policies-in-force.ts';
import { type Person, personKey } from '../../domain/policy/policy.ts';
import type { Limits, OverUse, Use } from '../../domain/policy/use-limits.ts';
import { ifAway } from '../faults.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { People } from '../ports/people.ts';
import type { PolicySource } from '../ports/policy-source.ts';

/** What people do, counted over all bots. @throws NotRecorded where Redis can't say */
export interface UseCounter {
  /** The same `use` again is counted once. */
  count(
    of: { use: string; person: string; channel: string | null },
    most: Pick<Limits, 'perUser' | 'perChannel'>,
  ): Promise<Use>;
  /** Whether no refusal by this limit is on record since a minute; from now on there is. */
  firstRefusal(limit: keyof Limits, about: string): Promise<boolean>;
  /** It could not be put on record. */
  forgetRefusal(limit: keyof Limits, about: string): Promise<void>;
}

export interface CountDeps {
  ledger: Pick<Ledger, 'commit'>;
  people: Pick<People, 'person'>;
  policy: PolicySource;
  uses: UseCounter;
}

/** Something that counts: `use` is the same for a repeat, `what` is what a record calls it. */
export interface Counted {
  user: string;
  channel: string | null;
  use: string;
  what: string;
}

/**
 * Counts a command or a submit. Null: it fits. Otherwise it is not to be done; that is put on record once a minute for each
 * person and channel, by `record`. Where Redis can't count, nothing is refused: what it would do needs Redis too.
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
