import { afterEach, beforeEach } from 'vitest';
import { createDeadLetters } from '../../../src/store/work/dead-letters.ts';
import { createOutbox, type OutboxOptions } from '../../../src/store/work/outbox.ts';
import { createTimers } from '../../../src/store/work/timers.ts';
import type { Outbox, StreamName, Work } from '../../../src/workflow/ports/outbox.ts';
import { at } from '../../domain/given.ts';
import { type OpenedLedger, openLedger, openRedis } from '../given-ledger.ts';

/** The Redis of the test that runs. */
export let opened: OpenedLedger;
let now: Date;
let toEnd: (() => void)[];

/** Each test of the file gets a fresh prefix and a clock of its own. */
export function givenStreams(): void {
  beforeEach(async () => {
    opened = await openLedger();
    now = at(0);
    toEnd = [opened.close];
  });
  afterEach(() => {
    for (const end of toEnd.splice(0)) end();
  });
}

/** The clock that is given to streams and timers. */
export const clock = {
  now: () => now,
  set(to: Date): void {
    now = to;
  },
};

/** A worker of one stream. `byRedis`: what is due goes by Redis's own clock. */
export async function worker(
  stream: StreamName,
  { consumer = 'a', byRedis = false, ...more }: Partial<OutboxOptions> & { byRedis?: boolean } = {},
): Promise<Outbox> {
  const blocking = await openRedis('blocking');
  toEnd.push(() => blocking.disconnect());
  const { redis, keys } = opened;
  const outbox = createOutbox({
    stream,
    redis,
    blocking,
    keys,
    clock: byRedis ? undefined : clock,
    consumer,
    ...more,
  });
  await outbox.ready(new AbortController().signal);
  return outbox;
}

export function releaseDue(byRedis = false): Promise<number> {
  const { redis, keys } = opened;
  return createTimers({ redis, keys, clock: byRedis ? undefined : clock }).releaseDue();
}

export const deadLetters = () => createDeadLetters(opened.redis, opened.keys);

/** Each timer with the time at which it is due, in ms. */
export async function timers(): Promise<[string, number][]> {
  const flat = await opened.redis.zrange(opened.keys.timers, '0', '-1', 'WITHSCORES');
  return flat.flatMap((text, place) => (place % 2 === 0 ? [[text, Number(flat[place + 1])]] : []));
}

/** Adds entries to a stream as they are given. */
export async function add(stream: StreamName, ...texts: string[]): Promise<void> {
  const { redis, keys } = opened;
  for (const text of texts) await redis.xadd(stream === 'aws' ? keys.awsOutbox : keys.slackOutbox, '*', 'e', text);
}

export async function only(taken: Promise<Work[]>): Promise<Work> {
  const [work, ...more] = await taken;
  if (!work || more.length > 0) throw new Error(`${more.length} more, or none`);
  return work;
}
