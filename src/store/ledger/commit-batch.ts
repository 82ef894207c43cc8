import type { Sealed } from '../../audit/format/audit-chain.ts';
import type { AuditHead } from '../../domain/audit/audit-record.ts';
import { NotRecorded } from '../../workflow/faults.ts';
import type { Claim } from '../../workflow/ports/outbox.ts';
import type { Keys } from '../connection/keys.ts';

/** What a commit expects to find in Redis. Any of `values` is good; '' is nothing there. */
export type Expectation =
  | { kind: 'string'; key: string; values: readonly string[] }
  | { kind: 'field'; key: string; field: string; values: readonly string[] }
  /** A number that is lower; nothing there is 0. */
  | { kind: 'below'; key: string; field: string; limit: number }
  /** The log itself has this record. */
  | { kind: 'record'; seq: number; hash: string };

export type Write =
  | readonly ['set', key: string, value: string]
  /** Only while it has this value. */
  | readonly ['del', key: string, value: string]
  | readonly ['hset', key: string, ...fieldsAndValues: string[]]
  /** Only while the field has this value. */
  | readonly ['hdel', key: string, field: string, value: string]
  | readonly ['zadd', key: string, score: string, member: string]
  | readonly ['zrem', key: string, member: string]
  | readonly ['xadd', key: string, field: string, value: string]
  | readonly ['expire', key: string, seconds: string];

/** One commit as `commit.lua` takes it, with the names of its keys. */
export interface Commit {
  /** The key that makes a repeat harmless, and what it keeps. */
  operation: { key: string; answer: string };
  /** Under which its writer works. */
  claim: (Omit<Claim, 'stream'> & { stream: string; group: string }) | null;
  expect: readonly Expectation[];
  records: readonly Sealed[];
  /** The time of the last record. */
  at: string;
  write: readonly Write[];
}

export interface BatchOf {
  /** The last record of the log before the first commit. */
  head: AuditHead;
  /** Who writes: another one's turn is waited for. */
  writer: string;
  /** How long a turn lasts. */
  turnMs: number;
  /** Take the turn if the last record is another one, or be the next to have it. */
  takesTurn: boolean;
  /** For how long the answers of operations are kept. */
  seconds: number;
  keys: { log: string; head: string; stop: string; turn: string; next: string };
  /** Nothing is written while one of these keys is of another type. */
  types: readonly (readonly [key: string, type: 'string' | 'hash' | 'zset' | 'stream'])[];
}

/** Of the keys that say what is going on, besides those of work. */
export function stateTypes(keys: Keys): BatchOf['types'] {
  return [
    [keys.open, 'zset'],
    [keys.inForce, 'hash'],
    [keys.changing, 'hash'],
  ];
}

/** Of the keys that some commits don't write: none is recorded whose consequences could not be. */
export function writtenTypes(keys: Keys): BatchOf['types'] {
  return [...stateTypes(keys), [keys.awsOutbox, 'stream'], [keys.slackOutbox, 'stream'], [keys.timers, 'zset']];
}

export function batchKeysOf(keys: Keys): Pick<BatchOf, 'keys' | 'types'> {
  return {
    keys: { log: keys.audit, head: keys.head, stop: keys.missingPositions, turn: keys.turn, next: keys.nextTurns },
    types: [...writtenTypes(keys), [keys.archivedUpTo, 'hash']],
  };
}

/** What became of one commit of a batch. */
export type BatchAnswer =
  | { kind: 'committed' }
  /** Done before: what is kept under its operation. */
  | { kind: 'repeated'; answer: string }
  | { kind: 'stopped' }
  | { kind: 'turn'; ms: number }
  /** The last record of the log is another one. `hashAtSeq`: what lies where the expected one should; '' = nothing. */
  | { kind: 'head'; head: AuditHead; hashAtSeq: string }
  | { kind: 'claim' }
  /** The place of what was not as expected in the list, from 0, and what was found. */
  | { kind: 'expected'; place: number; found: string };

/** A text longer than this is an argument of its own, so that it need not be escaped and read as JSON. */
const MAX_INLINE_LENGTH = 80;

/** KEYS and ARGV of `commit.lua`, in its order. */
export function batchCall(commits: readonly Commit[], of: BatchOf): [keys: string[], values: (string | Buffer)[]] {
  const names = [of.keys.log, of.keys.head, of.keys.stop, of.keys.turn, of.keys.next];
  const places = new Map<string, number>();
  const placeOf = (key: string) => {
    const known = places.get(key);
    if (known !== undefined) return known;
    places.set(key, names.push(key));
    return names.length;
  };
  const seals = commits.flatMap(({ records }) => records.map(({ hash, mac }) => hash + mac)).join('');
  // The first is the batch itself.
  const values: (string | Buffer)[] = ['', Buffer.from(seals, 'hex')];
  const argument = (part: string) => values.push(part);
  const text = (part: string) => (part.length > MAX_INLINE_LENGTH ? argument(part) : part);
  const batch = {
    id: of.head.log,
    seq: String(of.head.seq),
    hash: of.head.hash,
    writer: of.writer,
    turnMs: String(of.turnMs),
    takesTurn: of.takesTurn,
    seconds: String(of.seconds),
    types: of.types.map(([key, type]) => [placeOf(key), type]),
    commits: commits.map(({ operation, claim, expect, records, at, write }) => ({
      op: placeOf(operation.key),
      answer: text(operation.answer),
      claim: claim ? { ...claim, stream: placeOf(claim.stream) } : undefined,
      expect: expect.map((one) => expectation(one, placeOf)),
      records: records.map(({ bytes, kid }) => [argument(bytes), kid]),
      at,
      write: write.flatMap(([verb, key, ...rest]) => [verb, placeOf(key), rest.length, ...rest.map(text)]),
    })),
  };
  values[0] = wellFormedJson(batch);
  return [names, values];
}

/**
 * Half a surrogate pair would make the script refuse the whole batch. It becomes U+FFFD, as in an argument of its own. JSON
 * has it as an escape, and no other text looks so but one with a backslash, so that hardly any batch is written twice.
 */
function wellFormedJson(batch: unknown): string {
  const json = JSON.stringify(batch);
  if (!/\\ud[89a-f]/.test(json)) return json;
  return JSON.stringify(batch, (_, value) => (typeof value === 'string' ? value.toWellFormed() : value));
}

function expectation(one: Expectation, placeOf: (key: string) => number): unknown[] {
  switch (one.kind) {
    case 'string':
      return [one.kind, placeOf(one.key), one.values];
    case 'field':
      return [one.kind, placeOf(one.key), one.field, one.values];
    case 'below':
      return [one.kind, placeOf(one.key), one.field, String(one.limit)];
    case 'record':
      return [one.kind, String(one.seq), one.hash];
  }
}

/**
 * What `commit.lua` answered for one commit.
 * @throws NotRecorded where Redis refused it
 */
export function readAnswer([kind, ...rest]: readonly string[]): BatchAnswer {
  switch (kind) {
    case 'committed':
    case 'stopped':
    case 'claim':
      return { kind };
    case 'repeated':
      return { kind, answer: rest[0] ?? '' };
    case 'turn':
      return { kind, ms: Number(rest[0]) };
    case 'head': {
      const [log = '', seq = '0', hash = '', at = '', hashAtSeq = ''] = rest;
      return { kind, head: { log, seq: Number(seq), hash, at }, hashAtSeq };
    }
    case 'expected':
      return { kind, place: Number(rest[0]) - 1, found: rest[1] ?? '' };
    case 'failed':
      throw new NotRecorded('Redis refused the write', { cause: new Error(rest[0]) });
    default:
      throw new Error(`commit.lua answered ${[kind, ...rest].join(' ')}`);
  }
}
