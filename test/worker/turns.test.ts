import { expect, it, vi } from 'vitest';
import { createLogger } from '../../src/logging/logger.ts';
import { createOutbox } from '../../src/store/work/outbox.ts';
import { createTimers } from '../../src/store/work/timers.ts';
import { startLoop } from '../../src/worker/loop.ts';
import { startPump } from '../../src/worker/pump.ts';
import { openLedger, openRedis } from '../store/given-ledger.ts';
import { ALL_DONE } from './given-loop.ts';

it('a step of the loop that came round says so, and one that fails does not', async () => {
  const { redis, keys, close } = await openLedger();
  const blocking = await openRedis('blocking');
  const clock = { now: () => new Date() };
  const log = createLogger({ level: 'silent' });
  let turns: string[] = [];
  const loop = startLoop({
    outbox: createOutbox({ stream: 'aws', redis, blocking, keys, clock, consumer: 'a' }),
    run: ALL_DONE,
    log,
    judgeFault: () => 'failed',
    onTurn: (step) => turns.push(step),
  });
  const timers = createTimers({ redis, keys, clock });
  const pump = startPump({ timers, log, onTurn: () => turns.push('timers') });
  const patience = { timeout: 40_000 };
  await vi.waitFor(() => expect(new Set(turns)).toEqual(new Set(['take', 'abandoned', 'timers'])), patience);
  // Timers can't be read now; what has no need of them goes on.
  await redis.set(keys.timers, 'in the way');
  await vi.waitFor(() => {
    const before = turns;
    turns = [];
    expect(before).toContain('take');
    expect(before).not.toContain('timers');
  }, patience);
  const stopped = Promise.all([loop.stop(0), pump.stop()]);
  blocking.disconnect();
  await stopped;
  close();
});
