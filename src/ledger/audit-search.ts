import { type AuditRecord, asRecord, taskOf } from '../domain/audit-record.ts';
import { matches } from '../workflow/audit-matches.ts';
import type { AuditPage, AuditQuery, AuditTurn, UnreadLine } from '../workflow/audit-ports.ts';
import type { AuditIndex, AuditLine } from '../workflow/ports.ts';
import { firstSince, type LogEntry, recordOf, seqOf, toEntry } from './audit-entries.ts';
import type { Connection } from './connection.ts';
import { parseRecord } from './export-format.ts';
import type { Gate } from './gate.ts';
import type { Keys } from './keys.ts';

/** What one step may read where no index helps. */
const MOST_READ = 5000;
const BATCH = 500;

/** A part of the log: places from `from` to `to`, both included. */
interface Span {
  from: number;
  to: number;
}

export function createAuditSearch(redis: Connection, keys: Keys, gate: Gate) {
  async function newest(by: AuditIndex, limit: number): Promise<(AuditLine | UnreadLine)[]> {
    const span = { from: 1, to: Number.MAX_SAFE_INTEGER };
    return lines(by.kind === 'all' ? null : indexKey(by, keys), span, 'older', limit);
  }

  /** The lines of an index, or of the whole log (null), from one end of a span on; one for each place that is named there. */
  async function lines(
    index: string | null,
    span: Span,
    go: AuditTurn['go'],
    limit: number,
  ): Promise<(AuditLine | UnreadLine)[]> {
    const [from, to] = [`${span.from}-0`, `${span.to}-0`];
    if (index === null) {
      const read = () =>
        go === 'older'
          ? redis.xrevrangeBuffer(keys.audit, to, from, 'COUNT', limit)
          : redis.xrangeBuffer(keys.audit, from, to, 'COUNT', limit);
      return (await gate.read(read)).map(toEntry).map((entry) => toLine(seqOf(entry.id), entry));
    }
    const range = ['LIMIT', 0, limit] as const;
    const seqs = await gate.read(() =>
      go === 'older'
        ? redis.zrevrangebyscore(index, span.to, span.from, ...range)
        : redis.zrangebyscore(index, span.from, span.to, ...range),
    );
    return Promise.all(
      seqs.map(async (seq) => {
        const [entry] = await gate.read(() => redis.xrangeBuffer(keys.audit, `${seq}-0`, `${seq}-0`));
        return toLine(Number(seq), entry ? toEntry(entry) : null);
      }),
    );
  }

  /** The part of the log that a query's times leave. */
  async function spanOf({ since, until }: AuditQuery): Promise<Span> {
    const [floor, ends] = await gate.read(() =>
      Promise.all([redis.hget(keys.floor, 'seq'), redis.xrevrange(keys.audit, '+', '-', 'COUNT', 1)]),
    );
    const bounds = { first: Number(floor ?? 0) + 1, last: Number(ends[0]?.[0].split('-')[0] ?? 0) };
    const place = (at: string) => gate.read(() => firstSince(redis, keys, bounds, new Date(at)));
    const from = since === null ? bounds.first : await place(since);
    // Without an end it has none: what comes meanwhile is in.
    return { from, to: until === null ? Number.MAX_SAFE_INTEGER : (await place(until)) - 1 };
  }

  /**
   * A page of what a query finds: by the narrowest index that fits, and where none does, by reading at most 5,000 records.
   */
  async function page(query: AuditQuery, turn: AuditTurn, size: number): Promise<AuditPage> {
    const { index, exact } = planOf(query, keys);
    const span = await spanOf(query);
    if (turn.go === 'older' && turn.below !== null) span.to = Math.min(span.to, turn.below - 1);
    if (turn.go === 'newer') span.from = Math.max(span.from, turn.above + 1);
    const found: AuditPage['lines'] = [];
    let read = 0;
    let ended = false;
    // One more than fits tells whether there is another page.
    while (found.length <= size && read < MOST_READ && !ended) {
      const limit = exact ? size + 1 : Math.min(BATCH, MOST_READ - read);
      const batch = span.from > span.to ? [] : await lines(index, span, turn.go, limit);
      for (const line of batch) {
        read += 1;
        if (turn.go === 'older') span.to = line.seq - 1;
        else span.from = line.seq + 1;
        // What can't be read may be what is looked for.
        if (line.record === null || matches(line.record, query)) found.push(line);
        if (found.length > size) break;
      }
      ended = batch.length < limit;
    }
    const more = found.length > size;
    const shown = found.slice(0, size);
    const stopped = !more && !ended;
    const reached = turn.go === 'older' ? span.to + 1 : span.from - 1;
    const onwards = more ? (shown.at(-1)?.seq ?? null) : stopped ? reached : null;
    if (turn.go === 'older') {
      const back = turn.below === null ? null : (shown[0]?.seq ?? turn.below - 1);
      return { lines: shown, older: onwards, newer: back, read, stopped };
    }
    return { lines: shown.reverse(), older: shown.at(-1)?.seq ?? turn.above + 1, newer: onwards, read, stopped };
  }

  return {
    page,
    /** Those that can be read: what can't be is for the pages to show. */
    async lookUp(by: AuditIndex, limit: number): Promise<AuditLine[]> {
      return (await newest(by, limit)).filter((line) => line.record !== null);
    },
  };
}

export type AuditSearch = ReturnType<typeof createAuditSearch>;

/** `exact`: the index alone answers the query. */
function planOf(query: AuditQuery, keys: Keys): { index: string | null; exact: boolean } {
  const { request, execution, task, user } = query;
  const by = request
    ? keys.indexRequest(request)
    : execution
      ? keys.indexExecution(execution)
      : user
        ? keys.indexUser(user.team, user.user)
        : task
          ? keys.indexTask(task)
          : null;
  const conditions = [request, execution, task, user, query.account, query.event, query.channel];
  const asked = conditions.filter((condition) => condition !== null).length;
  return { index: by, exact: asked === (by === null ? 0 : 1) };
}

/** @param entry null: the index names it, and it is not there */
function toLine(seq: number, entry: LogEntry | null): AuditLine | UnreadLine {
  const stored = entry && recordOf(entry);
  if (!stored || 'problem' in stored) return { seq, record: null };
  const record = asRecord(parseRecord(stored.bytes));
  return record === null ? { seq, record } : { seq, hash: stored.hash, record };
}

/** The indexes that a record stands in. */
export function indexKeysOf(
  { request, execution, actor }: Pick<AuditRecord, 'request' | 'execution' | 'actor'>,
  keys: Keys,
): string[] {
  return [
    request && keys.indexRequest(request),
    execution && keys.indexExecution(execution),
    execution && keys.indexTask(taskOf(execution)),
    actor && keys.indexUser(actor.team, actor.user),
  ].filter((key): key is string => Boolean(key));
}

function indexKey(by: Exclude<AuditIndex, { kind: 'all' }>, keys: Keys): string {
  switch (by.kind) {
    case 'request':
      return keys.indexRequest(by.id);
    case 'execution':
      return keys.indexExecution(by.arn);
    case 'task':
      return keys.indexTask(by.task);
    case 'user':
      return keys.indexUser(by.team, by.user);
  }
}
