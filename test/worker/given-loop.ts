import { EventEmitter, once } from 'node:events';
import { afterEach, beforeEach, expect, vi } from 'vitest';
import { createLogger } from '../../src/logging/logger.ts';
import type { Connection } from '../../src/store/connection/connection.ts';
import { createOutbox } from '../../src/store/work/outbox.ts';
import { createTimers } from '../../src/store/work/timers.ts';
import { type LoopOptions, type Run, startLoop } from '../../src/worker/loop.ts';
import { startPump } from '../../src/worker/pump.ts';
import type { Claim, EffectKind, StreamName } from '../../src/workflow/ports/outbox.ts';
import { at } from '../domain/given.ts';
import { type OpenedLedger, openLedger, openRedis } from '../store/given-ledger.ts';

export const waitFor: typeof vi.waitFor = (look) => vi.waitFor(look, { timeout: 40_000 });
/** The ledger of the test that runs. */
export let opened: OpenedLedger;
/** The log lines of its loops. */
export let lines: string[];
let connections: Connection[];
let loops: { stop(graceMs: number): Promise<void> }[];
let now: Date;

/** Each test of the file gets a ledger and a clock of its own; its loops are stopped after it. */
export function givenLoops(): void {
  beforeEach(async () => {
    opened = await openLedger();
    connections = [];
    loops = [];
    lines = [];
    now = at(0);
  });
  afterEach(async () => {
    await stopAll();
    opened.close();
  });
}

export async function stopAll(): Promise<void> {
  for (const connection of connections) connection.disconnect();
  await Promise.all(loops.map((loop) => loop.stop(0)));
}

/** The worker that was started first takes no new work any more, and keeps what it has. */
export function cutOffFirst(): void {
  connections[0]?.disconnect();
}

/** Another Redis for this test. */
export async function openAt(url: string): Promise<void> {
  opened.close();
  opened = await openLedger({ url });
}

/** The clock of the loops. */
export const clock = {
  now: () => now,
  set(to: Date): void {
    now = to;
  },
};

export async function outboxOf(consumer: string, abandonedMs = 30_000, url?: string, stream: StreamName = 'aws') {
  const blocking = await openRedis('blocking', url);
  connections.push(blocking);
  const { redis, keys } = opened;
  return createOutbox({ stream, redis, blocking, keys, clock, consumer, abandonedMs });
}

const done: Run = async () => null;
export const ALL_DONE: Record<EffectKind, Run> = {
  show: done,
  result: done,
  apply: done,
  expire: done,
  remind: done,
  revert: done,
  tell: done,
  watch: done,
  link: done,
  member: done,
};

export async function start(
  name: string,
  run: Partial<Record<EffectKind, Run>>,
  more: Pick<LoopOptions, 'width' | 'onTurn' | 'abandonedEveryMs'> & {
    abandonedMs?: number;
    url?: string;
    stream?: StreamName;
    judgeFault?: LoopOptions['judgeFault'];
  } = {},
) {
  const { abandonedMs, url, stream, judgeFault = () => 'failed', ...loopOptions } = more;
  const log = createLogger({ level: 'info', destination: { write: (line) => lines.push(line) } });
  const { redis, keys } = opened;
  loops.push(startPump({ timers: createTimers({ redis, keys, clock }), log }));
  const outcomes: string[] = [];
  const heard = new EventEmitter();
  const loop = startLoop({
    outbox: await outboxOf(name, abandonedMs, url, stream),
    run: { ...ALL_DONE, ...run },
    judgeFault,
    log,
    onEffect: (kind, outcome) => {
      outcomes.push(`${kind} ${outcome}`);
      heard.emit('effect');
    },
    ...loopOptions,
  });
  loops.push(loop);
  const told = async (count: number) => {
    while (outcomes.length < count) await once(heard, 'effect');
    return outcomes;
  };
  return { loop, outcomes, told };
}

/** A handler that can be held, and tells when it was begun. */
export function held() {
  const begun: { request: string; claim: Claim }[] = [];
  const events = new EventEmitter();
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const run: Run = async (request, claim) => {
    begun.push({ request, claim });
    events.emit('begun');
    await released;
    return null;
  };
  const until = async (count: number) => {
    while (begun.length < count) await once(events, 'begun');
    return begun;
  };
  return { run, release, until, begun };
}

export const timers = () => opened.redis.zrange(opened.keys.timers, '0', '-1', 'WITHSCORES');
export const isEmpty = () =>
  waitFor(async () => {
    expect(await opened.redis.xlen(opened.keys.awsOutbox)).toBe(0);
    expect(await timers()).toEqual([]);
  });
