import { describe, expect, it } from 'vitest';
import type { Access } from '../../src/workflow/ports/executions.ts';
import { arnOf, ROLE } from './aws-environment.ts';
import { adapter, aws, CHANGE, count, givenAws, operations, READ, RUNNING, task } from './given-executions.ts';

givenAws();

const SHARED = { maxAgeMs: 5_000 };
const describes = () => count('DescribeTaskExecution');
/** An execution at a limit of 100 bytes per second. */
const running = () => arnOf(aws.startExecution(task, { ...RUNNING, bytesPerSecond: 100 }));
/** Until AWS has answered that many calls; a call that hangs is among them from its start. */
const arrived = (operation: string, calls: number) => aws.until(() => count(operation) === calls);
const under = (role: string, session: Access['session'] = { kind: 'read' }): Access => ({ role, session });

describe('after a change of its own', () => {
  it('nothing that was read before is shared', async () => {
    const arn = running();
    const other = running();
    const executions = adapter();
    await executions.describe(arn, READ);
    await executions.describe(other, READ);
    await executions.update(arn, 7, CHANGE);
    expect(await executions.describe(arn, READ, SHARED)).toMatchObject({ bytesPerSecond: 7 });
    await executions.describe(other, READ, SHARED);
    expect(describes()).toBe(3);
  });

  it('that failed, nothing that was read before is shared either', async () => {
    const arn = running();
    const executions = adapter({ attempt: 500, update: 300 });
    for (const kind of ['rejected', 'lost-update'] as const) {
      await executions.describe(arn, READ);
      const before = describes();
      aws.fail({ kind, operation: 'UpdateTaskExecution', times: 1 });
      await expect(executions.update(arn, 9, CHANGE)).rejects.toMatchObject({ name: 'AwsFault' });
      const seen = await executions.describe(arn, READ, SHARED);
      expect(seen.bytesPerSecond).toBe(kind === 'rejected' ? 100 : 9);
      expect(describes()).toBe(before + 1);
    }
  });

  it('a call that began before it answers nobody who asks after it', async () => {
    const arn = running();
    const executions = adapter();
    aws.fail({ kind: 'hang', operation: 'DescribeTaskExecution', ms: 1_000, times: 1 });
    const before = executions.describe(arn, READ, SHARED);
    await executions.update(arn, 7, CHANGE);
    expect(await executions.describe(arn, READ, SHARED)).toMatchObject({ bytesPerSecond: 7 });
    expect(describes()).toBe(2);
    // It is answered last, and is not kept then either.
    const { lookedAt } = await before;
    expect((await executions.describe(arn, READ, SHARED)).lookedAt < lookedAt).toBe(true);
    expect(describes()).toBe(2);
  });

  it('what was read while it was being sent is forgotten', async () => {
    const arn = running();
    const executions = adapter();
    aws.fail({ kind: 'lost-update', ms: 1_500, times: 1 });
    const updating = executions.update(arn, 7, CHANGE).catch((fault: unknown) => fault);
    await arrived('UpdateTaskExecution', 1);
    await executions.describe(arn, READ);
    await updating;
    await executions.describe(arn, READ, SHARED);
    expect(describes()).toBe(2);
  });

  it('those who wait for it share the call that reads it back', async () => {
    const arn = running();
    const executions = adapter();
    await executions.describe(arn, READ);
    const readBack = executions.update(arn, 7, CHANGE).then(() => executions.describe(arn, CHANGE));
    const shown = [SHARED, SHARED].map((age) => executions.describe(arn, READ, age));
    expect(await Promise.all([readBack, ...shown])).toMatchObject(Array(3).fill({ bytesPerSecond: 7 }));
    const called = operations().filter((operation) => operation.endsWith('TaskExecution'));
    expect(called).toEqual(['DescribeTaskExecution', 'UpdateTaskExecution', 'DescribeTaskExecution']);
  });

  it('that hangs, those who wait read for themselves', async () => {
    const arn = running();
    const executions = adapter();
    aws.fail({ kind: 'hang', operation: 'UpdateTaskExecution' });
    const updating = executions.update(arn, 7, CHANGE).catch((fault: unknown) => fault);
    expect(await executions.describe(arn, READ, SHARED)).toMatchObject({ bytesPerSecond: 100 });
    aws.recover();
    expect(await updating).toMatchObject({ kind: 'no-answer' });
  });
});

describe('roles', () => {
  const OTHER = ROLE.replace('datasync-throttle', 'another');
  const change = { kind: 'change', request: 'r-0123456789', team: 'T1', user: 'U1' } as const;

  it('are told only what AWS told them', async () => {
    const arn = running();
    const executions = adapter();
    await executions.describe(arn, under(ROLE));
    aws.denyRole(OTHER);
    await expect(executions.describe(arn, under(OTHER), SHARED)).rejects.toMatchObject({ kind: 'denied', role: OTHER });
    await executions.describe(arn, under(ROLE), SHARED);
    expect(describes()).toBe(1);
    await executions.describe(arn, READ, SHARED);
    expect(describes()).toBe(2);
  });

  it('forget what they read with a change that another one sent', async () => {
    const arn = running();
    const executions = adapter();
    await executions.describe(arn, under(ROLE));
    await executions.update(arn, 7, under(OTHER, change));
    expect(await executions.describe(arn, under(ROLE), SHARED)).toMatchObject({ bytesPerSecond: 7 });
  });

  it('read for themselves where only the session of the change was denied', async () => {
    const arn = running();
    const executions = adapter();
    // From now on there are keys to read with.
    await executions.describe(arn, under(ROLE));
    aws.fail({ kind: 'deny', operation: 'AssumeRole', times: 1 });
    const [readBack, shown] = await Promise.allSettled([
      executions.describe(arn, under(ROLE, change)),
      executions.describe(arn, under(ROLE), SHARED),
    ]);
    expect(readBack).toMatchObject({ status: 'rejected', reason: { operation: 'sts:AssumeRole' } });
    expect(shown).toMatchObject({ status: 'fulfilled', value: { bytesPerSecond: 100 } });
  });
});
