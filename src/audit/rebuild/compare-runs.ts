import { differingRunField } from '../../domain/proof/differing-run.ts';
import type { RecordedRun } from '../../domain/proof/whole-log.ts';
import { changingRequest, requestOf } from '../../domain/run/limit-in-force.ts';
import { type Run, run as runSchema } from '../../domain/run/run.ts';
import type { Connection } from '../../store/connection/connection.ts';
import type { Keys } from '../../store/connection/keys.ts';
import { REQUEST_SCHEMA } from '../../store/ledger/commit.ts';
import type { Write } from '../../store/ledger/commit-batch.ts';
import { RUN_SCHEMA, runWrite } from '../../store/ledger/run-commit.ts';
import { parseObject } from '../format/parse-json.ts';
import { type Compared, closedRequest, secondsLeft } from './compare-requests.ts';
import { compareStored, isNewer, type StoredFields } from './compare-stored.ts';
import type { Difference } from './difference.ts';
import { askEach, type Reply, readHash } from './stored.ts';

export interface ComparedRuns extends Omit<Compared, 'requests'> {
  runs: ReadonlyMap<string, RecordedRun>;
}

/** What is stored of the limits of executions. */
export function compareRuns({ redis, keys, runs, isLeft, now }: ComparedRuns): Promise<Difference[]> {
  return compareStored(redis, {
    part: 'limits',
    recorded: runs,
    keyOf: (arn) => keys.run(arn),
    everyKey: keys.everyRun,
    schema: RUN_SCHEMA,
    isAsRecorded,
    writes: ({ run, lastSeq, changedAt }) => [
      runWrite(run, lastSeq, keys),
      ['expire', keys.run(run.execution), secondsLeft(changedAt, now)],
    ],
    isAtRest(found) {
      const run = runOf(found);
      return run !== null && run.grants.length === 0 && run.change === null;
    },
    isLeft,
  });
}

function runOf({ state }: StoredFields): Run | null {
  return runSchema.safeParse(parseObject(state ?? '')).data ?? null;
}

function isAsRecorded(found: StoredFields, { run, lastSeq }: RecordedRun): boolean {
  const stored = runOf(found);
  if (stored === null) return false;
  const isUpToDate = Number(found.seq) >= lastSeq && found.version === String(stored.version);
  return isUpToDate && differingRunField(stored, run) === null;
}

/** The request whose limit applies, by execution. */
export async function compareInForce({ redis, keys, runs, isLeft }: ComparedRuns): Promise<Difference[]> {
  const stored = await readHash(redis, keys.inForce);
  const found = stored === 'wrong-type' ? new Map<string, string>() : stored;
  const drop = stored === 'wrong-type' ? { drop: keys.inForce } : {};
  const part = 'limits in force';
  const differences: Difference[] = [];
  for (const [execution, recorded] of runs) {
    const value = found.get(execution);
    const write: Write[] = [['hset', keys.inForce, execution, recorded.limit]];
    if (recorded.limit === '') continue;
    if (value === undefined) {
      if (isExpected(recorded)) differences.push({ part, of: execution, how: 'missing', ...drop, write });
    } else if (!namesOf(recorded).includes(requestOf(value))) {
      differences.push({ part, of: execution, how: 'different', write });
    }
  }
  const unknown = [...found].filter(([execution]) => !runs.get(execution)?.limit && !isLeft(execution));
  const isPolled = await whichArePolled(redis, keys, unknown);
  for (const [place, [execution, value]] of unknown.entries()) {
    if (isPolled[place]) continue;
    differences.push({ part, of: execution, how: 'extra', write: [['hdel', keys.inForce, execution, value]] });
  }
  return differences;
}

/**
 * Of the limits whose records were archived, or are too old to count: whether a request is stored for them that has ended. They
 * are polled until their execution ends, and nothing else follows from them.
 */
async function whichArePolled(redis: Connection, keys: Keys, limits: [string, string][]): Promise<boolean[]> {
  const ids = limits.map(([, value]) => requestOf(value));
  const found = await askEach<StoredFields>(redis, ids, (all, id) => all.hgetall(keys.request(id)));
  return limits.map(([execution], place) => {
    const fields = found[place] as Reply<StoredFields>;
    if (isNewer(fields, REQUEST_SCHEMA)) return true;
    return fields !== 'wrong-type' && closedRequest(fields)?.execution === execution;
  });
}

/** Once an execution has ended nothing is in force. That one with a limit without an end has ended is not on record. */
function isExpected({ run }: RecordedRun): boolean {
  return run.change !== null || run.grants.some(({ until }) => until !== null);
}

function namesOf({ run, limit }: RecordedRun): (string | null | undefined)[] {
  return [run.inForce?.request, run.inForce?.after, requestOf(limit)];
}

/**
 * What brings the executions back that are polled, but for those that ended by a record. Where one has ended without a record,
 * the next poll finds that out.
 */
export function polledAgain({ keys, runs }: Pick<ComparedRuns, 'keys' | 'runs'>): Write[] {
  return [...runs].flatMap(([execution, { limit, hasEnded }]) =>
    hasEnded || limit === '' ? [] : [['hset', keys.inForce, execution, limit] as const],
  );
}

/** The request that has a change on its way to AWS, by execution. */
export async function compareChanging({ redis, keys, runs, isLeft }: ComparedRuns): Promise<Difference[]> {
  const stored = await readHash(redis, keys.changing);
  const found = stored === 'wrong-type' ? new Map<string, string>() : stored;
  const drop = stored === 'wrong-type' ? { drop: keys.changing } : {};
  const part = 'changes';
  const differences: Difference[] = [];
  for (const [execution, { run }] of runs) {
    const request = changingRequest(run);
    const value = found.get(execution);
    if (request === null || value === request) continue;
    const how = value === undefined ? 'missing' : 'different';
    const write: Write[] = [['hset', keys.changing, execution, request]];
    differences.push({ part, of: execution, how, ...drop, write });
  }
  for (const [execution, value] of found) {
    const run = runs.get(execution)?.run ?? null;
    if (changingRequest(run) !== null || isLeft(execution)) continue;
    differences.push({ part, of: execution, how: 'extra', write: [['hdel', keys.changing, execution, value]] });
  }
  return differences;
}
