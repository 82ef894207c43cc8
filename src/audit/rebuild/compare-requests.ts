import { differingField } from '../../domain/proof/differing-field.ts';
import { KEPT_MS, type RecordedRequest } from '../../domain/proof/whole-log.ts';
import { isOpen, type ThrottleRequest, throttleRequest } from '../../domain/request/throttle-request.ts';
import { hasOpenGrant } from '../../domain/run/grant/timed-grant.ts';
import type { Connection } from '../../store/connection/connection.ts';
import type { Keys } from '../../store/connection/keys.ts';
import { keysLike } from '../../store/connection/keys-like.ts';
import { REQUEST_SCHEMA, requestWrite } from '../../store/ledger/commit.ts';
import type { Write } from '../../store/ledger/commit-batch.ts';
import { effectText } from '../../store/work/work-keys.ts';
import { timersAhead } from '../../workflow/commands/restore-work.ts';
import { subjectOf } from '../../workflow/ports/outbox.ts';
import { parseObject } from '../format/parse-json.ts';
import { compareStored, type StoredFields } from './compare-stored.ts';
import type { Difference } from './difference.ts';
import { askEach } from './stored.ts';

export interface Compared {
  redis: Connection;
  keys: Keys;
  requests: ReadonlyMap<string, RecordedRequest>;
  /** Ids and executions that are left as they are. */
  isLeft: (about: string) => boolean;
  now: Date;
}

/** What is stored of requests. */
export function compareRequests({ redis, keys, requests, isLeft, now }: Compared): Promise<Difference[]> {
  return compareStored(redis, {
    part: 'requests',
    recorded: requests,
    keyOf: (id) => keys.request(id),
    everyKey: keys.everyRequest,
    schema: REQUEST_SCHEMA,
    isAsRecorded,
    writes: (recorded) => requestWrites(recorded, keys, now),
    isAtRest: (found) => closedRequest(found) !== null,
    isLeft,
  });
}

function isAsRecorded(found: StoredFields, { request, seq, hash }: RecordedRequest, lifetime: number): boolean {
  const state = throttleRequest.safeParse(parseObject(found.state ?? '')).data;
  if (!state || found.version !== String(request.version) || isOpen(request) !== lifetime < 0) return false;
  const isSameRecord = found.seq === String(seq) && found.hash === hash;
  return isSameRecord && differingField(throttleRequest, state, request) === null;
}

/** The stored request, if nothing follows from it any more. */
export function closedRequest({ state }: StoredFields): ThrottleRequest | null {
  const request = throttleRequest.safeParse(parseObject(state ?? '')).data;
  return request && !isOpen(request) && !hasOpenGrant(request) ? request : null;
}

function requestWrites({ request, seq, hash, changedAt }: RecordedRequest, keys: Keys, now: Date): Write[] {
  const write = requestWrite(request, { seq, hash }, keys);
  return isOpen(request) ? [write] : [write, ['expire', keys.request(request.id), secondsLeft(changedAt, now)]];
}

/** For how long it is still kept. */
export function secondsLeft(changedAt: string, now: Date): string {
  return String(Math.max(1, Math.ceil((Date.parse(changedAt) + KEPT_MS - now.getTime()) / 1000)));
}

/** The list of open requests, and which one each execution has. */
export async function compareOpen({ redis, keys, requests, isLeft }: Compared): Promise<Difference[]> {
  const open = [...requests.values()].map(({ request }) => request).filter(isOpen);
  const [listed = 'wrong-type'] = await askEach<string[]>(redis, [keys.open], (all, key) => all.zrange(key, '0', '-1'));
  const inList = new Set(listed === 'wrong-type' ? [] : listed);
  const drop = listed === 'wrong-type' ? { drop: keys.open } : {};
  const differences: Difference[] = open
    .filter(({ id }) => !inList.has(id))
    .map(({ id, requestedAt }) => ({
      part: 'open requests' as const,
      of: id,
      how: 'missing' as const,
      ...drop,
      write: [['zadd', keys.open, String(Date.parse(requestedAt)), id] as const],
    }));
  const openIds = new Set(open.map(({ id }) => id));
  for (const id of inList) {
    if (openIds.has(id) || isLeft(id)) continue;
    differences.push({ part: 'open requests', of: id, how: 'extra', write: [['zrem', keys.open, id]] });
  }
  const byExecution = new Map(open.map(({ execution, id }) => [execution, id]));
  const executions = [...byExecution.keys()];
  const named = await askEach<string | null>(redis, executions, (all, arn) => all.get(keys.openExecution(arn)));
  for (const [place, execution] of executions.entries()) {
    const [key, id, found] = [keys.openExecution(execution), byExecution.get(execution) ?? '', named[place]];
    if (found === id) continue;
    const how = found === null ? 'missing' : 'different';
    const write: Write[] = [['set', key, id]];
    differences.push({ part: 'open requests', of: execution, how, ...(found === null ? {} : { drop: key }), write });
  }
  for await (const names of keysLike(redis, keys.everyOpenExecution)) {
    for (const name of names) {
      const execution = name.slice(keys.openExecution('').length);
      if (byExecution.has(execution) || isLeft(execution)) continue;
      differences.push({ part: 'open requests', of: execution, how: 'extra', drop: name, write: [] });
    }
  }
  return differences;
}

/**
 * The timers of requests that expire, and of limits that end. `clock`: asked again when they have been read, since those that
 * became due meanwhile may be under way.
 */
export async function compareTimers(
  { redis, keys, requests, now }: Compared,
  clock: () => Promise<Date>,
): Promise<Difference[]> {
  const ahead = [...requests.values()].flatMap(({ request }) => timersAhead(request, now));
  const texts = ahead.map(({ effect }) => effectText(effect));
  const scores = await askEach<string | null>(redis, texts, (all, text) => all.zscore(keys.timers, text));
  const readAt = await clock();
  return ahead.flatMap(({ effect, at }, place): Difference[] => {
    if (at <= readAt) return [];
    const score = scores[place] ?? null;
    const due = String(at.getTime());
    if (score !== null && score !== 'wrong-type' && Number(score) === at.getTime()) return [];
    const write: Write[] = [['zadd', keys.timers, due, texts[place] ?? '']];
    return [{ part: 'timers', of: subjectOf(effect), how: score === null ? 'missing' : 'different', write }];
  });
}
