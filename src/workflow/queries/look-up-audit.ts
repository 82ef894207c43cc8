import { mayReadAudit, type NotRead, type ReadDeps, type Reading, refuseReading } from '../people/may-read-audit.ts';
import { type AuditPage, type AuditQuery, type AuditTurn, EVERYTHING } from '../ports/audit/audit-query.ts';
import type { AuditReader } from '../ports/audit/audit-reader.ts';
import type { Ledger } from '../ports/ledger.ts';
import { matches } from './audit-matches.ts';

type Line = AuditPage['lines'][number];
export type LookedUp = { kind: 'page'; page: AuditPage } | NotRead;

const PAGE_SIZE = 10;
/** How many records somebody who is no reader can see at once: of their own, and of one request. */
const MAX_OWN_RECORDS = 100;
const MAX_OF_ONE_REQUEST = 200;

/**
 * One page of what a query finds, newest first. Somebody who is no reader sees only requests that they made or decided,
 * and an attempt to see more is put on record.
 * @throws PersonUnknown, NotRecorded, OutcomeUnknown, LedgerLost
 */
export async function lookUpAudit(
  deps: ReadDeps & { ledger: Ledger; audit: Pick<AuditReader, 'page'> },
  ask: Reading & { query: AuditQuery; turn: AuditTurn; size?: number },
): Promise<LookedUp> {
  const { query, turn } = ask;
  const may = await mayReadAudit(deps, ask.user);
  const size = ask.size ?? PAGE_SIZE;
  if (may.kind === 'may') return { kind: 'page', page: await deps.audit.page(query, turn, size) };
  const { person } = may;
  if (person.kind === 'member') {
    const { user } = query;
    if (user?.user === person.user && user.team === person.team)
      return { kind: 'page', page: await deps.audit.page(query, turn, size) };
    const own = await ownLines(deps, person, query);
    if (own.length > 0) return { kind: 'page', page: pageOf(own, turn, size) };
  }
  return refuseReading(deps, ask, may, { execution: query.execution, what: givenParts(query) });
}

/** The parts of the query that were given. */
function givenParts(query: AuditQuery): Record<string, unknown> {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== null));
}

/**
 * What a query about one request, execution or task finds among the requests that this person made or decided. These
 * are found by this person's own records, however many others lie in between.
 */
async function ownLines(
  { ledger, audit }: { ledger: Ledger; audit: Pick<AuditReader, 'page'> },
  { team, user }: { team: string; user: string },
  query: AuditQuery,
): Promise<Line[]> {
  const { request, execution, task } = query;
  if (request === null && execution === null && task === null) return [];
  const by = { ...EVERYTHING, request, execution, task, user: { team, user } };
  const did = await audit.page(by, { go: 'older', below: null }, MAX_OWN_RECORDS);
  const took = new Set(
    did.lines.flatMap(({ record }) => (record?.event === 'decision.refused' ? [] : (record?.request ?? []))),
  );
  const told = await Promise.all([...took].map((id) => ledger.lookUp({ kind: 'request', id }, MAX_OF_ONE_REQUEST)));
  return told
    .flat()
    .filter(({ record }) => record === null || matches(record, query))
    .sort((one, other) => other.seq - one.seq);
}

/** The same paging for lines that are in memory; `all` is newest first. */
function pageOf(all: Line[], turn: AuditTurn, size: number): AuditPage {
  const wanted =
    turn.go === 'newer'
      ? all.filter(({ seq }) => seq > turn.above).slice(-size)
      : all.filter(({ seq }) => turn.below === null || seq < turn.below).slice(0, size);
  const [first, last] = [wanted[0], wanted.at(-1)];
  const older = last && all.some(({ seq }) => seq < last.seq) ? last.seq : null;
  const newer = first && all.some(({ seq }) => seq > first.seq) ? first.seq : null;
  return { lines: wanted, older, newer, read: all.length, stopped: false };
}
