import { spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { type LocalRedis, startLocalRedis } from '../sandbox/redis.ts';
import { commitLoad, keepGoing, type Load, openConnected } from './commit-load.ts';
import { median, type Row, rowOf } from './row.ts';

const PAIRS = 5;
const PAIR_SECONDS = 3;
/** What a record of the main path has. */
const RECORD_BYTES = 773;
const BOTS = 3;
const BOTS_SECONDS = 60;

/**
 * Commits of one bot against as many bare XADDs on one connection, to the same Redis with appendfsync always; then three bots
 * that write to one log.
 */
export async function rows(): Promise<Row[]> {
  const redis = await startLocalRedis();
  try {
    const fsync = `fsync ${(await fsyncMs(redis)).toFixed(2)} ms`;
    return [await against(redis, 64, 0.25, fsync), await against(redis, 1, 0.4, fsync), ...(await severalBots(redis))];
  } finally {
    await redis.close();
  }
}

/** Of 4 KB beside Redis's data, the median of 100. */
async function fsyncMs({ dir }: LocalRedis): Promise<number> {
  const path = join(dir, 'fsync-probe');
  const file = await open(path, 'w');
  const times: number[] = [];
  for (let count = 0; count < 100; count++) {
    const began = performance.now();
    await file.write(randomBytes(4096));
    await file.datasync();
    times.push(performance.now() - began);
  }
  await file.close();
  await rm(path);
  return median(times);
}

/** Alternating, so that both meet the same moods of the machine. */
async function against({ url }: LocalRedis, depth: number, wanted: number, fsync: string): Promise<Row> {
  const bare = await openConnected(url);
  const payload = 'x'.repeat(RECORD_BYTES);
  const perSecond = { ours: [] as number[], bare: [] as number[] };
  for (let pair = 0; pair < PAIRS; pair++) {
    const ours = await commitLoad(url, `bench-${randomUUID().slice(0, 8)}`, depth, PAIR_SECONDS);
    perSecond.ours.push(ours.made / ours.seconds);
    const stream = `bare-${randomUUID()}`;
    const xadds = await keepGoing(depth, PAIR_SECONDS, () => bare.xadd(stream, '*', 'b', payload));
    perSecond.bare.push(xadds.made / xadds.seconds);
    await bare.del(stream);
  }
  bare.disconnect();
  const [ours, xadds] = [median(perSecond.ours), median(perSecond.bare)];
  return rowOf({
    what: `commits/s, ${depth} outstanding`,
    figure: `${ours.toFixed(0)}/s = ${(ours / xadds).toFixed(2)}`,
    yardstick: `${xadds.toFixed(0)} XADDs of ${RECORD_BYTES} bytes a second (${fsync})`,
    wanted: `≥ ${wanted}`,
    good: ours / xadds >= wanted,
  });
}

async function severalBots({ url }: LocalRedis): Promise<Row[]> {
  const prefix = `bench-${randomUUID().slice(0, 8)}`;
  const loads = await Promise.all(Array.from({ length: BOTS }, () => botLoad(url, prefix)));
  const all = loads.flatMap(({ ms }) => ms).sort((one, other) => one - other);
  const made = loads.reduce((sum, load) => sum + load.made, 0);
  const givenUp = loads.reduce((sum, load) => sum + load.givenUp, 0);
  const p99 = all[Math.floor(all.length * 0.99)] ?? Infinity;
  const least = Math.min(...loads.map((load) => load.made / made));
  const about = { what: `${BOTS} bots, 64 outstanding each, ${BOTS_SECONDS} s`, yardstick: `${made} commits` };
  return [
    rowOf({ ...about, figure: `${givenUp} given up`, wanted: '0', good: givenUp === 0 }),
    rowOf({ ...about, figure: `p99 ${p99.toFixed(0)} ms`, wanted: '≤ 300 ms', good: p99 <= 300 }),
    rowOf({ ...about, figure: `least share ${least.toFixed(2)}`, wanted: '≥ 0.20', good: least >= 0.2 }),
  ];
}

async function botLoad(url: string, prefix: string): Promise<Load> {
  const script = fileURLToPath(new URL('./commit-load.ts', import.meta.url));
  const args = [...process.execArgv, script, url, prefix, '64', String(BOTS_SECONDS)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  return JSON.parse(await text(child.stdout)) as Load;
}
