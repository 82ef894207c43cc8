import { describe, expect, it } from 'vitest';
import { ACCOUNT, ROLE } from '../aws-environment.ts';
import { adapter, aws, givenAws, RUNNING } from '../given-executions.ts';
import { aTask, countCalls, locationArn, OTHER_REGION, queryFor, tasks, unknownTask } from './given-link.ts';

givenAws();

const NOTHING = { executions: [], byLocation: [], missing: [], denied: [] };

describe('what runs on a link', () => {
  it('is nothing where there is no member, without a call', async () => {
    expect(await adapter().linkTasks.running(queryFor({}))).toEqual(NOTHING);
    expect(aws.calls).toEqual([]);
  });

  it.each([
    { how: 'listed', operation: 'ListTasks', otherTasks: 0 },
    // Fewer calls than the pages of all tasks.
    { how: 'described', operation: 'DescribeTask', otherTasks: 700 },
  ])('is what of its tasks runs or is queued, where they are $how', async ({ operation, otherTasks }) => {
    tasks(otherTasks);
    const [running = '', queued = '', cancelled = '', ended = '', idle = ''] = tasks(5);
    aws.startExecution(aTask(), RUNNING);
    const unfinished = [
      aws.startExecution(running, RUNNING),
      aws.queueExecution(queued, RUNNING),
      aws.startExecution(cancelled, { bytes: 1, status: 'CANCELLING', cancelMs: 1e9 }),
    ];
    aws.startExecution(ended, { bytes: 1, status: 'SUCCESS' });
    const query = queryFor({ tasks: [running, queued, cancelled, ended, idle] });
    const { linkTasks } = adapter();
    expect(await linkTasks.running(query)).toEqual({ ...NOTHING, executions: unfinished });
    const calls = countCalls();
    expect((await linkTasks.running(query)).executions).toEqual(unfinished);
    expect(Object.keys(calls())[0]).toBe(operation);
  });

  it('has an execution that still runs while newer ones of its task wait behind it, and each of them when its turn comes', async () => {
    const { linkTasks } = adapter();
    const [task = '', idle = ''] = tasks(2);
    const now = async () => (await linkTasks.running(queryFor({ tasks: [task, idle] }))).executions;
    const first = aws.startExecution(task, RUNNING);
    expect(await now()).toEqual([first]);
    const second = aws.startExecution(task, { bytes: 1e12 });
    const third = aws.startExecution(task, { bytes: 1e12 });
    expect((await now()).toSorted()).toEqual([first, second, third].toSorted());
    aws.finish(first, 'SUCCESS');
    expect(aws.execution(second).status).toBe('LAUNCHING');
    expect((await now()).toSorted()).toEqual([second, third].toSorted());
    const fourth = aws.startExecution(task, { bytes: 1e12 });
    aws.cancel(fourth);
    aws.finish(fourth, 'ERROR');
    expect((await now()).toSorted()).toEqual([second, third].toSorted());
    aws.finish(second, 'ERROR');
    expect(await now()).toEqual([third]);
    aws.finish(third, 'SUCCESS');
    expect(await now()).toEqual([]);
  });

  it('does not take a status that nobody knows for the end, nor for the only execution', async () => {
    const { linkTasks } = adapter();
    const task = aTask();
    const first = aws.startExecution(task, RUNNING);
    const odd = aws.startExecution(task, { bytes: 1e12, status: 'REHEARSING' });
    const { executions } = await linkTasks.running(queryFor({ tasks: [task] }));
    expect(executions.toSorted()).toEqual([first, odd].toSorted());
  });

  it('has an execution that is too new to be described', async () => {
    const [task = ''] = tasks(1);
    const first = aws.startExecution(task, RUNNING);
    const newest = aws.startExecution(task, { bytes: 1e12 });
    aws.fail({ kind: 'rejected', operation: 'DescribeTaskExecution' });
    const found = await adapter().linkTasks.running(queryFor({ tasks: [task] }));
    expect(found.executions.toSorted()).toEqual([first, newest].toSorted());
    expect(found.missing).toEqual([]);
  });

  it('is also what runs of the tasks from or to its locations, each of them once', async () => {
    const [one, two] = [locationArn(1), locationArn(2)];
    const from = aTask({ source: one, destination: two });
    const to = aTask({ destination: one });
    const arn = aws.startExecution(from, RUNNING);
    const elsewhere = aws.startExecution(aTask({ source: locationArn(3) }), RUNNING);
    const listed = aTask();
    const query = queryFor({ tasks: [listed, to, from], locations: [one, two] });
    const found = await adapter().linkTasks.running(query);
    expect(found).toEqual({ ...NOTHING, executions: [arn], byLocation: [from, to] });
    expect(found.executions).not.toContain(elsewhere);
  });

  it('is looked for in the Region and under the role of the query', async () => {
    const task = aTask({ region: OTHER_REGION });
    const arn = aws.startExecution(task, RUNNING);
    const query = queryFor({ region: OTHER_REGION, role: ROLE, tasks: [task] });
    expect((await adapter().linkTasks.running(query)).executions).toEqual([arn]);
    const call = aws.calls.find(({ operation }) => operation === 'DescribeTask');
    expect(call).toMatchObject({ region: OTHER_REGION, identity: { session: { role: ROLE } } });
  });

  it.each([
    { how: 'listed', otherTasks: 0 },
    { how: 'described', otherTasks: 700 },
  ])('is found without a task that was deleted, which is named, where tasks are $how', async ({ otherTasks }) => {
    tasks(otherTasks);
    const task = aTask();
    const arn = aws.startExecution(task, RUNNING);
    const { linkTasks } = adapter();
    const query = queryFor({ tasks: [unknownTask(), task, ...tasks(3)] });
    const found = { ...NOTHING, executions: [arn], missing: [unknownTask()] };
    expect(await linkTasks.running(query)).toEqual(found);
    expect(await linkTasks.running(query)).toEqual(found);
  });

  it('is found without a location that AWS does not accept, which is named', async () => {
    const task = aTask({ source: locationArn(1) });
    const arn = aws.startExecution(task, RUNNING);
    const odd = `arn:aws:datasync:us-east-1:${ACCOUNT}:location/none`;
    const found = await adapter().linkTasks.running(queryFor({ locations: [odd, locationArn(1), locationArn(2)] }));
    expect(found).toEqual({ ...NOTHING, executions: [arn], byLocation: [task], missing: [odd] });
  });
});
