import { StateUnproven } from '../faults.ts';
import type { Ledger, StoredRequest } from '../ports/ledger.ts';
import type { StoredRun } from '../ports/stored-run.ts';
import { later, type WorkOutcome } from '../work-outcome.ts';

/** The log is being read, or a newer bot has to do it. */
const WAITING_SECONDS = 1;
/** A person has to repair the stored state first. */
const CONTRADICTED_SECONDS = 15;
/** How often something is read again that others change at the same time. */
const MAX_TRIES = 20;

/**
 * A stored request that the audit log bears out: what is decided must rest on no other.
 * @throws StateUnproven, NotRead, RequestUnreadable
 */
export async function loadProven(ledger: Pick<Ledger, 'prove'>, id: string): Promise<StoredRequest | null> {
  const proof = await ledger.prove(id);
  if (proof.kind === 'proven') return proof.stored;
  throw new StateUnproven(id, proof);
}

/**
 * A run that the audit log bears out.
 * @throws StateUnproven, NotRead, RunUnreadable
 */
export async function provenRun(ledger: Pick<Ledger, 'proveRun'>, execution: string): Promise<StoredRun> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const proof = await ledger.proveRun(execution);
    if (proof.kind === 'proven') return proof.stored;
    if (proof.kind !== 'moved') throw new StateUnproven(execution, proof);
  }
  throw new StateUnproven(execution, { kind: 'waiting', why: 'it changes all the time' });
}

/** Work that rests on a state that is not proven is kept, and tried again. */
export async function laterIfUnproven(work: Promise<WorkOutcome>): Promise<WorkOutcome> {
  try {
    return await work;
  } catch (fault) {
    if (!(fault instanceof StateUnproven)) throw fault;
    return later(fault.waiting ? WAITING_SECONDS : CONTRADICTED_SECONDS, fault.message);
  }
}
