import type { LinkLimits } from '../../domain/run/link-limits.ts';
import { untouchedRun } from '../../domain/run/run.ts';
import { AwsFault } from '../faults.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { StoredRun } from '../ports/stored-run.ts';
import type { LinkLimitsOf } from './link-limits-of.ts';

/**
 * The same ledger, with what the policy says of a run's link added to each run that is loaded. Of a run that leads to changes it is
 * asked now, of others as far as it is known.
 */
export function withLinks<L extends Pick<Ledger, 'run' | 'proveRun'>>(ledger: L, limitsOf: LinkLimitsOf): L {
  return {
    ...ledger,
    async run(execution: string) {
      const [stored, link] = await Promise.all([ledger.run(execution), limitsOf.known(execution)]);
      return withLink(stored, link);
    },
    async proveRun(execution: string) {
      const [proof, link] = await Promise.all([ledger.proveRun(execution), limitsOf.now(execution).catch(ifAwsFails)]);
      if (proof.kind !== 'proven') return proof;
      const limits = link === 'unknown' ? ((await limitsOf.known(execution)) ?? asItIs(proof.stored)) : link;
      return { ...proof, stored: withLink(proof.stored, limits) };
    },
  };
}

/** AWS does not say which tasks belong to a location. Nothing that ends or lowers a limit may wait for that. */
function ifAwsFails(fault: unknown): 'unknown' {
  if (fault instanceof AwsFault) return 'unknown';
  throw fault;
}

/** A limit that a link set is not raised while it is not known whether the execution still belongs to it. */
function asItIs({ run }: StoredRun): LinkLimits | null {
  const { link, rate } = run?.inForce ?? {};
  if (link === undefined || rate === undefined) return null;
  return { link, limits: [{ from: new Date(0), rate, capsGrants: true }] };
}

/** A member that the bot has not changed is a run too: its link has a say in what it should have. */
function withLink(stored: StoredRun, link: LinkLimits | null): StoredRun {
  if (link === null) return stored;
  return { ...stored, run: { ...(stored.run ?? untouchedRun(stored.execution)), link } };
}
