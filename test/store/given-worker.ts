import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, connect, openConnection } from '../../src/store/connection/connection.ts';
import { createKeys, type Keys } from '../../src/store/connection/keys.ts';
import { createOutbox } from '../../src/store/work/outbox.ts';
import type { Outbox, Work } from '../../src/workflow/ports/outbox.ts';
import { subjectOf } from '../../src/workflow/ports/outbox.ts';
import { at } from '../domain/given.ts';
import { freshPrefix, targetOf } from './given-ledger.ts';
import { until } from './redis-servers.ts';

export interface Worker {
  outbox: Outbox;
  redis: Connection;
  keys: Keys;
  /** What it took, in order. */
  taken: string[];
  stop(): void;
}

/** A worker that takes work and settles it, as the loop does: a fault makes it rest, not end. */
export async function startWorker(url: string, prefix = freshPrefix()): Promise<Worker> {
  const target = targetOf(url);
  const [redis, blocking] = [openConnection(target, 'commands'), openConnection(target, 'blocking')];
  for (const connection of [redis, blocking]) {
    connection.on('error', () => {});
    await connect(connection, 20_000);
  }
  const keys = createKeys(prefix);
  const outbox = createOutbox({ stream: 'aws', redis, blocking, keys, clock: { now: () => at(0) }, consumer: 'w' });
  const stopping = new AbortController();
  await outbox.ready(stopping.signal);
  const taken: string[] = [];
  const loop = async () => {
    while (!stopping.signal.aborted) {
      try {
        for (const work of await outbox.take(8)) {
          taken.push(subjectOf(work.effect));
          await settled(outbox, work);
        }
      } catch {
        await sleep(100);
        await outbox.ready(stopping.signal);
      }
    }
  };
  void loop();
  const stop = () => {
    stopping.abort();
    redis.disconnect();
    blocking.disconnect();
  };
  return { outbox, redis, keys, taken, stop };
}

async function settled(outbox: Outbox, work: Work): Promise<void> {
  await until(async () => {
    await outbox.settle(work, { kind: 'done' });
    return true;
  });
}

/** Adds work to the outbox, as a commit does; repeats until Redis takes it. */
export async function addWork({ redis, keys }: Pick<Worker, 'redis' | 'keys'>, request: string): Promise<void> {
  const effect = JSON.stringify({ kind: 'revert', request });
  await until(async () => (await redis.xadd(keys.awsOutbox, '*', 'e', effect)) !== null);
}

/** @returns how long it took, in ms */
export async function gets({ taken }: Worker, request: string, withinMs: number): Promise<number> {
  const began = performance.now();
  await until(async () => taken.includes(request), withinMs);
  return performance.now() - began;
}
