import { isEventName } from '../../domain/audit/audit-event.ts';
import { asRecord } from '../../domain/audit/audit-record.ts';
import type { Connection } from '../../store/connection/connection.ts';
import type { Keys } from '../../store/connection/keys.ts';
import type { RedisOutcome } from '../../store/connection/redis-outcome.ts';
import { indexKeysOf } from '../../store/ledger/index-keys.ts';
import type { AuditIndex, AuditLine, UnreadLine } from '../../workflow/ports/audit/audit-line.ts';
import type { AuditPage, AuditQuery, AuditTurn } from '../../workflow/ports/audit/audit-query.ts';
import { matches } from '../../workflow/queries/audit-matches.ts';
import type { AuditKey } from '../format/audit-chain.ts';
import { type LogEntry, seqOf, toEntry } from '../format/log-entry.ts';
import { createEntryCheck } from '../verify/entry-check.ts';
import { readArchivedUpTo } from './archived-up-to.ts';
import type { AuditAlarms } from './audit-alarms.ts';
import { firstSince } from './audit-entries.ts';

/** How many records one step may read where there is no index to use. */
const MAX_READ = 5000;
const BATCH = 500;

/** A part of the log: places from `from` to `to`, both included. */
interface Span {
  from: number;
  to: number;
}

type Line = AuditLine | UnreadLine;

interface Batch {
  lines: Line[];
  /** There is nothing beyond it. */
  ended: boolean;
  /** The last place that was read; null: none. */
  reached: number | null;
}

const NOTHING: Batch = { lines: [], ended: true, reached: null };

/** How records are checked before they are shown, and who is told of those that fail. */
interface Proof {
  auditKeys: readonly AuditKey[];
  alarms: Pick<AuditAlarms, 'raise' | 'clear'>;
}

export function createAuditSearch(redis: Connection, keys: Keys, outcome: RedisOutcome, { auditKeys, alarms }: Proof) {
  const check = createEntryCheck(auditKeys);

  /** Up to where the log was archived, if a record says so. */
  async function archivedSeq(): Promise<number> {
    const archivedUpTo = await outcome.read(() => readArchivedUpTo(redis, keys, auditKeys));
    if (archivedUpTo !== 'unproven') return archivedUpTo?.seq ?? 0;
    alarms.raise('archive', 'Redis says that part of the audit log was archived, and no record of the log says so');
    return 0;
  }

  /** @param entry null: an index names it, and it is not there */
  function toLine(seq: number, entry: LogEntry | null): Line {
    const found = check(seq, entry);
    if ('untrusted' in found) return { seq, record: null, why: found.untrusted };
    const record = asRecord(found.record);
    if (record !== null) return { seq, hash: found.hash, record };
    return { seq, record, why: isEventName(found.record.event) ? 'unknown-detail' : 'unknown-event' };
  }

  /** Raises alarms about bad lines that are about to be shown, and leaves out records that were archived in the meantime. */
  async function checked(found: Line[]): Promise<Line[]> {
    const isMissing = (line: Line) => line.record === null && line.why === 'missing';
    const archived = found.some(isMissing) ? await archivedSeq() : 0;
    const shown = found.filter((line) => !isMissing(line) || line.seq > archived);
    for (const line of shown) {
      const about = `record ${line.seq}`;
      if (line.record !== null || isGenuine(line.why)) alarms.clear(about);
      else alarms.raise(about, `record ${line.seq} of the audit log is not what was written there (${line.why})`);
    }
    return shown;
  }

  /** The lines of an index, or of the whole log (null), from one end of a span. There is one for each place that it names. */
  async function lines(index: string | null, span: Span, go: AuditTurn['go'], limit: number): Promise<Batch> {
    const [from, to] = [`${span.from}-0`, `${span.to}-0`];
    if (index === null) {
      const read = () =>
        go === 'older'
          ? redis.xrevrangeBuffer(keys.audit, to, from, 'COUNT', limit)
          : redis.xrangeBuffer(keys.audit, from, to, 'COUNT', limit);
      const entries = (await outcome.read(read)).map(toEntry);
      const all = entries.map((entry) => toLine(seqOf(entry.id), entry));
      return { lines: await checked(all), ended: all.length < limit, reached: all.at(-1)?.seq ?? null };
    }
    const options = ['WITHSCORES', 'LIMIT', 0, limit] as const;
    const named = await outcome.read(() =>
      go === 'older'
        ? redis.zrevrangebyscore(index, span.to, span.from, ...options)
        : redis.zrangebyscore(index, span.from, span.to, ...options),
    );
    const places = named.flatMap((member, at) => (at % 2 === 0 ? { member, place: named[at + 1] ?? '' } : []));
    // The next page begins at the entry's score, so an entry with a changed score must not hide others.
    const sound = places.filter(({ member, place }) => member === place);
    if (sound.length < places.length) alarms.raise('index', `an index of the audit log was changed: ${index}`);
    const found = sound.map(async ({ place }) => {
      const [entry] = await outcome.read(() => redis.xrangeBuffer(keys.audit, `${place}-0`, `${place}-0`));
      return toLine(Number(place), entry ? toEntry(entry) : null);
    });
    const last = places.at(-1)?.place;
    return {
      lines: await checked(await Promise.all(found)),
      ended: places.length < limit,
      reached: last === undefined ? null : Number(last),
    };
  }

  /** The places of the records between a query's times. */
  async function spanOf({ since, until }: AuditQuery): Promise<Span> {
    const [archived, ends] = await Promise.all([
      archivedSeq(),
      outcome.read(() => redis.xrevrange(keys.audit, '+', '-', 'COUNT', 1)),
    ]);
    const bounds = { first: archived + 1, last: Number(ends[0]?.[0].split('-')[0] ?? 0) };
    const place = (at: string) => outcome.read(() => firstSince(redis, keys, bounds, new Date(at)));
    const from = since === null ? bounds.first : await place(since);
    // Without `until` there is no end, so records that are written in the meantime are included.
    return { from, to: until === null ? Number.MAX_SAFE_INTEGER : (await place(until)) - 1 };
  }

  /** A page of a query's results: by the narrowest index that fits, or by reading at most 5,000 records. */
  async function page(query: AuditQuery, turn: AuditTurn, size: number): Promise<AuditPage> {
    const { index, exact } = planOf(query, keys);
    const span = await spanOf(query);
    if (turn.go === 'older' && turn.below !== null) span.to = Math.min(span.to, turn.below - 1);
    if (turn.go === 'newer') span.from = Math.max(span.from, turn.above + 1);
    const continueFrom = (place: number) => {
      // A score that is no whole number was not written by a bot.
      if (turn.go === 'older') span.to = Math.ceil(place) - 1;
      else span.from = Math.floor(place) + 1;
    };
    const found: AuditPage['lines'] = [];
    let read = 0;
    let ended = false;
    // One more than fits on the page shows whether there is another page.
    while (found.length <= size && read < MAX_READ && !ended) {
      const limit = exact ? size + 1 : Math.min(BATCH, MAX_READ - read);
      const batch = span.from > span.to ? NOTHING : await lines(index, span, turn.go, limit);
      for (const line of batch.lines) {
        read += 1;
        continueFrom(line.seq);
        // A record that can't be read may be one that was looked for.
        if (line.record === null || matches(line.record, query)) found.push(line);
        if (found.length > size) break;
      }
      if (found.length <= size && batch.reached !== null) continueFrom(batch.reached);
      ended = batch.ended;
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
    async lookUp(by: AuditIndex, limit: number): Promise<Line[]> {
      const index = by.kind === 'all' ? null : indexKey(by, keys);
      const span = { from: (await archivedSeq()) + 1, to: Number.MAX_SAFE_INTEGER };
      const { lines: found } = await lines(index, span, 'older', limit);
      // An index may have been changed to name other records.
      return found.filter(({ record }) => !record || !index || indexKeysOf(record, keys).includes(index));
    },
  };
}

export type AuditSearch = ReturnType<typeof createAuditSearch>;

/** Written by a holder of the keys: what can't be read of it is no damage. */
function isGenuine(why: UnreadLine['why']): boolean {
  return why === 'unknown-event' || why === 'unknown-detail';
}

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
