import type { ThrottleRequest } from '../../domain/request/throttle-request.ts';
import { StateUnproven } from '../faults.ts';
import type { InForce, Ledger, StoredRequest } from '../ports/ledger.ts';
import type { Proof } from '../ports/proof.ts';
import { later, type WorkOutcome } from '../work-outcome.ts';

/** The log is being read, or a newer bot has to do it. */
const WAITING_SECONDS = 1;
/** A person has to repair the stored state first. */
const CONTRADICTED_SECONDS = 15;
/** How often something is read again that others change at the same time. */
const MAX_TRIES = 20;

type Reads = Pick<Ledger, 'load' | 'inForceOf' | 'prove' | 'proveInForce'>;

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

/** What set the limit in force on an execution, borne out by the audit log. */
export interface ProvenInForce {
  setBy: InForce | null;
  /** The request in `setBy`, if it is another one than the one that is decided. */
  running: ThrottleRequest | null;
}

/**
 * Which request set the limit in force. `id`: the request that is decided.
 * @throws StateUnproven, NotRead, RequestUnreadable
 */
export async function provenInForce(ledger: Reads, id: string, execution: string): Promise<ProvenInForce> {
  return unmoved(id, async () => {
    const setBy = await ledger.inForceOf(execution);
    const isOther = setBy !== null && setBy.request !== id;
    const running = isOther ? ((await ledger.load(setBy.request))?.request ?? null) : null;
    const proof = await ledger.proveInForce(execution, setBy?.version ?? null, running);
    return { read: { setBy, running }, proof };
  });
}

/** Reads again what changed while it was read. */
async function unmoved<T>(id: string, read: () => Promise<{ read: T; proof: Proof }>): Promise<T> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const { read: found, proof } = await read();
    if (proof.kind === 'proven') return found;
    if (proof.kind !== 'moved') throw new StateUnproven(id, proof);
  }
  throw new StateUnproven(id, { kind: 'waiting', why: 'it changes all the time' });
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
