import { changingRequest, limitVersionOf, requestOf } from '../../domain/run/limit-in-force.ts';
import type { Run } from '../../domain/run/run.ts';
import type { StoredRun } from '../../workflow/ports/stored-run.ts';
import type { Keys } from '../connection/keys.ts';
import type { Expectation, Write } from './commit-batch.ts';

/** Of stored runs: those of a higher one are left to the newer version that wrote them. */
export const RUN_SCHEMA = 1;
/** After its last change, which is longer than any execution runs. */
const KEPT_SECONDS = 90 * 86_400;

/**
 * That the run is still as it was loaded. Bots of older versions move `in-force` and `changing` without moving the run, so these
 * count too.
 */
export function runExpected({ execution, run, storedVersion, inForce }: StoredRun, keys: Keys): Expectation[] {
  const version = storedVersion === null ? '' : String(storedVersion);
  return [
    { kind: 'field', key: keys.run(execution), field: 'version', values: [version] },
    { kind: 'field', key: keys.inForce, field: execution, values: [inForce?.version ?? ''] },
    { kind: 'field', key: keys.changing, field: execution, values: [changingRequest(run) ?? ''] },
  ];
}

/** The run as it is after the commit, and what older versions read of it. */
export function runWrites(
  before: StoredRun,
  after: Run | null,
  { lastSeq, changedBy }: { lastSeq: number; changedBy: string | null },
  keys: Keys,
): Write[] {
  if (after === null || after.version === before.run?.version) return [];
  const { execution } = before;
  const key = keys.run(execution);
  const limit = limitVersionOf(before.run, after, before.inForce?.request ?? changedBy);
  const [was, is] = [changingRequest(before.run), changingRequest(after)];
  return [
    runWrite(after, lastSeq, keys),
    ['expire', key, String(KEPT_SECONDS)],
    ...(limit === '' ? [] : [['hset', keys.inForce, execution, limit] as const]),
    ...(is !== null ? [['hset', keys.changing, execution, is] as const] : []),
    ...(was !== null && is === null ? [['hdel', keys.changing, execution, was] as const] : []),
  ];
}

/** How a run is stored: without what the policy says of it. */
export function runWrite({ link: _, ...run }: Run, lastSeq: number, keys: Keys): Write {
  const { execution, version } = run;
  const fields = ['state', JSON.stringify(run), 'version', String(version), 'schema', String(RUN_SCHEMA)];
  return ['hset', keys.run(execution), ...fields, 'seq', String(lastSeq)];
}

/** The run as it is stored after the commit. */
export function storedAfter(
  before: StoredRun,
  after: Run | null,
  { lastSeq, changedBy }: { lastSeq: number; changedBy: string | null },
): StoredRun {
  const limit = limitVersionOf(before.run, after, before.inForce?.request ?? changedBy);
  const inForce = limit === '' ? before.inForce : inForceOf(limit);
  const changed = after !== null && after.version !== before.run?.version;
  return { ...before, run: after, storedVersion: changed ? after.version : before.storedVersion, lastSeq, inForce };
}

/** The limit in force of an execution, from what is stored. */
export function inForceOf(version: string): NonNullable<StoredRun['inForce']> {
  return { version, request: requestOf(version) };
}
