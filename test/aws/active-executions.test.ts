import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LocalDataSync } from '../../sandbox/datasync/start-data-sync.ts';
import { createActiveExecutions } from '../../src/aws/active-executions.ts';
import { createClients } from '../../src/aws/clients.ts';
import { createCredentials } from '../../src/aws/credentials.ts';
import { createExecutions, type DataSyncExecutions } from '../../src/aws/executions.ts';
import { createTaskNames, MAX_NAMES } from '../../src/aws/task-names.ts';
import { TIME_LIMITS, type TimeLimits } from '../../src/aws/time-limits.ts';
import { ACCOUNT, arnOf, REGION, ROLE, startAws } from './aws-environment.ts';

const OTHER = 'us-east-1';
const RUNNING = { bytes: 1e12, status: 'TRANSFERRING' };
const HERE = { region: REGION, role: null };

let aws: LocalDataSync;
let at: number;
let executions: DataSyncExecutions;

function adapter(limits: Partial<TimeLimits> = {}) {
  executions?.close();
  // A list waits long enough on a busy machine, but where a test says otherwise.
  executions = createExecutions({ clock: { now: () => new Date(at) }, limits: { list: 30_000, ...limits } });
  return executions;
}

beforeEach(async () => {
  aws = await startAws();
  at = Date.parse('2026-11-22T10:00:00Z');
  adapter();
});
afterEach(async () => {
  executions.close();
  await aws.stop();
  vi.unstubAllEnvs();
});

const task = (name: string, region = REGION) => aws.addTask({ name, account: ACCOUNT, region });
const count = (operation: string) => aws.calls.filter((call) => call.operation === operation).length;

describe('the list of what runs', () => {
  it('has the running and queued ones of all targets, with name and limit', async () => {
    const nightly = task('nightly');
    const first = aws.startExecution(nightly, { ...RUNNING, bytesPerSecond: 5 });
    const queued = aws.queueExecution(nightly, RUNNING);
    for (const status of ['SUCCESS', 'ERROR', 'CANCELLING']) aws.startExecution(nightly, { bytes: 1, status });
    const far = aws.startExecution(task('far', OTHER), RUNNING);
    const { executions: seen, failed } = await executions.listActive([HERE, { region: OTHER, role: ROLE }]);
    expect(seen).toEqual([
      { arn: first, status: 'TRANSFERRING', mode: 'BASIC', taskName: 'nightly', bytesPerSecond: 5 },
      { arn: queued, status: 'QUEUED', mode: 'BASIC', taskName: 'nightly', bytesPerSecond: -1 },
      { arn: far, status: 'TRANSFERRING', mode: 'BASIC', taskName: 'far', bytesPerSecond: -1 },
    ]);
    expect(failed).toEqual([]);
  });

  it('reads all pages, and describes many without asking for all at once', async () => {
    const big = task('big');
    for (let index = 0; index < 150; index++) aws.startExecution(big, { bytes: 1, status: 'SUCCESS' });
    for (let index = 0; index < 60; index++) aws.startExecution(big, RUNNING);
    const { executions: seen } = await executions.listActive([HERE]);
    expect(seen).toHaveLength(60);
    expect(seen.every(({ bytesPerSecond }) => bytesPerSecond === -1)).toBe(true);
    expect(count('ListTaskExecutions')).toBe(3);
  });

  it('shares a look among those who ask at once, keeps it for 15 s, and looks anew after a change', async () => {
    const arn = aws.startExecution(task('nightly'), RUNNING);
    await Promise.all([executions.listActive([HERE]), executions.listActive([HERE])]);
    at += 14_000;
    await executions.listActive([HERE]);
    expect(count('ListTaskExecutions')).toBe(1);
    at += 2_000;
    await executions.listActive([HERE]);
    expect(count('ListTaskExecutions')).toBe(2);
    const session = { kind: 'change', request: 'r-0123456789', team: 'T1', user: 'U1' } as const;
    await executions.update(arnOf(arn), 9, { role: null, session });
    expect((await executions.listActive([HERE])).executions[0]?.bytesPerSecond).toBe(9);
  });

  it('shows each execution once, though two roles see it', async () => {
    aws.startExecution(task('nightly'), RUNNING);
    const { executions: seen } = await executions.listActive([HERE, { region: REGION, role: ROLE }]);
    expect(seen).toHaveLength(1);
  });

  it('says which target could not be seen and why, and shows the others', async () => {
    aws.startExecution(task('nightly'), RUNNING);
    aws.fail({ kind: 'deny', operation: 'ListTaskExecutions', region: OTHER });
    aws.denyRole(ROLE);
    const broken = { region: OTHER, role: null };
    const untrusted = { region: REGION, role: ROLE };
    const { executions: seen, failed } = await executions.listActive([broken, HERE, untrusted]);
    expect(seen).toHaveLength(1);
    expect(failed).toMatchObject([
      { ...broken, fault: { kind: 'denied', operation: 'datasync:ListTaskExecutions' } },
      { ...untrusted, fault: { kind: 'denied', operation: 'sts:AssumeRole' } },
    ]);
    aws.recover();
    expect((await executions.listActive([broken, untrusted])).failed).toEqual([]);
  });

  it('gives in time what is there, and the rest to who asks later', async () => {
    adapter({ list: 1500, attempt: 20_000 });
    const arn = aws.startExecution(task('nightly'), RUNNING);
    aws.fail({ kind: 'hang', operation: 'DescribeTaskExecution', ms: 2500 });
    aws.fail({ kind: 'hang', operation: 'ListTaskExecutions', region: OTHER });
    const from = performance.now();
    const { executions: seen, failed } = await executions.listActive([HERE, { region: OTHER, role: null }]);
    expect(performance.now() - from).toBeLessThan(10_000);
    expect(seen).toMatchObject([{ arn, taskName: 'nightly', bytesPerSecond: null }]);
    expect(failed).toMatchObject([{ region: OTHER, fault: { kind: 'no-answer' } }]);
    await expect.poll(async () => (await executions.listActive([HERE])).executions[0]?.bytesPerSecond).toBe(-1);
    expect(count('DescribeTaskExecution')).toBe(1);
  });

  it('lists without a look at any, and looks at those that are asked for, each once in 15 s', async () => {
    const big = task('big');
    const arns = Array.from({ length: 60 }, () => aws.startExecution(big, RUNNING));
    const { executions: seen } = await executions.listActive([HERE], { details: false, withinMs: 30_000 });
    expect(seen).toHaveLength(60);
    expect(seen.every(({ bytesPerSecond }) => bytesPerSecond === null)).toBe(true);
    expect(count('DescribeTaskExecution')).toBe(0);
    const page = arns.slice(0, 10);
    const [looks] = await Promise.all([executions.lookAtActive(page, 30_000), executions.lookAtActive(page, 30_000)]);
    expect([...looks.keys()]).toEqual(page);
    expect(looks.get(page[0] ?? '')).toMatchObject({ taskName: 'big', status: 'TRANSFERRING', bytesPerSecond: -1 });
    expect(await executions.lookAtActive(['arn:of:nothing'], 30_000)).toEqual(new Map());
    expect(count('DescribeTaskExecution')).toBe(10);
    // Who wants the details of all gets them, without those that are known already being asked for again.
    await executions.listActive([HERE]);
    expect(count('DescribeTaskExecution')).toBe(60);
    at += 16_000;
    await executions.listActive([HERE], { details: false });
    await executions.lookAtActive(page, 30_000);
    expect(count('DescribeTaskExecution')).toBe(70);
  });

  it('leaves out of the looks what can not be had in time, or not at all', async () => {
    const [slow, fine] = [aws.startExecution(task('slow'), RUNNING), aws.startExecution(task('fine', OTHER), RUNNING)];
    const targets = [HERE, { region: OTHER, role: null }];
    await executions.listActive(targets, { details: false });
    aws.fail({ kind: 'hang', operation: 'DescribeTaskExecution', region: REGION });
    const from = performance.now();
    const looks = await executions.lookAtActive([slow, fine], 300);
    expect(performance.now() - from).toBeLessThan(10_000);
    expect([...looks.keys()]).toEqual([fine]);
  });

  it('does not ask again at once who was asked too often', async () => {
    aws.fail({ kind: 'throttle', operation: 'ListTaskExecutions' });
    const all = () => executions.listActive([HERE], { details: false, withinMs: 30_000 });
    // It took long until that was said, and from then on it counts.
    const slowly = () => {
      aws.off('change', slowly);
      at += 4_500;
    };
    aws.on('change', slowly);
    expect((await all()).failed).toMatchObject([{ fault: { kind: 'throttled' }, pending: false }]);
    const before = count('ListTaskExecutions');
    at += 4_000;
    await all();
    expect(count('ListTaskExecutions')).toBe(before);
    aws.recover();
    at += 2_000;
    expect((await all()).failed).toEqual([]);
  });

  it('says that not all names are known where more were learned than are kept', async () => {
    const clock = { now: () => new Date(at) };
    const limits = { ...TIME_LIMITS, list: 30_000 };
    const way = { limits, proxy: null };
    const clients = createClients(createCredentials(clock, way), way);
    const names = createTaskNames(clock, clients, limits);
    const describe = () => Promise.reject(new Error('nothing is described'));
    const active = createActiveExecutions({ clock, clients, names, described: { describe }, limits });
    task('nightly');
    const unnamed = async () => (await active.list([HERE], { details: false, maxAgeMs: 0 })).unnamed;
    expect(await unnamed()).toEqual([]);
    for (let number = 0; number < MAX_NAMES; number++) names.learn(`task-${number}`, 'weekly');
    expect(await unnamed()).toEqual([HERE]);
    active.close();
    clients.close();
  });

  it('does without names and limits where these are refused', async () => {
    const arn = aws.startExecution(task('nightly'), RUNNING);
    aws.fail({ kind: 'deny', operation: 'ListTasks' });
    aws.fail({ kind: 'deny', operation: 'DescribeTaskExecution' });
    const { executions: seen, failed } = await executions.listActive([HERE]);
    expect(seen).toEqual([{ arn, status: 'TRANSFERRING', mode: 'BASIC', taskName: null, bytesPerSecond: null }]);
    expect(failed).toEqual([]);
  });
});
