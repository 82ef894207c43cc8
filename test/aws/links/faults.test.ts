import { describe, expect, it } from 'vitest';
import { createExecutions } from '../../../src/aws/executions.ts';
import { REGION, ROLE } from '../aws-environment.ts';
import { adapter, aws, count, givenAws, RUNNING } from '../given-executions.ts';
import { aTask, locationArn, OTHER_REGION, queryFor, tasks } from './given-link.ts';

givenAws();

/** A minute is more than any test waits: what ends sooner has not waited for it. */
const PATIENT = { attempt: 60_000, describe: 60_000, linkLook: 60_000 };

describe('a look at a link while AWS fails', () => {
  it('does not wait for another Region that hangs, nor for another role', async () => {
    const { linkTasks, close } = adapter(PATIENT);
    const far = aTask({ region: OTHER_REGION });
    aws.fail({ kind: 'hang', region: OTHER_REGION });
    const hanging = linkTasks.running(queryFor({ region: OTHER_REGION, tasks: [far], locations: [locationArn(1)] }));
    const ended = expect(hanging).rejects.toMatchObject({ name: 'AwsFault', kind: 'no-answer' });
    await aws.until(() => count('ListTasks') === 1);
    const members = tasks(20);
    const arns = members.map((task) => aws.startExecution(task, RUNNING));
    expect((await linkTasks.running(queryFor({ tasks: members }))).executions).toEqual(arns);
    expect((await linkTasks.running(queryFor({ role: ROLE, tasks: members }))).executions).toEqual(arns);
    close();
    await ended;
  });

  it.each([
    ['DescribeTask', { tasks: 1, locations: [] }],
    ['ListTasks', { tasks: 5, locations: [] }],
    ['ListTasks', { tasks: 0, locations: [locationArn(1)] }],
    ['DescribeTaskExecution', { tasks: 1, locations: [] }],
    ['ListTaskExecutions', { tasks: 1, locations: [] }],
  ])('ends in time where %s hangs, and is a fault', async (operation, { tasks: number, locations }) => {
    const members = tasks(number);
    for (const member of members) aws.queueExecution(member, RUNNING);
    aws.fail({ kind: 'hang', operation });
    for (const limits of [{ linkLook: 400 }, { describe: 400 }]) {
      const { linkTasks } = adapter({ ...PATIENT, ...limits });
      await expect(linkTasks.running(queryFor({ tasks: members, locations }))).rejects.toMatchObject({
        name: 'AwsFault',
        kind: 'no-answer',
      });
    }
  });

  it('ends in time where AWS answers each call slowly, and calls no more then', async () => {
    const members = tasks(40);
    for (const member of members) aws.startExecution(member, RUNNING);
    aws.fail({ kind: 'hang', operation: 'DescribeTask', ms: 300 });
    const { linkTasks } = adapter({ ...PATIENT, linkLook: 700 });
    const look = linkTasks.running(queryFor({ tasks: members }));
    await expect(look).rejects.toMatchObject({ kind: 'no-answer' });
    expect(count('DescribeTask')).toBeLessThan(40);
  });

  it('is a fault of the query where AWS throttles', async () => {
    const members = tasks(40);
    for (const member of members) aws.startExecution(member, RUNNING);
    const other = aTask({ region: OTHER_REGION });
    const arn = aws.startExecution(other, RUNNING);
    aws.fail({ kind: 'throttle', operation: 'DescribeTask', region: REGION });
    const { linkTasks } = adapter(PATIENT);
    const look = linkTasks.running(queryFor({ tasks: members }));
    await expect(look).rejects.toMatchObject({ kind: 'throttled', operation: 'datasync:DescribeTask' });
    const elsewhere = await linkTasks.running(queryFor({ region: OTHER_REGION, tasks: [other] }));
    expect(elsewhere.executions).toEqual([arn]);
    aws.recover();
    expect((await linkTasks.running(queryFor({ tasks: members }))).executions).toHaveLength(40);
  });

  it('makes no more calls after a fault of the query', async () => {
    const members = tasks(40);
    for (const member of members) aws.startExecution(member, RUNNING);
    aws.fail({ kind: 'region', operation: 'DescribeTask', region: REGION });
    const { linkTasks } = adapter();
    await expect(linkTasks.running(queryFor({ tasks: members }))).rejects.toMatchObject({ kind: 'region' });
    // Others would have been made meanwhile.
    for (let look = 0; look < 20; look++) await linkTasks.running(queryFor({ locations: [locationArn(1)] }));
    // The first eight, and those that began before the fault was known.
    expect(count('DescribeTask')).toBeLessThanOrEqual(16);
  });

  it('describes a few tasks at once', async () => {
    const members = tasks(30);
    for (const member of members) aws.startExecution(member, RUNNING);
    aws.fail({ kind: 'hang', operation: 'DescribeTask' });
    const { linkTasks, close } = adapter(PATIENT);
    const ended = expect(linkTasks.running(queryFor({ tasks: members }))).rejects.toMatchObject({ kind: 'no-answer' });
    await aws.until(() => count('DescribeTask') === 8);
    close();
    await ended;
    expect(count('DescribeTask')).toBe(8);
  });

  it.each(['DescribeTask', 'DescribeTaskExecution'])(
    'finds the others where a role may not %s of a task, and names it with the fault',
    async (operation) => {
      const [one = '', two = ''] = tasks(2);
      const arns = [one, two].map((task) => aws.startExecution(task, RUNNING));
      aws.fail({ kind: 'deny', operation, times: 1 });
      const { executions, denied } = await adapter().linkTasks.running(queryFor({ role: ROLE, tasks: [one, two] }));
      expect(denied).toMatchObject([{ fault: { kind: 'denied', operation: `datasync:${operation}`, role: ROLE } }]);
      const other = denied[0]?.task === one ? 1 : 0;
      expect(executions).toEqual([arns[other]]);
    },
  );

  it('is a fault where the role may not list, or may not be assumed', async () => {
    const members = tasks(5);
    aws.fail({ kind: 'deny', operation: 'ListTasks' });
    const { linkTasks } = adapter();
    await expect(linkTasks.running(queryFor({ tasks: members }))).rejects.toMatchObject({
      kind: 'denied',
      operation: 'datasync:ListTasks',
    });
    aws.denyRole(ROLE);
    await expect(linkTasks.running(queryFor({ role: ROLE, tasks: members }))).rejects.toMatchObject({
      kind: 'denied',
      operation: 'sts:AssumeRole',
    });
  });

  it('has each of its calls counted, with what came of it', async () => {
    const counted: string[] = [];
    const clock = { now: () => new Date() };
    const executions = createExecutions({ clock, onCall: (...call) => counted.push(call.join(' ')) });
    const [task = ''] = tasks(150);
    aws.startExecution(task, RUNNING);
    const query = queryFor({ tasks: [task, ...tasks(2)], locations: [locationArn(1)] });
    await executions.linkTasks.running(query);
    expect(counted).toEqual([
      'ListTasks ok',
      'ListTasks ok',
      'ListTasks ok',
      'DescribeTask ok',
      'DescribeTaskExecution ok',
    ]);
    aws.fail({ kind: 'deny', operation: 'ListTasks' });
    await expect(executions.linkTasks.running(query)).rejects.toMatchObject({ kind: 'denied' });
    expect(counted.at(-1)).toBe('ListTasks denied');
    executions.close();
  });
});
