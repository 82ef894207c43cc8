import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startLocalRedis } from '../sandbox/redis.ts';
import { createAuditAlarms } from '../src/audit/log/audit-alarms.ts';
import { type AuditSearch, createAuditSearch } from '../src/audit/log/audit-search.ts';
import { type Connection, connect, openConnection } from '../src/store/connection/connection.ts';
import { createKeys } from '../src/store/connection/keys.ts';
import { createRedisOutcome } from '../src/store/connection/redis-outcome.ts';
import { type AuditQuery, EVERYTHING } from '../src/workflow/ports/audit/audit-query.ts';
import { type BuiltLog, buildLog } from './audit-log.ts';

const LARGE = 1_000_000;
const SMALL = 10_000;
const LOOK_UPS = 2000;
const WARM_UPS = 200;
const PAGE = 10;
const KEY = { kid: 'k1', key: Buffer.alloc(32, 7) };
const MB = 1024 * 1024;

interface Row {
  what: string;
  measured: string;
  wanted: string;
  good: boolean;
}

/** The table of what the audit log must reach, measured here. Exit 1 where a figure is not reached. */
export async function bench(args: string[]): Promise<number> {
  const large = Number(args[0] ?? LARGE);
  const local = await startLocalRedis();
  const folder = await mkdtemp(join(tmpdir(), 'datasync-throttle-bench-'));
  try {
    const redis = openConnection({ kind: 'single', host: '127.0.0.1', port: local.port, db: 0 }, 'commands');
    redis.on('error', () => {});
    await connect(redis, 5000);
    // What is measured is memory and reading; the disk would only make the building slow.
    await redis.config('SET', 'appendonly', 'no');
    say(`building a log of ${number(SMALL)} and one of ${number(large)} records …`);
    const small = await built(redis, 'small', SMALL);
    const before = await usedMemory(redis);
    const big = await built(redis, 'large', large);
    const memory = (await usedMemory(redis)) - before;
    const p99 = {
      execution: await p99Of(small, big, ({ executions }, place) => ({ execution: pick(executions, place) })),
      user: await p99Of(small, big, ({ users }, place) => ({ user: pick(users, place) })),
      request: await p99Of(small, big, ({ requests }, place) => ({ request: pick(requests, place) })),
    };
    const rows: Row[] = [
      ...(['execution', 'user', 'request'] as const).map((by) => {
        const [at10k, at1m] = p99[by];
        return {
          what: `look-up of ${PAGE} by ${by}, p99`,
          measured: `${at1m.toFixed(2)} ms at ${number(large)}, ${at10k.toFixed(2)} ms at ${number(SMALL)} (${(at1m / at10k).toFixed(2)} ×)`,
          wanted: '≤ 10 ms, ≤ 2 ×',
          good: at1m <= 10 && at1m <= 2 * at10k,
        };
      }),
      {
        what: 'Redis memory a record, all indexes',
        measured: `${Math.round(memory / large)} B for ${Math.round(big.log.bytes / large)} B of bytes: ${(memory / big.log.bytes).toFixed(2)} ×`,
        wanted: '≤ 2.00 ×',
        good: memory <= 2 * big.log.bytes,
      },
    ];
    const env = { REDIS_URL: local.url, REDIS_KEY_PREFIX: 'large', AUDIT_KEYS: `k1:${KEY.key.toString('hex')}` };
    const file = join(folder, 'log.jsonl');
    say('exporting …');
    const exported = await step<{ seconds: number; growth: number }>('export', file, env);
    say('verifying …');
    const verified = await step<{ code: number; seconds: number; cpuSeconds: number; bare: number }>(
      'verify',
      file,
      env,
    );
    const rate = large / verified.cpuSeconds;
    rows.push(
      {
        what: 'verify --file, a second of one core',
        measured: `${number(Math.round(rate))} records (${number(Math.round(large / verified.seconds))} by the clock); bare SHA-256 + HMAC ${number(Math.round(verified.bare))}: ${(rate / verified.bare).toFixed(2)} of it`,
        wanted: '≥ 100,000',
        good: verified.code === 0 && rate >= 100_000,
      },
      {
        what: `export of ${number(large)}, growth of RSS`,
        measured: `${Math.round(exported.growth / MB)} MB in ${exported.seconds.toFixed(1)} s`,
        wanted: '≤ 100 MB',
        good: exported.growth <= 100 * MB,
      },
    );
    redis.disconnect();
    print(rows);
    return rows.every(({ good }) => good) ? 0 : 1;
  } finally {
    await local.close();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Built {
  log: BuiltLog;
  search: AuditSearch;
}

async function built(redis: Connection, prefix: string, records: number): Promise<Built> {
  const keys = createKeys(prefix);
  return {
    log: await buildLog(redis, keys, records, KEY),
    search: createAuditSearch(redis, keys, createRedisOutcome(redis), {
      auditKeys: [KEY],
      alarms: createAuditAlarms(),
    }),
  };
}

function pick<T>(all: T[], place: number): T {
  return all[(place * 7919) % all.length] as T;
}

/** Of both logs, turn by turn: whatever else the machine does falls on both alike. */
async function p99Of(
  small: Built,
  large: Built,
  queryOf: (log: BuiltLog, place: number) => Partial<AuditQuery>,
): Promise<[number, number]> {
  const times: [number[], number[]] = [[], []];
  for (let place = 0; place < LOOK_UPS + WARM_UPS; place++) {
    for (const [which, { log, search }] of [small, large].entries()) {
      const query = { ...EVERYTHING, ...queryOf(log, place) };
      const began = performance.now();
      const page = await search.page(query, { go: 'older', below: null }, PAGE);
      if (page.lines.length === 0) throw new Error('a look-up found nothing');
      if (place >= WARM_UPS) times[which]?.push(performance.now() - began);
    }
  }
  const p99 = (all: number[]) => all.sort((a, b) => a - b)[Math.floor(all.length * 0.99)] ?? Infinity;
  return [p99(times[0]), p99(times[1])];
}

async function usedMemory(redis: Connection): Promise<number> {
  const info = await redis.info('memory');
  return Number(/used_memory:(\d+)/.exec(info)?.[1] ?? 0);
}

async function step<T>(name: string, file: string, env: Record<string, string>): Promise<T> {
  const args = [...process.execArgv, join(import.meta.dirname, 'audit-steps.ts'), name, file];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, ...env } });
  return JSON.parse(stdout) as T;
}

function print(rows: readonly Row[]): void {
  const all = [{ what: 'what', measured: 'measured here', wanted: 'wanted', good: true }, ...rows];
  const widths = (['what', 'measured', 'wanted'] as const).map((column) =>
    Math.max(...all.map((row) => row[column].length)),
  );
  for (const [place, { what, measured, wanted, good }] of all.entries()) {
    const mark = place === 0 ? '' : good ? 'ok' : 'MISSED';
    const cells = [what, measured, wanted].map((cell, column) => cell.padEnd(widths[column] ?? 0));
    process.stdout.write(`${[...cells, mark].join('  ').trimEnd()}\n`);
  }
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}

function say(words: string): void {
  process.stderr.write(`${words}\n`);
}
