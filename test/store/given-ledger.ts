import { createHash, createHmac, randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { type AuditedLedgerOptions, createAuditedLedger } from '../../src/audit/continuity/audited-ledger.ts';
import { type RedisTarget, readRedisTarget } from '../../src/config/redis-target.ts';
import type { AuditEvent } from '../../src/domain/audit/audit-event.ts';
import { plainEvent } from '../../src/domain/audit/audit-record.ts';
import { parseExecutionArn } from '../../src/domain/execution/task-execution.ts';
import { decideRequest } from '../../src/domain/request/decide-request.ts';
import { stateEvent } from '../../src/domain/request/request-event.ts';
import type { ThrottleRequest } from '../../src/domain/request/throttle-request.ts';
import { type Connection, connect, openConnection } from '../../src/store/connection/connection.ts';
import { createKeys, type Keys } from '../../src/store/connection/keys.ts';
import type { RedisLedger } from '../../src/store/ledger/ledger.ts';
import type { Change } from '../../src/workflow/ports/commit.ts';
import { ask, execution, GROUPS, LEAD, OPERATOR, PEOPLE, policy, rule, T0 } from '../domain/given.ts';

const KEY = { kid: 'k1', key: Buffer.alloc(32, 7) };
/** What the ledgers here sign with. */
export const AUDIT_KEYS = [KEY];

export interface OpenedLedger {
  redis: Connection;
  keys: Keys;
  ledger: RedisLedger;
  close(): void;
}

export function freshPrefix(): string {
  return `test-${randomBytes(6).toString('hex')}`;
}

/** What the configuration makes of a REDIS_URL. */
export function targetOf(url: string): RedisTarget {
  const target = readRedisTarget(url);
  if (!target.ok) throw new Error(target.problem);
  return target.value;
}

export async function openRedis(
  purpose: 'commands' | 'blocking' = 'commands',
  url = inject('redisUrl'),
): Promise<Connection> {
  const redis = openConnection(targetOf(url), purpose);
  // What goes wrong reaches whoever asked; an event that nobody hears would be printed.
  redis.on('error', () => {});
  await connect(redis, 5000);
  return redis;
}

/** A ledger as a process has it: a connection of its own, on a fresh log unless a prefix is given. */
export async function openLedger(
  options: { url?: string; prefix?: string } & Partial<AuditedLedgerOptions> = {},
): Promise<OpenedLedger> {
  const { url, prefix, ...rest } = options;
  const redis = await openRedis('commands', url);
  const keys = createKeys(prefix ?? freshPrefix());
  const newLogId = () => `log-${randomBytes(4).toString('hex')}`;
  const ledger = createAuditedLedger({ redis, keys, auditKeys: [KEY], clock: { now: () => T0 }, newLogId, ...rest });
  return { redis, keys, ledger, close: () => redis.disconnect() };
}

export function arnOf(number: number): string {
  const id = number.toString(16).padStart(17, '0');
  return `arn:aws:datasync:eu-west-1:111122223333:task/task-0123456789abcdef0/execution/exec-${id}`;
}

/** A request as it is asked for, one a number, each for an execution of its own. */
export function asking(number: number, changes: Partial<Change> = {}): Change {
  const id = `r-${String(number).padStart(10, '0')}`;
  const arn = parseExecutionArn(arnOf(number));
  if (!arn.ok) throw new Error('no ARN');
  const facts = {
    rule: rule(),
    inForce: policy(rule()),
    groups: GROUPS,
    people: PEOPLE,
    execution: execution(),
    run: null,
    now: T0,
  };
  const decision = decideRequest(ask({ execution: arn.value }), facts, id);
  if (!decision.ok) throw new Error(decision.refusal.why);
  return { op: `ask:${id}`, prior: null, events: [decision.event], ...changes };
}

export async function asked(
  ledger: RedisLedger,
  number: number,
  changes: Partial<Change> = {},
): Promise<ThrottleRequest> {
  const committed = await ledger.commit(asking(number, changes));
  if (committed.kind !== 'committed' || !committed.state) throw new Error(committed.kind);
  return committed.state;
}

/** An event of this request that changes its state, or refuses to. */
export function following(
  request: ThrottleRequest,
  event: 'cancelled' | 'denied' | 'decision.refused',
  op = `${event}:${request.version}`,
): Change {
  return { op: `${op}:${request.id}`, prior: request, events: [eventOf(request, event)] };
}

function eventOf(request: ThrottleRequest, event: 'cancelled' | 'denied' | 'decision.refused'): AuditEvent {
  const { team, user, name } = event === 'cancelled' ? OPERATOR : LEAD;
  const by = { team, user, name };
  if (event === 'cancelled') return stateEvent(request, event, by, 'digest', null);
  if (event === 'denied') return stateEvent(request, event, by, 'digest', { comment: 'no' });
  return stateEvent(request, event, by, 'digest', { why: 'decided-already' });
}

/** A record of an event that is about no request. */
export function policyLoaded(op: string): Change {
  return { op, prior: null, events: [plainEvent('policy.loaded', { policy: 'digest', detail: null })] };
}

interface ReadRecord {
  seq: number;
  at: string;
  event: string;
  request: string | null;
  op: string;
  log: string;
}

/**
 * Checks the log, from its archived part on, as the contract's text says, and not as the bot does it.
 * @returns the records, oldest first
 */
export async function verifiedLog({ redis, keys }: Pick<OpenedLedger, 'redis' | 'keys'>): Promise<ReadRecord[]> {
  const records: ReadRecord[] = [];
  const [archived, lastArchived] = await redis.hmget(keys.archivedUpTo, 'seq', 'hash');
  let prev = lastArchived ?? '0'.repeat(64);
  let before = '';
  for (const [id, fields] of await redis.xrangeBuffer(keys.audit, '-', '+')) {
    const [, bytes = Buffer.of(), , hash = Buffer.of(), , mac = Buffer.of(), , kid] = fields;
    const wanted = createHash('sha256').update('datasync-throttle/audit/v1\n').update(bytes).digest();
    if (!wanted.equals(hash)) throw new Error(`${id}: hash`);
    if (!createHmac('sha256', KEY.key).update(wanted).digest().equals(mac)) throw new Error(`${id}: mac`);
    if (kid?.toString() !== KEY.kid) throw new Error(`${id}: kid`);
    const record = JSON.parse(bytes.toString());
    if (record.v !== 1 || record.seq !== Number(archived) + records.length + 1 || `${record.seq}-0` !== id.toString())
      throw new Error(`${id}: seq`);
    if (record.prev !== prev) throw new Error(`${id}: prev`);
    if (record.at < before || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(record.at)) throw new Error(`${id}: at`);
    if (record.log !== (records[0]?.log ?? record.log)) throw new Error(`${id}: log`);
    prev = wanted.toString('hex');
    before = record.at;
    records.push(record);
  }
  const head = await redis.hgetall(keys.head);
  const last = records.at(-1);
  const stands = last ? { log: last.log, seq: String(last.seq), hash: prev, at: last.at } : {};
  if (JSON.stringify(Object.entries(head).sort()) !== JSON.stringify(Object.entries(stands).sort()))
    throw new Error('head');
  return records;
}

const HASH = 'hash ';

/** Every key of this prefix and its value, as Redis would dump them; hashes by field, since their order there changes by itself. */
export async function snapshot({ redis, keys }: Pick<OpenedLedger, 'redis' | 'keys'>): Promise<Map<string, string>> {
  const prefix = keys.head.slice(0, keys.head.indexOf('}') + 1);
  const names = (await redis.keys(`${prefix}*`)).sort();
  const contentOf = async (key: string) => {
    if ((await redis.type(key)) !== 'hash') return ((await redis.dumpBuffer(key)) ?? Buffer.of()).toString('base64');
    return HASH + JSON.stringify(Object.entries(await redis.hgetall(key)).sort());
  };
  const values = await Promise.all(names.map(contentOf));
  return new Map(names.map((key, place) => [key, values[place] ?? '']));
}

/** Puts the keys of a prefix back as they were: what a restore from a backup does. */
export async function restore(
  opened: Pick<OpenedLedger, 'redis' | 'keys'>,
  backup: Map<string, string>,
): Promise<void> {
  for (const key of (await snapshot(opened)).keys()) await opened.redis.del(key);
  for (const [key, value] of backup) {
    if (value.startsWith(HASH)) await opened.redis.hset(key, new Map(JSON.parse(value.slice(HASH.length))));
    else await opened.redis.restore(key, 0, Buffer.from(value, 'base64'));
  }
}
