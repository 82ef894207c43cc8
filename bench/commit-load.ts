// Commits of one bot, `depth` of them outstanding at any time. As a process of its own it prints one JSON line.
import { randomUUID } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { createAuditedLedger } from '../src/audit/continuity/audited-ledger.ts';
import { readRedisTarget } from '../src/config/redis-target.ts';
import { plainEvent } from '../src/domain/audit/audit-record.ts';
import { connect, openConnection } from '../src/store/connection/connection.ts';
import { createKeys } from '../src/store/connection/keys.ts';
import type { Change } from '../src/workflow/ports/commit.ts';

export interface Load {
  made: number;
  givenUp: number;
  seconds: number;
  /** Of each commit, from its begin to its answer; ascending. */
  ms: number[];
}

export async function openConnected(url: string) {
  const target = readRedisTarget(url);
  if (!target.ok) throw new Error(target.problem);
  const redis = openConnection(target.value, 'commands');
  await connect(redis, 10_000);
  return redis;
}

/** Keeps `depth` of `work` going for so long. */
export async function keepGoing(depth: number, seconds: number, work: () => Promise<unknown>): Promise<Load> {
  const load: Load = { made: 0, givenUp: 0, seconds: 0, ms: [] };
  const began = performance.now();
  const until = began + seconds * 1000;
  const lane = async () => {
    while (performance.now() < until) {
      const start = performance.now();
      await work().then(
        () => load.made++,
        () => load.givenUp++,
      );
      load.ms.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: depth }, lane));
  load.seconds = (performance.now() - began) / 1000;
  load.ms.sort((one, other) => one - other);
  return load;
}

/** A new request, each for an execution of its own. */
function asking(): Change {
  const id = `r-${randomUUID().replaceAll('-', '').slice(0, 10)}`;
  const hex = randomUUID().replaceAll('-', '').slice(0, 17);
  const expiresAt = new Date(Date.now() + 3_600_000);
  const event = plainEvent('requested', {
    request: id,
    version: 1,
    actor: { team: 'T0DEMO', user: 'U0OPER', name: 'olga' },
    channel: 'C0OPS',
    execution: `arn:aws:datasync:us-east-1:111122223333:task/task-0123456789abcdef0/execution/exec-${hex}`,
    account: '111122223333',
    region: 'us-east-1',
    from: 104_857_600,
    to: 52_428_800,
    reason: 'video call at 9',
    rule: 'production',
    policy: 'f'.repeat(64),
    detail: {
      taskName: 'nightly-archive',
      mode: 'ENHANCED',
      direction: 'lower',
      duration: null,
      approvals: 1,
      expiresAt: expiresAt.toISOString(),
    },
  });
  return {
    op: `ask:${id}`,
    prior: null,
    events: [event],
    effects: ['show'],
    timers: [{ kind: 'expire', at: expiresAt }],
  };
}

/** The commits of one bot under a prefix. */
export async function commitLoad(url: string, prefix: string, depth: number, seconds: number): Promise<Load> {
  const redis = await openConnected(url);
  const keys = createKeys(prefix);
  const auditKeys = [{ kid: 'bench', key: Buffer.alloc(32, 7) }];
  const ledger = createAuditedLedger({
    redis,
    keys,
    auditKeys,
    clock: { now: () => new Date() },
    newLogId: randomUUID,
  });
  try {
    return await keepGoing(depth, seconds, async () => {
      const { kind } = await ledger.commit(asking());
      if (kind !== 'committed') throw new Error(kind);
    });
  } finally {
    redis.disconnect();
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [url = '', prefix = '', depth = '64', seconds = '60'] = process.argv.slice(2);
  process.stdout.write(`${JSON.stringify(await commitLoad(url, prefix, Number(depth), Number(seconds)))}\n`);
}
