import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fairShares } from '../../datasync/fair-shares.ts';
import { createWorld, type NewExecution } from '../../datasync/world.ts';

const MIB = 1024 * 1024;
const BEGAN = Date.parse('2026-11-22T10:00:00Z');
const PHASES = { launchMs: 1_000, prepareMs: 10_000, verifyMs: 5_000, changeDelayMs: 30_000 };
const RUNNING = { bytes: 1e6 * MIB, status: 'TRANSFERRING', linkBytesPerSecond: 100 * MIB, ...PHASES };

/** Tasks a, b, c on a wire of 90 MiB/s, and d on none. */
function aWire() {
  let at = BEGAN;
  const world = createWorld(() => at, 1);
  const task = (name: string) => world.addTask({ name, account: '111122223333', region: 'us-east-1' });
  const [a, b, c, d] = [task('a'), task('b'), task('c'), task('d')];
  world.addWire({ name: 'dublin', capacity: 90 * MIB, tasks: [a, b, c.split('/').at(-1) ?? ''] });
  const pass = (seconds: number) => {
    at += seconds * 1000;
  };
  const start = (arn: string, execution: Partial<NewExecution> = {}) => world.start(arn, { ...RUNNING, ...execution });
  const rates = () => world.executions().map(({ rate }) => rate / MIB);
  return { world, tasks: { a, b, c, d }, pass, start, rates };
}

describe('a wire', () => {
  it('is shared evenly by three runs without limits, and by nobody else', () => {
    const { tasks, start, rates, pass, world } = aWire();
    const runs = [tasks.a, tasks.b, tasks.c, tasks.d].map((task) => start(task));
    expect(rates()).toEqual([30, 30, 30, 100]);
    pass(10);
    expect(runs.map((arn) => world.execution(arn).bytesTransferred / MIB)).toEqual([300, 300, 300, 1000]);
  });

  it('leaves to the others what one can not use: by its limit, or by its own full speed', () => {
    const { tasks, start, rates } = aWire();
    start(tasks.a, { bytesPerSecond: 10 * MIB });
    start(tasks.b, { linkBytesPerSecond: 20 * MIB });
    start(tasks.c);
    expect(rates()).toEqual([10, 20, 60]);
  });

  it('is there for one alone up to its capacity', () => {
    const { tasks, start, rates } = aWire();
    start(tasks.a);
    expect(rates()).toEqual([90]);
  });

  it('changes the rates of the others at the moment when one begins to send, and when it has sent all', () => {
    const { tasks, start, pass, world } = aWire();
    const first = start(tasks.a);
    pass(5);
    // Nothing is sent while it is launched and prepared.
    const second = start(tasks.b, { status: 'LAUNCHING', bytes: 450 * MIB });
    pass(100);
    // 5 + 11 s alone, then 450 MiB at 45 MiB/s beside the other, then alone.
    const { history } = world.execution(first);
    expect(history.map(({ at, bytes, rate }) => [(at - BEGAN) / 1000, bytes / MIB, rate / MIB])).toEqual([
      [0, 0, 90],
      [16, 16 * 90, 45],
      [26, 16 * 90 + 450, 90],
      [105, 16 * 90 + 450 + 79 * 90, 90],
    ]);
    expect(world.execution(second).status).toBe('SUCCESS');
  });

  it('changes them when a limit of one bites, and not when it is set', () => {
    const { tasks, start, pass, rates, world } = aWire();
    const [first, second] = [start(tasks.a), start(tasks.b)];
    pass(10);
    world.setLimit(first, 15 * MIB);
    pass(29);
    expect(rates()).toEqual([45, 45]);
    pass(11);
    expect(rates()).toEqual([15, 75]);
    expect(world.execution(first).bytesTransferred).toBe((40 * 45 + 10 * 15) * MIB);
    expect(world.execution(second).bytesTransferred).toBe((40 * 45 + 10 * 75) * MIB);
    world.setLimit(first, -1);
    pass(30);
    expect(rates()).toEqual([45, 45]);
  });

  it('gives at once what one leaves that ends by hand, is cancelled or forgotten', () => {
    const { tasks, start, pass, rates, world } = aWire();
    const runs = [start(tasks.a), start(tasks.b), start(tasks.c)];
    const [first = '', second = '', third = ''] = runs;
    pass(1);
    world.enter(first, 'CANCELLING');
    expect(rates()).toEqual([0, 45, 45]);
    pass(1);
    world.forget(second);
    pass(1);
    expect(world.execution(third)).toMatchObject({ rate: 90 * MIB, bytesTransferred: (30 + 45 + 90) * MIB });
  });

  it('begins the next run of a task when the one before has ended, with its share from its first byte on', () => {
    const { tasks, start, pass, world } = aWire();
    const plan = { bytes: 450 * MIB };
    start(tasks.b);
    const first = start(tasks.a, plan);
    const second = start(tasks.a, { ...plan, status: 'QUEUED' });
    pass(10 + 5 + 1 + 10 + 2);
    expect([first, second].map((arn) => world.execution(arn).status)).toEqual(['SUCCESS', 'TRANSFERRING']);
    expect(world.execution(second).bytesTransferred).toBe(90 * MIB);
  });

  it('says when something happens next, for the shares that are due since the last change', () => {
    const { tasks, start, world, pass } = aWire();
    start(tasks.a, { bytes: 900 * MIB });
    expect(world.nextTurn()).toBe(BEGAN + 10_000);
    pass(5);
    start(tasks.b);
    expect(world.nextTurn()).toBe(BEGAN + 15_000);
  });

  it('takes tasks that run already, from then on', () => {
    const { tasks, start, rates, world, pass } = aWire();
    const arn = start(tasks.d);
    pass(10);
    world.addWire({ name: 'narrow', capacity: 5 * MIB, tasks: [tasks.d] });
    pass(10);
    expect(rates()).toEqual([5]);
    expect(world.execution(arn).bytesTransferred).toBe(1050 * MIB);
    expect(world.wires().map(({ name, tasks: of }) => [name, of.length])).toEqual([
      ['dublin', 3],
      ['narrow', 1],
    ]);
  });

  it('can not be made of a task that is not there or on another wire, nor without capacity', () => {
    const { tasks, world } = aWire();
    const add = (capacity: number, task: string) => () => world.addWire({ name: 'x', capacity, tasks: [task] });
    expect(add(1, 'task-0')).toThrow('no task task-0');
    expect(add(1, tasks.a)).toThrow('on a wire already');
    expect(add(0, tasks.d)).toThrow('no capacity');
    expect(add(Number.NaN, tasks.d)).toThrow('no capacity');
    expect(world.wires()).toHaveLength(1);
  });
});

/** So many seconds later a task's run starts, or gets another limit where one runs. */
interface Step {
  seconds: number;
  task: 'a' | 'b' | 'c';
  limit: number;
  /** MiB. */
  size: number;
  speed: number;
}

describe('a wire that much happens on', () => {
  const step: fc.Arbitrary<Step> = fc.record({
    seconds: fc.integer({ min: 0, max: 40 }),
    task: fc.constantFrom('a' as const, 'b' as const, 'c' as const),
    limit: fc.constantFrom(-1, 5 * MIB, 25 * MIB, 70 * MIB),
    size: fc.integer({ min: 1, max: 4000 }),
    speed: fc.constantFrom(10 * MIB, 40 * MIB, 100 * MIB),
  });
  /** Looks `looks` times before each step. */
  const played = (steps: readonly Step[], looks: number) => {
    const { tasks, start, world, pass } = aWire();
    const most: number[] = [];
    for (const { seconds, task, limit, size, speed } of steps) {
      for (let nth = 0; nth < looks; nth++) {
        pass(seconds / looks);
        most.push(world.executions().reduce((sum, { rate }) => sum + rate, 0));
      }
      const { status, latest } = world.tasks().find(({ arn }) => arn === tasks[task]) ?? {};
      const running = status === 'AVAILABLE' ? null : latest;
      if (running) world.setLimit(running, limit);
      else
        start(tasks[task], {
          status: 'LAUNCHING',
          bytes: size * MIB,
          bytesPerSecond: limit,
          linkBytesPerSecond: speed,
        });
    }
    pass(30);
    return { most: Math.max(0, ...most), sent: world.executions().map(({ bytesTransferred }) => bytesTransferred) };
  };

  it('never carries more than its capacity, and is the same whether it was looked at often or once', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const [often, once] = [played(steps, 8), played(steps, 1)];
        expect(often.most).toBeLessThanOrEqual(90 * MIB * (1 + 1e-9));
        expect(often.sent.length).toBe(once.sent.length);
        const off = often.sent.map((bytes, nth) => Math.abs(bytes - (once.sent[nth] ?? 0)));
        expect(Math.max(0, ...off)).toBeLessThan(100);
      }),
    );
  });
});

describe('fair shares', () => {
  const demands = fc.array(fc.integer({ min: 0, max: 1000 }), { maxLength: 12 });

  it('give nobody more than it can use, use all that can be used, and favour nobody', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), demands, (capacity, wanted) => {
        const shares = fairShares(capacity, wanted);
        const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
        expect(sum(shares)).toBeCloseTo(Math.min(capacity, sum(wanted)), 6);
        for (const [nth, share] of shares.entries()) {
          expect(share).toBeLessThanOrEqual(wanted[nth] ?? 0);
          // Whoever has less than it can use has as much as anybody.
          if (share < (wanted[nth] ?? 0)) expect(share).toBeGreaterThanOrEqual(Math.max(...shares) - 1e-6);
        }
      }),
    );
  });
});
