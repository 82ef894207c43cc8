import { parseObject } from '../../audit/format/parse-json.ts';
import { evolveRun } from '../../domain/run/evolve-run.ts';
import { type Run, run as runSchema } from '../../domain/run/run.ts';
import { RunUnreadable } from '../../workflow/faults.ts';
import type { Ledger } from '../../workflow/ports/ledger.ts';
import type { StoredRun } from '../../workflow/ports/stored-run.ts';
import type { Connection } from '../connection/connection.ts';
import type { Keys } from '../connection/keys.ts';
import type { RedisOutcome } from '../connection/redis-outcome.ts';
import { inForceOf, RUN_SCHEMA } from './run-commit.ts';

/**
 * Loads runs. What is stored is a fold of the audit records that it names; those that were written since by bots of older
 * versions, or all of them where nothing is stored, are read and folded too.
 */
export function createRunLoader(redis: Connection, keys: Keys, outcome: RedisOutcome, lookUp: Ledger['lookUp']) {
  async function recordsAfter(execution: string, seq: number) {
    const count = await outcome.read(() => redis.zcount(keys.indexExecution(execution), `(${seq}`, '+inf'));
    if (count === 0) return [];
    // One more than there are: where it is another late one, records came in since they were counted.
    for (let limit = count + 1; ; limit *= 2) {
      const lines = await lookUp({ kind: 'execution', arn: execution }, limit);
      const late = lines.filter((line) => line.seq > seq);
      if (late.length < limit) return late.toReversed();
    }
  }

  return async function loadRun(execution: string): Promise<StoredRun> {
    const [fields, version] = await Promise.all([
      outcome.read(() => redis.hmget(keys.run(execution), ...RUN_FIELDS)),
      outcome.read(() => redis.hget(keys.inForce, execution)),
    ]);
    const stored = storedRun(execution, fields, version);
    if (stored instanceof RunUnreadable) throw stored;
    let { run, lastSeq } = stored;
    for (const line of await recordsAfter(execution, lastSeq)) {
      if (line.record === null) throw new RunUnreadable(execution, `record ${line.seq} is ${line.why}`);
      run = evolveRun(run, line.record);
      lastSeq = line.seq;
    }
    return { ...stored, run, lastSeq };
  };
}

/** What is read of a stored run, in this order. */
export const RUN_FIELDS = ['state', 'version', 'seq', 'schema'] as const;

/** A run as it is stored, without later records, or why it can't be read. `inForce`: the version of its limit in force. */
export function storedRun(
  execution: string,
  [state, version, seq, schema]: readonly (string | null | undefined)[],
  inForce: string | null,
): StoredRun | RunUnreadable {
  if (Number(schema ?? RUN_SCHEMA) > RUN_SCHEMA) return new RunUnreadable(execution, 'a newer version wrote them');
  const { data, error } = state ? runSchema.safeParse(parseObject(state)) : {};
  if (error) return new RunUnreadable(execution, 'the stored state is none', error);
  return {
    execution,
    run: data ? withoutLink(data) : null,
    storedVersion: version ? Number(version) : null,
    lastSeq: state ? Number(seq) : 0,
    inForce: inForce === null ? null : inForceOf(inForce),
  };
}

/** What the policy says of its link is never stored. */
function withoutLink({ link: _, ...stored }: Run): Run {
  return stored;
}
