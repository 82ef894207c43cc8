import { describe, expect, it } from 'vitest';
import { MAX_QUERIES } from '../../../src/aws/links/listed-tasks.ts';
import { MAX_LOCATIONS } from '../../../src/aws/links/location-tasks.ts';
import { MAX_TASKS } from '../../../src/aws/links/unfinished-executions.ts';
import { REGION } from '../aws-environment.ts';
import { adapter, aws, givenAws, RUNNING } from '../given-executions.ts';
import { countCalls, locationArn, queryFor, tasks } from './given-link.ts';

givenAws();

describe('what the bot keeps of links', () => {
  it('is the tasks at the locations that were asked for last', async () => {
    const { linkTasks } = adapter();
    const ask = (number: number) => linkTasks.tasksAt(locationArn(number), { region: REGION, role: null }, 0);
    for (let number = 0; number < MAX_LOCATIONS; number++) await ask(number);
    expect(linkTasks.knownTasksAt(locationArn(0), null)).toEqual(new Set());
    await ask(MAX_LOCATIONS);
    expect(linkTasks.knownTasksAt(locationArn(1), null)).toBeNull();
  });

  it('is how many pages had to be read for the members that were looked for last', async () => {
    const { linkTasks } = adapter();
    tasks(100);
    const pool = tasks(15);
    const pairs = pool.flatMap((one) => pool.filter((other) => other !== one).map((other) => [one, other]));
    const [first = [], ...others] = pairs.slice(0, MAX_QUERIES + 1);
    const look = (members: string[]) => linkTasks.running(queryFor({ tasks: members }));
    const calls = countCalls();
    await look(first);
    expect(calls()).toEqual({ ListTasks: 1, DescribeTask: 2 });
    for (const pair of others.slice(1)) await look(pair);
    calls();
    await look(first);
    expect(calls()).toEqual({ DescribeTask: 2 });
    for (const pair of others) await look(pair);
    calls();
    await look(first);
    expect(calls()).toEqual({ ListTasks: 1, DescribeTask: 2 });
  });

  it('is the newest executions of the tasks that were looked at last', async () => {
    let at = Date.parse('2026-11-22T10:00:00Z');
    const { linkTasks } = adapter({ linkLook: 60_000 }, { now: () => new Date(at) });
    const members = tasks(MAX_TASKS + 1);
    for (const task of members) aws.startExecution(task, RUNNING);
    const [first = '', second = ''] = members;
    const calls = countCalls();
    const look = async (...some: string[]) => {
      await linkTasks.running(queryFor({ tasks: some }));
      const { DescribeTaskExecution: described = 0 } = calls();
      // No answer is shared with the look before.
      at += 60_000;
      return described;
    };
    expect(await look(...members.slice(0, MAX_TASKS))).toBe(MAX_TASKS);
    expect(await look(first)).toBe(0);
    expect(await look(...members.slice(MAX_TASKS))).toBe(1);
    expect(await look(first)).toBe(0);
    expect(await look(second)).toBe(1);
  });
});
