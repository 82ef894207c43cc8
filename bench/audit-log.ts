import { randomBytes, randomUUID } from 'node:crypto';
import { type AuditKey, sealRecord } from '../src/audit/format/audit-chain.ts';
import type { AuditEvent } from '../src/domain/audit/audit-event.ts';
import { type AuditHead, GENESIS, plainEvent, writeRecord } from '../src/domain/audit/audit-record.ts';
import type { Connection } from '../src/store/connection/connection.ts';
import type { Keys } from '../src/store/connection/keys.ts';
import { indexKeysOf } from '../src/store/ledger/index-keys.ts';

const TASKS = 100;
const USERS = 50;
const BATCH = 500;
const POLICY = randomBytes(32).toString('hex');

export interface BuiltLog {
  records: number;
  /** Of the records' own text. */
  bytes: number;
  requests: string[];
  executions: string[];
  users: { team: string; user: string }[];
}

const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');

/** The records of one request on the main path: asked, approved, sent, read back. */
function storyOf(number: number): {
  request: string;
  execution: string;
  events: AuditEvent[];
  users: [string, string];
} {
  const request = `r-${number.toString(36).padStart(10, '0')}`;
  const task = hex(0x8009c88eab783 + (number % TASKS), 17);
  // Two requests an execution.
  const execution = `arn:aws:datasync:us-east-1:111122223333:task/task-${task}/execution/exec-${hex(0x98e11bab62f + Math.floor(number / 2), 17)}`;
  const users: [string, string] = [`U0OPER${number % USERS}`, `U0LEAD${(number * 7) % USERS}`];
  const at = '2026-11-22T15:33:23.594Z';
  const common = {
    request,
    execution,
    channel: 'C0OPS',
    account: '111122223333',
    region: 'us-east-1',
    from: 104_857_600,
    to: 52_428_800,
    reason: 'video call at 9',
    rule: 'production',
    policy: POLICY,
  };
  const actor = (user: string, name: string) => ({ team: 'T0DEMO', user, name });
  const requestId = randomUUID();
  return {
    request,
    execution,
    users,
    events: [
      plainEvent('requested', {
        ...common,
        version: 1,
        actor: actor(users[0], 'olga'),
        aws: { requestId },
        detail: {
          taskName: 'nightly-archive',
          mode: 'BASIC',
          direction: 'lower',
          duration: 7200,
          approvals: 1,
          expiresAt: at,
        },
      }),
      plainEvent('approved', {
        ...common,
        version: 2,
        actor: actor(users[1], 'lena'),
        detail: { comment: null, count: 1, needed: 1, complete: true, expiresAt: at },
      }),
      plainEvent('apply.started', {
        ...common,
        version: 3,
        detail: { attempt: 1, role: 'arn:aws:iam::111122223333:role/datasync-throttle' },
      }),
      plainEvent('applied', {
        ...common,
        version: 4,
        aws: { requestId },
        detail: { rate: 52_428_800, status: 'TRANSFERRING', attempt: 1 },
      }),
    ],
  };
}

/** Writes a log by pipelining what commit.lua leaves behind of records, head and indexes. */
export async function buildLog(redis: Connection, keys: Keys, records: number, signer: AuditKey): Promise<BuiltLog> {
  const built: BuiltLog = { records, bytes: 0, requests: [], executions: [], users: [] };
  let head: AuditHead = { log: randomUUID(), seq: 0, hash: GENESIS, at: '' };
  const start = Date.parse('2026-01-01T00:00:00.000Z');
  let pipeline = redis.pipeline();
  let queued = 0;
  for (let number = 0; head.seq < records; number++) {
    const story = storyOf(number);
    built.requests.push(story.request);
    if (number % 2 === 0) built.executions.push(story.execution);
    if (number < USERS) built.users.push({ team: 'T0DEMO', user: story.users[0] });
    for (const event of story.events) {
      if (head.seq === records) break;
      const op = `view:VEE521CB818:1795359803.84FBE171:${event.event}`;
      const bytes = writeRecord(head, event, op, new Date(start + head.seq * 20_000));
      const { hash, mac, kid } = sealRecord(bytes, signer);
      const seq = head.seq + 1;
      head = { log: head.log, seq, hash: hash.toString('hex'), at: new Date(start + head.seq * 20_000).toISOString() };
      built.bytes += Buffer.byteLength(bytes);
      pipeline.xadd(keys.audit, `${seq}-0`, 'b', bytes, 'h', hash, 'm', mac, 'k', kid);
      for (const index of indexKeysOf(event, keys)) pipeline.zadd(index, seq, String(seq));
      queued += 1;
    }
    if (queued >= BATCH) {
      await pipeline.exec();
      pipeline = redis.pipeline();
      queued = 0;
    }
  }
  pipeline.hset(keys.head, { log: head.log, seq: String(head.seq), hash: head.hash, at: head.at });
  await pipeline.exec();
  return built;
}
