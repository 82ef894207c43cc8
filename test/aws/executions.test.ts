import { describe, expect, it, vi } from 'vitest';
import type { AwsFault } from '../../src/workflow/faults.ts';
import type { Access } from '../../src/workflow/ports/executions.ts';
import { ACCOUNT, arnOf, REGION, ROLE } from './aws-environment.ts';
import { adapter, aws, count, givenAws, READ, RUNNING, startNewAws, task } from './given-executions.ts';

givenAws();

describe('describe', () => {
  it('tells everything that is shown of an execution, the name of its task too', async () => {
    const arn = aws.startExecution(task, { ...RUNNING, bytesPerSecond: 1e6, transferred: 5e8, compression: 0.5 });
    const seen = await adapter().describe(arnOf(arn), READ);
    expect(seen).toMatchObject({
      arn,
      status: 'TRANSFERRING',
      mode: 'ENHANCED',
      bytesPerSecond: 1e6,
      taskName: 'nightly archive',
      bytesEstimated: 1e12,
    });
    expect(seen.bytesTransferred).toBeGreaterThanOrEqual(5e8);
    expect(seen.bytesCompressed).toBe(Math.floor(seen.bytesTransferred / 2));
    expect(seen.startedAt).toBe(aws.execution(arn).createdAt);
    expect(Math.abs(Date.parse(seen.lookedAt) - Date.now())).toBeLessThan(5_000);
    expect(seen.requestId).toBe(aws.calls.find(({ operation }) => operation === 'DescribeTaskExecution')?.requestId);
    expect(aws.calls.every(({ region }) => region === REGION)).toBe(true);
  });

  it('asks for a name once, and does without where it is refused', async () => {
    const arn = arnOf(aws.startExecution(task, RUNNING));
    let at = Date.now();
    const executions = adapter({}, { now: () => new Date(at) });
    const look = async () => (await executions.describe(arn, READ)).taskName;
    aws.fail({ kind: 'deny', operation: 'DescribeTask' });
    expect(await Promise.all([look(), look(), look()])).toEqual([null, null, null]);
    for (let index = 0; index < 3; index++) expect(await look()).toBeNull();
    expect(count('DescribeTask')).toBe(1);
    aws.recover();
    at += 60_001;
    for (let index = 0; index < 3; index++) expect(await look()).toBe('nightly archive');
    expect(count('DescribeTask')).toBe(2);
  });

  it('repeats a read that may go better the next time', async () => {
    const arn = arnOf(aws.startExecution(task, RUNNING));
    const executions = adapter();
    for (const kind of ['internal', 'reset', 'html503'] as const) {
      aws.fail({ kind, operation: 'DescribeTaskExecution', times: 2 });
      expect((await executions.describe(arn, READ)).status).toBe('TRANSFERRING');
    }
    expect(count('DescribeTaskExecution')).toBe(9);
  });

  it('keeps what AWS said, and tells a proxy’s page from AWS whatever its status', async () => {
    const arn = arnOf(aws.startExecution(task, RUNNING));
    const fault = async () =>
      (await adapter()
        .describe(arn, READ)
        .catch((error: unknown) => error)) as AwsFault;
    aws.fail({
      kind: 'rejected',
      operation: 'DescribeTaskExecution',
      message: `No\u001b[2J <such>\n${'x'.repeat(400)}`,
    });
    const { said } = await fault();
    expect(said?.startsWith('InvalidRequestException: No\\u001b[2J <such>\\nxxx')).toBe(true);
    expect(said).toHaveLength(300);
    for (const status of [200, 403, 407, 502]) {
      aws.recover();
      aws.fail({ kind: 'html503', operation: 'DescribeTaskExecution', status });
      expect(await fault()).toMatchObject({
        kind: 'not-aws',
        said: expect.stringMatching(`^HTTP ${status}(: <html>|$)`),
      });
      aws.recover();
      aws.fail({ kind: 'html503', operation: 'AssumeRole', status });
      const read: Access = { role: ROLE, session: { kind: 'read' } };
      await expect(adapter().describe(arn, read)).rejects.toMatchObject({
        kind: 'not-aws',
        operation: 'sts:AssumeRole',
      });
    }
  });

  it('tells a name that does not resolve from an AWS that does not answer', async () => {
    const arn = arnOf(aws.startExecution(task, RUNNING));
    vi.stubEnv('AWS_ENDPOINT_URL_DATASYNC', 'http://no-such-host.invalid:1');
    const fault = (await adapter()
      .describe(arn, READ)
      .catch((error: unknown) => error)) as AwsFault;
    expect(fault).toMatchObject({ kind: 'unresolved', said: expect.stringContaining('no-such-host.invalid') });
  });

  it('lists the status of one execution, of all pages, and of a task that is gone', async () => {
    const executions = adapter();
    const first = arnOf(aws.startExecution(task, { ...RUNNING, status: 'SUCCESS' }));
    for (let index = 0; index < 120; index++) aws.startExecution(task, { bytes: 1, status: 'SUCCESS' });
    const last = arnOf(aws.startExecution(task, RUNNING));
    expect(await executions.listedStatus(first, null)).toBe('SUCCESS');
    expect(await executions.listedStatus(last, null)).toBe('TRANSFERRING');
    aws.forget(last.arn);
    expect(await executions.listedStatus(last, null)).toBeNull();
    aws.fail({ kind: 'rejected', operation: 'ListTaskExecutions', times: 1 });
    expect(await executions.listedStatus(first, null)).toBe('SUCCESS');
    aws.fail({ kind: 'rejected', operation: 'ListTaskExecutions' });
    await expect(executions.listedStatus(first, null)).rejects.toMatchObject({ kind: 'rejected' });
  });

  it('takes no list of another account for one that lacks the execution', async () => {
    const own = arnOf(aws.startExecution(task, RUNNING));
    const other = arnOf(own.arn.replace(ACCOUNT, '999988887777'));
    const executions = adapter();
    await expect(executions.listedStatus(other, null)).rejects.toMatchObject({ kind: 'not-found' });
    expect(count('GetCallerIdentity')).toBe(1);
    await expect(executions.listedStatus(other, ROLE)).rejects.toMatchObject({ kind: 'not-found', role: ROLE });
    expect(await executions.listedStatus(own, ROLE)).toBe('TRANSFERRING');
    aws.forget(own.arn);
    expect(await executions.listedStatus(own, ROLE)).toBeNull();
    aws.fail({ kind: 'internal', operation: 'GetCallerIdentity' });
    await expect(executions.listedStatus(own, null)).rejects.toMatchObject({ operation: 'sts:GetCallerIdentity' });
  });

  it.each([
    ['throttle', 'throttled'],
    ['deny', 'denied'],
    ['internal', 'internal'],
    ['html503', 'not-aws'],
    ['clock', 'clock'],
    ['region', 'region'],
    ['reset', 'no-answer'],
    ['rejected', 'not-found'],
  ] as const)('calls %s a fault of the kind %s', async (kind, fault) => {
    const arn = arnOf(aws.startExecution(task, RUNNING));
    aws.fail({ kind, operation: 'DescribeTaskExecution' });
    await expect(adapter().describe(arn, READ)).rejects.toMatchObject({
      name: 'AwsFault',
      kind: fault,
      operation: 'datasync:DescribeTaskExecution',
      role: null,
    });
  });

  it('gives up a service that hangs, name or no name', async () => {
    const arn = arnOf(aws.startExecution(task, RUNNING));
    aws.fail({ kind: 'hang' });
    const from = performance.now();
    const looking = adapter({ attempt: 60, describe: 150, name: 100 }).describe(arn, READ);
    await expect(looking).rejects.toMatchObject({ kind: 'no-answer' });
    expect(performance.now() - from).toBeLessThan(10_000);
  });

  it('says that an execution is not known', async () => {
    const known = aws.startExecution(task, RUNNING);
    const other = arnOf(known.replace(/.{17}$/, '0'.repeat(17)));
    await expect(adapter().describe(other, READ)).rejects.toMatchObject({ kind: 'not-found' });
    const elsewhere = arnOf(known.replace(REGION, 'us-east-1'));
    await expect(adapter().describe(elsewhere, READ)).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('says that nobody answers at all', async () => {
    const arn = arnOf(aws.startExecution(task, RUNNING));
    const executions = adapter();
    await aws.stop();
    await expect(executions.describe(arn, READ)).rejects.toMatchObject({ kind: 'no-answer' });
    await startNewAws();
  });

  it('says that the bot has no credentials', async () => {
    const arn = arnOf(aws.startExecution(task, RUNNING));
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE']) vi.stubEnv(name, undefined);
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nonexistent');
    vi.stubEnv('AWS_CONFIG_FILE', '/nonexistent');
    await expect(adapter().describe(arn, READ)).rejects.toMatchObject({ kind: 'credentials' });
    expect(aws.calls).toEqual([]);
  });
});
