import { describe, expect, it } from 'vitest';
import type { LinkTasks } from '../../../src/workflow/ports/links/link-tasks.ts';
import { arnOf } from '../aws-environment.ts';
import { adapter, aws, givenAws, READ, RUNNING } from '../given-executions.ts';
import { aTask, countCalls, locationArn, queryFor, tasks } from './given-link.ts';

givenAws();

const LOOKS_EVERY_MS = 45_000;
const MINUTE_MS = 60_000;
const SIX_HOURS_MS = 21_600_000;

let at = Date.parse('2026-11-22T10:00:00Z');
const clock = { now: () => new Date(at) };

/** The calls of each look of ten minutes, and the most in any minute of them. */
async function callsOfTenMinutes(linkTasks: LinkTasks, members: Parameters<typeof queryFor>[0]) {
  const looks: { at: number; calls: number }[] = [];
  for (const end = at + 10 * MINUTE_MS; at < end; at += LOOKS_EVERY_MS) {
    const before = aws.calls.length;
    await linkTasks.running(queryFor(members));
    looks.push({ at, calls: aws.calls.length - before });
  }
  const inMinuteFrom = (from: number) => looks.filter((look) => look.at >= from && look.at < from + MINUTE_MS);
  const minutes = looks.map((look) => inMinuteFrom(look.at).reduce((sum, { calls }) => sum + calls, 0));
  return { looks: looks.map(({ calls }) => calls), busiestMinute: Math.max(...minutes) };
}

describe('the calls to AWS for a link of 50 tasks that are idle', () => {
  it.each([
    { others: 0, look: 1 },
    { others: 450, look: 5 },
    { others: 2000, look: 21 },
  ])('are at most 60 in any minute where the account has $others other tasks', async ({ others, look }) => {
    tasks(others / 2);
    const members = tasks(49);
    tasks(others / 2 - 1);
    members.push(aTask());
    const { looks, busiestMinute } = await callsOfTenMinutes(adapter({}, clock).linkTasks, { tasks: members });
    console.log(`${others} other tasks: ${look} calls a look, ${busiestMinute} in the busiest minute`);
    expect(new Set(looks)).toEqual(new Set([look]));
    expect(busiestMinute).toBeLessThanOrEqual(60);
  });

  it('are one a page where a location has them', async () => {
    for (let number = 0; number < 50; number++) aTask({ source: locationArn(1) });
    tasks(200);
    const found = await callsOfTenMinutes(adapter({}, clock).linkTasks, { locations: [locationArn(1)] });
    expect(new Set(found.looks)).toEqual(new Set([1]));
  });

  it('are none for a task that is also at a location', async () => {
    const task = aTask({ source: locationArn(1) });
    const calls = countCalls();
    await adapter().linkTasks.running(queryFor({ tasks: [task], locations: [locationArn(1)] }));
    expect(calls()).toEqual({ ListTasks: 1 });
  });
});

describe('the calls to AWS for a link', () => {
  it('list pages until all tasks are found, and no further', async () => {
    const members = tasks(5);
    tasks(500);
    const calls = countCalls();
    await adapter().linkTasks.running(queryFor({ tasks: members }));
    expect(calls()).toEqual({ ListTasks: 1 });
  });

  it('describe each task where more pages would be needed, which is found out once, and again after six hours', async () => {
    const { linkTasks } = adapter({}, clock);
    tasks(350);
    const members = tasks(3);
    const look = () => linkTasks.running(queryFor({ tasks: members }));
    const calls = countCalls();
    await look();
    expect(calls()).toEqual({ ListTasks: 2, DescribeTask: 3 });
    await look();
    at += SIX_HOURS_MS / 2;
    await look();
    expect(calls()).toEqual({ DescribeTask: 6 });
    at += SIX_HOURS_MS / 2 + 1;
    await look();
    expect(calls()).toEqual({ ListTasks: 2, DescribeTask: 3 });
  });

  it('are no more for one link because another one needs more pages', async () => {
    const { linkTasks } = adapter({}, clock);
    const near = tasks(3);
    tasks(450);
    const far = tasks(3);
    await linkTasks.running(queryFor({ tasks: far }));
    const calls = countCalls();
    await linkTasks.running(queryFor({ tasks: near }));
    expect(calls()).toEqual({ ListTasks: 1 });
    await linkTasks.running(queryFor({ tasks: far }));
    expect(calls()).toEqual({ DescribeTask: 3 });
  });

  it('stop listing when that takes too long, then and at the next look', async () => {
    tasks(350);
    const members = tasks(10);
    aws.fail({ kind: 'hang', operation: 'ListTasks', ms: 400 });
    const { linkTasks } = adapter({ attempt: 60_000, linkList: 500 });
    const calls = countCalls();
    await linkTasks.running(queryFor({ tasks: members }));
    expect(calls()).toEqual({ ListTasks: 2, DescribeTask: 10 });
    await linkTasks.running(queryFor({ tasks: members }));
    expect(calls()).toEqual({ DescribeTask: 10 });
  });

  it('are one more for each task that runs, and two when something begins on it', async () => {
    const { linkTasks } = adapter();
    const members = tasks(10);
    const [task = '', other = ''] = members;
    const look = () => linkTasks.running(queryFor({ tasks: members }));
    const calls = countCalls();
    const first = aws.startExecution(task, RUNNING);
    aws.startExecution(other, RUNNING);
    await look();
    expect(calls()).toEqual({ ListTasks: 1, DescribeTask: 2, DescribeTaskExecution: 2 });
    await look();
    expect(calls()).toEqual({ ListTasks: 1, DescribeTask: 2 });
    aws.finish(first, 'SUCCESS');
    aws.startExecution(task, RUNNING);
    await look();
    expect(calls()).toEqual({ ListTasks: 1, DescribeTask: 2, DescribeTaskExecution: 1 });
  });

  it('are shared with those who describe what is found', async () => {
    const [first = '', second = ''] = tasks(2);
    const executions = adapter({}, clock);
    const describe = (arn: string) => executions.describe(arnOf(arn), READ, { maxAgeMs: 5_000 });
    const calls = countCalls();
    const before = aws.startExecution(first, RUNNING);
    await describe(before);
    const after = aws.startExecution(second, RUNNING);
    await executions.linkTasks.running(queryFor({ tasks: [first, second] }));
    await describe(after);
    expect(calls().DescribeTaskExecution).toBe(2);
  });

  it('list the executions of a task whose newest one waits, until no older one is left', async () => {
    const { linkTasks } = adapter();
    const task = aTask();
    for (let number = 0; number < 150; number++) aws.startExecution(task, { bytes: 1, status: 'SUCCESS' });
    const first = aws.startExecution(task, RUNNING);
    const last = aws.startExecution(task, { bytes: 1e12 });
    const look = async () => (await linkTasks.running(queryFor({ tasks: [task] }))).executions.toSorted();
    const calls = countCalls();
    expect(await look()).toEqual([first, last].toSorted());
    expect(calls()).toEqual({ DescribeTask: 1, DescribeTaskExecution: 1, ListTaskExecutions: 2 });
    aws.finish(first, 'SUCCESS');
    expect(await look()).toEqual([last]);
    calls();
    expect(await look()).toEqual([last]);
    expect(calls()).toEqual({ DescribeTask: 1 });
  });
});
