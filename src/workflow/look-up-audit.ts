import type { AuditBook, AuditPage, AuditQuery, AuditTurn } from './audit-ports.ts';
import { mayReadAudit, type NotRead, type ReadDeps, type Reading, refuseReading } from './may-read-audit.ts';
import type { AuditIndex, AuditLine, Ledger } from './ports.ts';

export type LookedUp = { kind: 'page'; page: AuditPage } | NotRead;

const PAGE_SIZE = 10;
/** How much of a log is read to find what somebody who is no reader may see. */
const MOST_READ = 200;

/**
 * One page of what a query finds, newest first. Who is no reader sees requests that they asked or decided; the attempt to
 * see more is on record.
 * @throws PersonUnknown, NotRecorded, OutcomeUnknown, LedgerLost
 */
export async function lookUpAudit(
  deps: ReadDeps & { ledger: Ledger; audit: Pick<AuditBook, 'page'> },
  ask: Reading & { query: AuditQuery; turn: AuditTurn; size?: number },
): Promise<LookedUp> {
  const { query, turn } = ask;
  const may = await mayReadAudit(deps, ask.user);
  const size = ask.size ?? PAGE_SIZE;
  if (may.kind === 'may') return { kind: 'page', page: await deps.audit.page(query, turn, size) };
  const { person } = may;
  if (person.kind === 'member') {
    if (query.user?.user === person.user) return { kind: 'page', page: await deps.audit.page(query, turn, size) };
    const own = await ownLines(deps.ledger, person, query);
    if (own.length > 0) return { kind: 'page', page: pageOf(own, turn, size) };
  }
  return refuseReading(deps, ask, may, { execution: query.execution, what: saidOf(query) });
}

/** What was asked for, without what was not. */
function saidOf(query: AuditQuery): Partial<AuditQuery> {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== null));
}

/** Records of requests that this person asked or decided, among those of one request, execution or task. */
async function ownLines(
  ledger: Ledger,
  person: { team: string; user: string },
  query: AuditQuery,
): Promise<AuditLine[]> {
  const by = indexOf(query);
  if (by === null) return [];
  const lines = await ledger.lookUp(by, MOST_READ);
  const took = new Set(
    lines
      .filter(({ record }) => record.actor?.user === person.user && record.actor.team === person.team)
      .map(({ record }) => (record.event === 'decision.refused' ? null : record.request)),
  );
  const { since, until } = query;
  return lines.filter(
    ({ record }) =>
      record.request !== null &&
      took.has(record.request) &&
      (since === null || record.at >= since) &&
      (until === null || record.at < until),
  );
}

function indexOf({ request, execution, task }: AuditQuery): AuditIndex | null {
  if (request) return { kind: 'request', id: request };
  if (execution) return { kind: 'execution', arn: execution };
  return task ? { kind: 'task', task } : null;
}

/** The same paging for lines that are all there; `all` is newest first. */
function pageOf(all: AuditLine[], turn: AuditTurn, size: number): AuditPage {
  const wanted =
    turn.go === 'newer'
      ? all.filter(({ seq }) => seq > turn.above).slice(-size)
      : all.filter(({ seq }) => turn.below === null || seq < turn.below).slice(0, size);
  const [first, last] = [wanted[0], wanted.at(-1)];
  const older = last && all.some(({ seq }) => seq < last.seq) ? last.seq : null;
  const newer = first && all.some(({ seq }) => seq > first.seq) ? first.seq : null;
  return { lines: wanted, older, newer, read: all.length, stopped: false };
}
