import { describe, expect, it } from 'vitest';
import { arnOf, OWN_KEY } from './aws-environment.ts';
import { adapter, aws, CHANGE, count, givenAws, READ, RUNNING, task } from './given-executions.ts';

givenAws();

describe('update', () => {
  it.each([52_428_800, -1, 1, Number.MAX_SAFE_INTEGER])('sets a limit of %s, which is read back', async (limit) => {
    const arn = arnOf(aws.startExecution(task, { ...RUNNING, bytesPerSecond: 5 }));
    const executions = adapter();
    const { requestId } = await executions.update(arn, limit, CHANGE);
    expect(aws.calls.map((call) => [call.operation, call.identity?.accessKey, call.requestId])).toEqual([
      ['UpdateTaskExecution', OWN_KEY, requestId],
    ]);
    expect((await executions.describe(arn, READ)).bytesPerSecond).toBe(limit);
  });

  it('never sends what AWS does not document as a limit', async () => {
    const arn = arnOf(aws.startExecution(task, RUNNING));
    for (const limit of [0, -2, 1.5, Number.NaN, 2 ** 53]) {
      await expect(adapter().update(arn, limit, CHANGE)).rejects.toBeInstanceOf(RangeError);
    }
    await expect(adapter().update(arn, 5, READ)).rejects.toBeInstanceOf(TypeError);
    expect(aws.calls).toEqual([]);
  });

  it.each([
    ['deny', 'denied'],
    ['internal', 'internal'],
    ['html503', 'not-aws'],
    ['clock', 'clock'],
    ['region', 'region'],
    ['reset', 'no-answer'],
    ['hang', 'no-answer'],
    ['lost-update', 'no-answer'],
    ['rejected', 'rejected'],
  ] as const)('calls %s a fault of the kind %s, and sends it only once', async (kind, fault) => {
    const arn = arnOf(aws.startExecution(task, RUNNING));
    aws.fail({ kind });
    const short = kind === 'hang' || kind === 'lost-update' ? { attempt: 500, update: 1500 } : {};
    await expect(adapter(short).update(arn, 7, CHANGE)).rejects.toMatchObject({
      kind: fault,
      operation: 'datasync:UpdateTaskExecution',
    });
    expect(count('UpdateTaskExecution')).toBe(1);
    expect(aws.execution(arn.arn).bytesPerSecond).toBe(kind === 'lost-update' ? 7 : -1);
  });

  it('repeats what was refused as too much, for that was certainly not carried out', async () => {
    const arn = arnOf(aws.startExecution(task, RUNNING));
    aws.fail({ kind: 'throttle', times: 1 });
    await adapter().update(arn, 7, CHANGE);
    expect(aws.execution(arn.arn).bytesPerSecond).toBe(7);
    aws.fail({ kind: 'throttle' });
    await expect(adapter().update(arn, 8, CHANGE)).rejects.toMatchObject({ kind: 'throttled' });
    expect(aws.execution(arn.arn).bytesPerSecond).toBe(7);
  });

  it('says that an execution can not be updated any more', async () => {
    const arn = arnOf(aws.startExecution(task, { bytes: 1, status: 'SUCCESS' }));
    await expect(adapter().update(arn, 7, CHANGE)).rejects.toMatchObject({ kind: 'rejected' });
  });
});
