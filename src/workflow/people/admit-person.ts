import type { EventFacts } from '../../domain/audit/audit-event.ts';
import { plainEvent } from '../../domain/audit/audit-record.ts';
import { parseExecutionArn } from '../../domain/execution/task-execution.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { People } from '../ports/people.ts';
import type { PolicySource } from '../ports/policy-source.ts';

export interface AdmitDeps {
  ledger: Pick<Ledger, 'commit'>;
  people: Pick<People, 'person'>;
  policy: PolicySource;
}

/** What somebody is about to do. `what`: the record's name for it. */
export interface Attempt {
  user: string;
  channel: string | null;
  op: string;
  what: string;
  about: { request: string | null; execution: string | null };
}

/**
 * Whether somebody may use the bot at all, checked before anything else: full members of this workspace may. The
 * attempt of anybody else is put on record. `op` names it, so that a repeat is recorded only once.
 * @throws PersonUnknown, NotRecorded, OutcomeUnknown, LedgerLost
 */
export async function admitPerson({ ledger, people, policy }: AdmitDeps, { about, ...by }: Attempt): Promise<boolean> {
  const { kind, team, user, name } = await people.person(by.user);
  if (kind === 'member') return true;
  const refused = plainEvent('refused', {
    actor: { team, user, name },
    channel: by.channel,
    policy: policy.current().digest,
    ...placeOf(about.execution),
    detail: { why: 'not-a-member', denial: kind, of: by.what, ...(about.request ? { request: about.request } : {}) },
  });
  await ledger.commit({ op: by.op, prior: null, events: [refused] });
  return false;
}

/** The execution that somebody named, with its account and Region, for a record. */
export function placeOf(execution: string | null): Pick<EventFacts, 'execution' | 'account' | 'region'> {
  const parsed = parseExecutionArn(execution ?? '');
  const { account, region } = parsed.ok ? parsed.value : { account: null, region: null };
  return { execution, account, region };
}
