import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LocalDataSync } from '../../sandbox/datasync/start-data-sync.ts';
import { createExecutions, type DataSyncExecutions } from '../../src/datasync/executions.ts';
import type { TimeLimits } from '../../src/datasync/time-limits.ts';
import type { AwsFault } from '../../src/workflow/faults.ts';
import type { Access } from '../../src/workflow/ports.ts';
import { ACCOUNT, arnOf, OWN_KEY, REGION, ROLE, startAws } from './aws-environment.ts';

const READ: Access = { role: null, session: { kind: 'read' } };
const CHANGE: Access = { role: null, session: { kind: 'change', request: 'r-0123456789', team: 'T1', user: 'U1' } };
const RUNNING = { bytes: 1e12, status: 'TRANSFERRING' };
const clock = { now: () => new Date() };

let aws: LocalDataSync;
let task: string;
const made: DataSyncExecutions[] = [];

beforeEach(async () => {
  aws = await startAws();
  task = aws.addTask({ name: 'nightly archive', account: ACCOUNT, region: REGION, mode: 'ENHANCED' });
});
afterEach(async () => {
  for (const executions of made.splice(0)) executions.close();
  await aws.stop();
  vi.unstubAllEnvs();
});

function adapter(limits: Partial<TimeLimits> = {}) {
  const executions = createExecutions({ clock, limits });
  made.push(executions);
  return executions;
}

const operations = () => aws.calls.map(({ operation }) => operation);
const count = (operation: string) => operations().filter((one) => one === operation).length;

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
    const executions = createExecutions({ clock: { now: () => new Date(at) } });
    made.push(executions);
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
    aws = await startAws();
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

describe('under a role', () => {
  const read: Access = { role: ROLE, session: { kind: 'read' } };
  const change = (request: string): Access => ({
    role: ROLE,
    session: { kind: 'change', request, team: 'T0OPS', user: 'U0OPER' },
  });

  it('reads in one shared session, without a source identity', async () => {
    const arn = arnOf(aws.startExecution(task, RUNNING));
    const executions = adapter();
    await Promise.all([executions.describe(arn, read), executions.describe(arn, read)]);
    await executions.listActive([{ region: REGION, role: ROLE }]);
    expect(count('AssumeRole')).toBe(1);
    const sessions = new Set(aws.calls.slice(1).map(({ identity }) => JSON.stringify(identity?.session)));
    expect([...sessions]).toEqual([
      JSON.stringify({ role: ROLE, name: 'datasync-throttle-read', sourceIdentity: null }),
    ]);
    expect(aws.calls[0]).toMatchObject({ operation: 'AssumeRole', region: REGION });
  });

  it('renews the read session 5 minutes before its end, and signs with the new one then', async () => {
    let at = Date.now();
    const now = () => new Date(at);
    await aws.stop();
    aws = await startAws({ now });
    const running = aws.startExecution(aws.addTask({ name: 'nightly', account: ACCOUNT, region: REGION }), RUNNING);
    const executions = createExecutions({ clock: { now } });
    made.push(executions);
    const look = () => executions.describe(arnOf(running), read);
    await look();
    at += 54 * 60_000;
    await look();
    expect(count('AssumeRole')).toBe(1);
    at += 2 * 60_000;
    await look();
    expect(count('AssumeRole')).toBe(2);
    at += 10 * 60_000;
    await look();
    expect(count('AssumeRole')).toBe(2);
    const looks = aws.calls.filter(({ operation }) => operation === 'DescribeTaskExecution');
    const [first, second, third, fourth] = looks.map(({ identity }) => identity?.accessKey);
    expect([second, fourth]).toEqual([first, third]);
    expect(third).not.toBe(first);
  });

  it('changes in a session of the request, in the name of who asked, for this execution alone', async () => {
    const arn = arnOf(aws.startExecution(task, RUNNING));
    const executions = adapter();
    await executions.update(arn, 7, change('r-aaaaaaaaaa'));
    await executions.update(arn, 8, change('r-bbbbbbbbbb'));
    expect(operations()).toEqual(['AssumeRole', 'UpdateTaskExecution', 'AssumeRole', 'UpdateTaskExecution']);
    const updates = aws.calls.filter(({ operation }) => operation === 'UpdateTaskExecution');
    expect(updates.map(({ identity }) => identity?.session)).toEqual([
      { role: ROLE, name: 'r-aaaaaaaaaa', sourceIdentity: 'slack-T0OPS-U0OPER' },
      { role: ROLE, name: 'r-bbbbbbbbbb', sourceIdentity: 'slack-T0OPS-U0OPER' },
    ]);
    expect(new Set(updates.map(({ identity }) => identity?.accessKey)).size).toBe(2);
    const { input } = aws.calls[0] ?? {};
    expect(input).toMatchObject({ DurationSeconds: '900' });
    expect(JSON.parse(String(input?.Policy)).Statement[0].Resource).toBe(arn.arn);
  });

  it('may read back in the session of the change', async () => {
    const arn = arnOf(aws.startExecution(task, RUNNING));
    const seen = await adapter().describe(arn, change('r-aaaaaaaaaa'));
    expect(seen).toMatchObject({ status: 'TRANSFERRING', taskName: 'nightly archive' });
  });

  it.each([
    ['deny', 'denied'],
    ['throttle', 'throttled'],
    ['internal', 'internal'],
    ['hang', 'no-answer'],
  ] as const)('tells %s of AssumeRole from what DataSync says, and has sent no update', async (kind, fault) => {
    const arn = arnOf(aws.startExecution(task, RUNNING));
    aws.fail({ kind, operation: 'AssumeRole' });
    const executions = adapter(kind === 'hang' ? { attempt: 100, credentials: 250 } : {});
    const about = { kind: fault, operation: 'sts:AssumeRole', role: ROLE };
    await expect(executions.update(arn, 7, change('r-aaaaaaaaaa'))).rejects.toMatchObject(about);
    await expect(executions.describe(arn, read)).rejects.toMatchObject(about);
    expect(count('UpdateTaskExecution')).toBe(0);
    aws.recover();
    await executions.describe(arn, read);
  });

  it('says that the role does not trust the bot, and that a role is of another account', async () => {
    const arn = arnOf(aws.startExecution(task, RUNNING));
    aws.denyRole(ROLE);
    await expect(adapter().describe(arn, read)).rejects.toMatchObject({ kind: 'denied', operation: 'sts:AssumeRole' });
    const foreign: Access = { role: ROLE.replace(ACCOUNT, '999999999999'), session: { kind: 'read' } };
    await expect(adapter().describe(arn, foreign)).rejects.toMatchObject({
      kind: 'denied',
      operation: 'datasync:DescribeTaskExecution',
    });
  });
});
