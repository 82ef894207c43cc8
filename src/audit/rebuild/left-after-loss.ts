import type { Misfit } from '../../domain/proof/open-requests.ts';
import type { RecordedRequest, RecordedRun } from '../../domain/proof/whole-log.ts';
import { isOpen } from '../../domain/request/throttle-request.ts';
import { hasOpenGrant } from '../../domain/run/grant/timed-grant.ts';
import type { Connection } from '../../store/connection/connection.ts';
import type { Keys } from '../../store/connection/keys.ts';
import type { LostRecords } from './read-whole-log.ts';
import { askEach, type Reply } from './stored.ts';

interface Recorded {
  redis: Connection;
  keys: Keys;
  requests: ReadonlyMap<string, RecordedRequest>;
  runs: ReadonlyMap<string, RecordedRun>;
  losses: readonly LostRecords[];
}

type SeqAndHash = (string | null)[];

/**
 * What goes on by the log, but may have ended by a record that was lost. It must not begin again: a request that was cancelled
 * would be applied. So it stays as it is stored.
 */
export async function leftAfterLoss({ redis, keys, requests, runs, losses }: Recorded): Promise<Misfit[]> {
  const lossAfter = (seq: number) => losses.findLast(({ to }) => to >= seq);
  const ids = [...requests].flatMap(([id, { request, seq }]) =>
    lossAfter(seq) && (isOpen(request) || hasOpenGrant(request)) ? [id] : [],
  );
  const stored = await askEach<SeqAndHash>(redis, ids, (all, id) => all.hmget(keys.request(id), 'seq', 'hash'));
  const left = ids.flatMap((id, place): Misfit[] => {
    const { request, seq, hash } = requests.get(id) as RecordedRequest;
    const found = placeOf(stored[place] as Reply<SeqAndHash>);
    const loss = lossAfter(seq) as LostRecords;
    const isSame = found?.seq === seq && found.hash === hash;
    // An approved request is applied without anybody being asked again.
    const mayBeSent = isOpen(request) && request.status !== 'pending';
    if (!isLost(found?.seq, seq, losses) && (isSame || !mayBeSent)) return [];
    return [{ request: id, seq, unknown: false, why: wordsOf(loss) }];
  });
  const executions = [...runs].flatMap(([execution, { lastSeq }]) => (lossAfter(lastSeq) ? [execution] : []));
  const places = await askEach<SeqAndHash>(redis, executions, (all, arn) => all.hmget(keys.run(arn), 'seq', 'hash'));
  const leftRuns = executions.flatMap((execution, place): Misfit[] => {
    const { lastSeq } = runs.get(execution) as RecordedRun;
    const found = placeOf(places[place] as Reply<SeqAndHash>);
    if (!isLost(found?.seq, lastSeq, losses)) return [];
    return [{ request: execution, seq: lastSeq, unknown: false, why: wordsOf(lossAfter(lastSeq) as LostRecords) }];
  });
  return [...left, ...leftRuns];
}

/** Whether what is stored rests on a record that is lost. */
function isLost(stored: number | undefined, recorded: number, losses: readonly LostRecords[]): boolean {
  if (stored === undefined || stored <= recorded) return false;
  return losses.some(({ from, to }) => stored >= from && stored <= to);
}

function placeOf(found: Reply<SeqAndHash>): { seq: number; hash: string | null } | null {
  if (found === 'wrong-type' || !found[0]) return null;
  return { seq: Number(found[0]), hash: found[1] ?? null };
}

function wordsOf({ from, to }: LostRecords): string {
  const range = from === to ? `record ${from} was` : `records ${from} to ${to} were`;
  return `${range} lost, and may say how it went on. Submit a new request where one is needed`;
}
