import { describe, expect, it } from 'vitest';
import { createWorld } from '../../datasync/world.ts';

const MIB = 1024 * 1024;
const PHASES = { launchMs: 1_000, prepareMs: 10_000, verifyMs: 5_000, changeDelayMs: 30_000 };

function aWorld(speed = 1) {
  let at = Date.parse('2026-11-22T10:00:00Z');
  const world = createWorld(() => at, speed);
  const task = world.addTask({ name: 'nightly', account: '111122223333', region: 'us-east-1' });
  const pass = (seconds: number) => {
    at += seconds * 1000;
  };
  return { world, task, pass };
}

describe('an execution that goes on', () => {
  it('passes through its phases, with an estimate only from TRANSFERRING on', () => {
    const { world, task, pass } = aWorld();
    const arn = world.start(task, { bytes: 100 * MIB, linkBytesPerSecond: 10 * MIB, ...PHASES });
    const seen = () => {
      const { status, bytesEstimated, bytesTransferred } = world.execution(arn);
      return [status, bytesEstimated / MIB, bytesTransferred / MIB];
    };
    expect(seen()).toEqual(['LAUNCHING', 0, 0]);
    pass(1);
    expect(seen()).toEqual(['PREPARING', 0, 0]);
    pass(10);
    expect(seen()).toEqual(['TRANSFERRING', 100, 0]);
    pass(4);
    expect(seen()).toEqual(['TRANSFERRING', 100, 40]);
    pass(6);
    expect(seen()).toEqual(['VERIFYING', 100, 100]);
    pass(5);
    expect(seen()).toEqual(['SUCCESS', 100, 100]);
    expect(world.nextTurn()).toBeNull();
  });

  it('obeys a limit after the delay, tells it at once, and -1 gives the whole link back', () => {
    const { world, task, pass } = aWorld();
    const arn = world.start(task, {
      bytes: 10_000 * MIB,
      linkBytesPerSecond: 100 * MIB,
      status: 'TRANSFERRING',
      ...PHASES,
    });
    pass(10);
    world.setLimit(arn, 20 * MIB);
    expect(world.execution(arn)).toMatchObject({ bytesPerSecond: 20 * MIB, bytesPerSecondInForce: -1 });
    pass(30);
    expect(world.execution(arn)).toMatchObject({ bytesTransferred: 4_000 * MIB, rate: 20 * MIB });
    pass(10);
    expect(world.execution(arn).bytesTransferred).toBe(4_200 * MIB);
    world.setLimit(arn, -1);
    pass(40);
    expect(world.execution(arn)).toMatchObject({ bytesTransferred: 5_800 * MIB, rate: 100 * MIB });
    const curve = world.execution(arn).history.map(({ bytes, rate }) => [bytes / MIB, rate / MIB]);
    expect(curve).toEqual([
      [0, 100],
      [4_000, 20],
      [4_800, 100],
      [5_800, 100],
    ]);
  });

  it('is the same whether it was looked at often or once', () => {
    const [often, once] = [aWorld(), aWorld()];
    const plan = { bytes: 333 * MIB, linkBytesPerSecond: 7 * MIB, ...PHASES };
    const arns = [often, once].map(({ world, task }) => world.start(task, plan));
    for (let second = 0; second < 50; second++) {
      often.pass(1);
      often.world.executions();
    }
    once.pass(50);
    const [a, b] = [often, once].map(({ world }, index) => world.execution(arns[index] ?? ''));
    expect(a?.status).toBe('TRANSFERRING');
    expect(Math.abs((a?.bytesTransferred ?? 0) - (b?.bytesTransferred ?? 0))).toBeLessThan(2);
  });

  it('waits in the queue of its task until the one before has ended, and begins at that moment', () => {
    const { world, task, pass } = aWorld();
    const plan = { bytes: 10 * MIB, linkBytesPerSecond: 10 * MIB, status: 'TRANSFERRING', ...PHASES };
    const first = world.start(task, plan);
    const second = world.start(task, { ...plan, status: 'QUEUED' });
    const third = world.queue(task, plan);
    const other = world.addTask({ name: 'other', account: '111122223333', region: 'us-east-1' });
    const held = world.queue(other, plan);
    const statuses = () => [first, second, third, held].map((arn) => world.execution(arn).status);
    expect(statuses()).toEqual(['TRANSFERRING', 'QUEUED', 'QUEUED', 'QUEUED']);
    pass(5.9);
    expect(statuses()).toEqual(['VERIFYING', 'QUEUED', 'QUEUED', 'QUEUED']);
    pass(0.1 + 1 + 10 + 0.5);
    expect(statuses()).toEqual(['SUCCESS', 'TRANSFERRING', 'QUEUED', 'QUEUED']);
    expect(world.execution(second).bytesTransferred).toBe(5 * MIB);
    world.enter(second, 'ERROR');
    world.launch(held);
    expect(statuses()).toEqual(['SUCCESS', 'ERROR', 'LAUNCHING', 'LAUNCHING']);
    expect(world.tasks().map(({ status }) => status)).toEqual(['RUNNING', 'RUNNING']);
  });

  it('is cancelled in two steps, and keeps a status that nobody knows', () => {
    const { world, task, pass } = aWorld();
    const arn = world.start(task, { bytes: MIB, status: 'TRANSFERRING', bytesPerSecond: 1, cancelMs: 3_000 });
    const odd = world.start(task, { bytes: MIB, status: 'REHEARSING' });
    world.enter(arn, 'CANCELLING');
    expect(world.execution(arn).status).toBe('CANCELLING');
    pass(3);
    expect(world.execution(arn).status).toBe('ERROR');
    expect(world.execution(odd).status).toBe('REHEARSING');
  });

  it('is prepared sooner at a higher speed, while its bytes flow in real time', () => {
    const { world, task, pass } = aWorld(10);
    const arn = world.start(task, { bytes: 100 * MIB, bytesPerSecond: 10 * MIB, ...PHASES });
    pass(1.1 + 2);
    expect(world.execution(arn)).toMatchObject({ status: 'TRANSFERRING', bytesTransferred: 20 * MIB });
  });
});
