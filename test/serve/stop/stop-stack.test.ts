import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createStopStack } from '../../../src/serve/stop/stop-stack.ts';

/** A stack of parts that note when they begin and end to stop. */
function given(...parts: { name: string; fault?: Error }[]) {
  const noted: string[] = [];
  const stack = createStopStack();
  for (const { name, fault } of parts) {
    stack.add({
      async stop() {
        noted.push(`${name} stops`);
        await nextTurn();
        if (fault) throw fault;
        noted.push(`${name} stopped`);
      },
    });
  }
  return { noted, stack };
}

describe('the parts of the bot', () => {
  it('stop in the reverse order of their start, each once the one before it has', async () => {
    const { noted, stack } = given({ name: 'redis' }, { name: 'workers' });
    await stack.stop();
    expect(noted).toEqual(['workers stops', 'workers stopped', 'redis stops', 'redis stopped']);
  });

  it('stop once, however often they are told to', async () => {
    const { noted, stack } = given({ name: 'redis' });
    const first = stack.stop();
    await stack.stop();
    expect(noted).toEqual(['redis stops', 'redis stopped']);
    await first;
    expect(noted).toEqual(['redis stops', 'redis stopped']);
  });

  it('stop although a later one failed to, and its error is thrown as it is', async () => {
    const fault = new Error('no');
    const { noted, stack } = given({ name: 'redis' }, { name: 'workers', fault });
    await expect(stack.stop()).rejects.toBe(fault);
    expect(noted).toEqual(['workers stops', 'redis stops', 'redis stopped']);
  });

  it('tell all errors where several fail to stop', async () => {
    const faults = [new Error('one'), new Error('two')];
    const { noted, stack } = given(
      { name: 'a', fault: faults[0] as Error },
      { name: 'b' },
      { name: 'c', fault: faults[1] as Error },
    );
    await expect(stack.stop()).rejects.toMatchObject({ errors: [faults[1], faults[0]] });
    expect(noted).toContain('b stopped');
  });

  it('may fail at once, and not by a promise', async () => {
    const stack = createStopStack();
    let stopped = false;
    stack.add({ stop: () => (stopped = true) });
    stack.add({
      stop() {
        throw new Error('no');
      },
    });
    await expect(stack.stop()).rejects.toThrow('no');
    expect(stopped).toBe(true);
  });

  it('are not added once the stop has begun: nobody would stop them', () => {
    const { stack } = given();
    void stack.stop();
    expect(() => stack.add({ stop() {} })).toThrow('after the stop');
  });

  it('are what they were when they were added', () => {
    const part = { port: 80, stop() {} };
    expect(createStopStack().add(part)).toBe(part);
  });
});
