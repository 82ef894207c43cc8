import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { runUntilStopped } from '../../src/commands/run-serve.ts';

/** A bot that does nothing, and tells what it was told to do. */
function bot(stop: () => Promise<void> = async () => {}) {
  const told: string[] = [];
  const running = {
    stop: () => {
      told.push('stop');
      return stop();
    },
    reloadPolicy: async () => {
      told.push('reload');
    },
  };
  return { told, running };
}
const never = () => new Promise<never>(() => {});
/** Lets what was just resolved be seen. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe.each(['SIGTERM', 'SIGINT'])('%s', (signal) => {
  it('stops the bot once, in order', async () => {
    const signals = new EventEmitter();
    const { told, running } = bot();
    const ended = runUntilStopped(async () => running, signals, 5000);
    await turn();
    signals.emit(signal);
    expect(await ended).toBe(0);
    expect(told).toEqual(['stop']);
  });

  it('stops one that is still starting, as soon as it has', async () => {
    const signals = new EventEmitter();
    const { told, running } = bot();
    let started = (_: typeof running) => {};
    const start = new Promise<typeof running>((resolve) => {
      started = resolve;
    });
    const ended = runUntilStopped(() => start, signals, 5000);
    signals.emit(signal);
    started(running);
    expect(await ended).toBe(0);
    expect(told).toEqual(['stop']);
  });

  it('ends a start that waits, at once', async () => {
    const signals = new EventEmitter();
    const waiting = (signal: AbortSignal) =>
      new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    const ended = runUntilStopped(waiting, signals, 60_000);
    signals.emit(signal);
    expect(await ended).toBe(0);
  });

  it('and a start that fails by itself says so', async () => {
    const signals = new EventEmitter();
    let fail = (_: Error) => {};
    const failing = new Promise<never>((_, reject) => {
      fail = reject;
    });
    const ended = runUntilStopped(() => failing, signals, 60_000);
    signals.emit(signal);
    fail(new Error('no'));
    await expect(ended).rejects.toThrow('no');
  });

  it('given twice, does not wait', async () => {
    const signals = new EventEmitter();
    const { told, running } = bot(never);
    const ended = runUntilStopped(async () => running, signals, 5000);
    await turn();
    signals.emit(signal);
    signals.emit(signal);
    expect(await ended).toBe(1);
    expect(told).toEqual(['stop']);
  });
});

describe('a running bot', () => {
  it('that does not stop in time is left', async () => {
    const signals = new EventEmitter();
    const ended = runUntilStopped(async () => bot(never).running, signals, 10);
    signals.emit('SIGTERM');
    expect(await ended).toBe(1);
  });

  it('reads its policy again on SIGHUP, and goes on', async () => {
    const signals = new EventEmitter();
    const { told, running } = bot();
    const ended = runUntilStopped(async () => running, signals, 5000);
    signals.emit('SIGHUP');
    await turn();
    signals.emit('SIGHUP');
    signals.emit('SIGTERM');
    await ended;
    expect(told).toEqual(['reload', 'stop']);
  });

  it('that can not start says so', async () => {
    const start = () => Promise.reject(new Error('no'));
    await expect(runUntilStopped(start, new EventEmitter(), 5000)).rejects.toThrow('no');
  });
});
