import { type AuditRecord, readRecord, taskOf } from '../domain/audit-record.ts';
import type { AuditPage, AuditQuery, AuditTurn } from '../workflow/audit-ports.ts';
import type { AuditIndex, AuditLine } from '../workflow/ports.ts';
import { firstSince } from './audit-entries.ts';
import type { Connection } from './connection.ts';
import type { Gate } from './gate.ts';
import type { Keys } from './keys.ts';

/** A record as it lies in the log. */
export interface StoredRecord {
  seq: number;
  bytes: string;
  hash: Buffer;
  mac: Buffer;
  kid: string;
}

/** What one step may read where no index helps. */
const MOST_READ = 5000;
const BATCH = 500;

/** A part of the log: places from `from` to `to`, both included. */
interface Span {
  from: number;
  to: number;
}

export function createAuditSearch(redis: Connection, keys: Keys, gate: Gate) {
  async function newest(by: AuditIndex, limit: number): Promise<StoredRecord[]> {
    const span = { from: 1, to: Number.MAX_SAFE_INTEGER };
    return records(by.kind === 'all' ? null : indexKey(by, keys), span, 'older', limit);
  }

  /** Records of an index, or of the whole log (null), from one end of a span on. */
  async function records(
    index: string | null,
    span: Span,
    go: AuditTurn['go'],
    limit: number,
  ): Promise<StoredRecord[]> {
    const [from, to] = [`${span.from}-0`, `${span.to}-0`];
    if (index === null) {
      const read = () =>
        go === 'older'
          ? redis.xrevrangeBuffer(keys.audit, to, from, 'COUNT', limit)
          : redis.xrangeBuffer(keys.audit, from, to, 'COUNT', limit);
      return (await gate.read(read)).map(toStored);
    }
    const range = ['LIMIT', 0, limit] as const;
    const seqs = await gate.read(() =>
      go === 'older'
        ? redis.zrevrangebyscore(index, span.to, span.from, ...range)
        : redis.zrangebyscore(index, span.from, span.to, ...range),
    );
    const found = await Promise.all(
      seqs.map((seq) => gate.read(() => redis.xrangeBuffer(keys.audit, `${seq}-0`, `${seq}-0`))),
    );
    return found.flat().map(toStored);
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
    const lines: AuditLine[] = [];
    let read = 0;
    let ended = false;
    // One more than fits tells whether there is another page.
    while (lines.length <= size && read < MOST_READ && !ended) {
      const limit = exact ? size + 1 : Math.min(BATCH, MOST_READ - read);
      const batch = span.from > span.to ? [] : await records(index, span, turn.go, limit);
      for (const record of batch) {
        read += 1;
        if (turn.go === 'older') span.to = record.seq - 1;
        else span.from = record.seq + 1;
        const line = toLine(record);
        if (matches(line.record, query)) lines.push(line);
        if (lines.length > size) break;
      }
      ended = batch.length < limit;
    }
    const more = lines.length > size;
    const shown = lines.slice(0, size);
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
    async lookUp(by: AuditIndex, limit: number): Promise<AuditLine[]> {
      return (await newest(by, limit)).map(toLine);
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

function matches(record: AuditRecord, query: AuditQuery): boolean {
  const { request, execution, task, user, account, event, channel, since, until } = query;
  const is = (wanted: string | null, found: string | null) => wanted === null || wanted === found;
  return (
    is(request, record.request) &&
    is(execution, record.execution) &&
    is(task, record.execution === null ? null : taskOf(record.execution)) &&
    (user === null || (record.actor?.team === user.team && record.actor.user === user.user)) &&
    is(account, record.account) &&
    is(event, record.event) &&
    is(channel, record.channel) &&
    (since === null || record.at >= since) &&
    (until === null || record.at < until)
  );
}

function toLine({ seq, hash, bytes }: StoredRecord): AuditLine {
  return { seq, hash: hash.toString('hex'), record: readRecord(bytes) };
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

function toStored([id, fields]: [Buffer, Buffer[]]): StoredRecord {
  const [, bytes, , hash, , mac, , kid] = fields;
  if (!bytes || !hash || !mac || !kid) throw new Error(`entry ${id} of the audit log is not a record`);
  const seq = Number(id.toString().split('-')[0]);
  return { seq, bytes: bytes.toString('utf8'), hash, mac, kid: kid.toString() };
}
