import { StateUnproven } from '../faults.ts';
import type { Ledger, StoredRequest } from '../ports/ledger.ts';
import type { Proof } from '../ports/proof.ts';
import type { StoredRun } from '../ports/stored-run.ts';
import { later, type WorkOutcome } from '../work-outcome.ts';

/** The log is being read, or a newer bot has to do it. */
const WAITING_SECONDS = 1;
/** A person has to repair the stored state first. */
const CONTRADICTED_SECONDS = 15;
/** How often something is read again that others change at the same time. */
const MAX_TRIES = 20;

type Reads = Pick<Ledger, 'load' | 'run' | 'prove' | 'proveRun'>;

/**
 * A stored request that the audit log bears out: what is decided must rest on no other.
 * @throws StateUnproven, NotRead, RequestUnreadable
 */
export async function loadProven(ledger: Reads, id: string): Promise<StoredRequest | null> {
  return unmoved(id, async () => {
    const stored = await ledger.load(id);
    return { read: stored, proof: await ledger.prove(id, stored?.request ?? null) };
  });
}

/**
 * A run that the audit log bears out.
 * @throws StateUnproven, NotRead, RunUnreadable
 */
export async function provenRun(ledger: Reads, execution: string): Promise<StoredRun> {
  return unmoved(execution, async () => {
    const stored = await ledger.run(execution);
    return { read: stored, proof: await ledger.proveRun(stored) };
  });
}

/** Reads again what changed while it was read. */
async function unmoved<T>(about: string, read: () => Promise<{ read: T; proof: Proof }>): Promise<T> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const { read: found, proof } = await read();
    if (proof.kind === 'proven') return found;
    if (proof.kind !== 'moved') throw new StateUnproven(about, proof);
  }
  throw new StateUnproven(about, { kind: 'waiting', why: 'it changes all the time' });
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
