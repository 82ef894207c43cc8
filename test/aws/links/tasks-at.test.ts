import { describe, expect, it } from 'vitest';
import { REGION, ROLE } from '../aws-environment.ts';
import { adapter, aws, count, givenAws } from '../given-executions.ts';
import { aTask, locationArn, queryFor } from './given-link.ts';

givenAws();

const HERE = { region: REGION, role: null };
const LOCATION = locationArn(1);
const TWO_MINUTES = 120_000;

let at = Date.parse('2026-11-22T10:00:00Z');
const clock = { now: () => new Date(at) };

describe('the tasks at a location', () => {
  it('are those from it and to it, on all pages', async () => {
    const here = [aTask({ source: LOCATION }), aTask({ destination: LOCATION })];
    aTask({ source: locationArn(2) });
    for (let number = 0; number < 120; number++) here.push(aTask({ source: LOCATION }));
    expect(await adapter().linkTasks.tasksAt(LOCATION, HERE, TWO_MINUTES)).toEqual(new Set(here));
    expect(count('ListTasks')).toBe(2);
  });

  it('are asked for once by those who ask at once, and again when the answer is too old', async () => {
    const { linkTasks } = adapter({}, clock);
    const now = () => linkTasks.tasksAt(LOCATION, HERE, TWO_MINUTES);
    const task = aTask({ source: LOCATION });
    expect(await Promise.all([now(), now(), now()])).toEqual(Array(3).fill(new Set([task])));
    expect(count('ListTasks')).toBe(1);
    const newer = aTask({ source: LOCATION });
    at += TWO_MINUTES;
    expect(await now()).toEqual(new Set([task]));
    at += 1;
    expect(await now()).toEqual(new Set([task, newer]));
    expect(count('ListTasks')).toBe(2);
  });

  it('are not taken from a call that began too long ago, and its late answer replaces no newer one', async () => {
    const { linkTasks } = adapter({ attempt: 60_000, describe: 60_000, linkLook: 60_000 }, clock);
    const now = () => linkTasks.tasksAt(LOCATION, HERE, TWO_MINUTES);
    aws.fail({ kind: 'hang', operation: 'ListTasks', times: 1, ms: 500 });
    const slow = now();
    await aws.until(() => count('ListTasks') === 1);
    at += TWO_MINUTES + 1;
    await now();
    expect(count('ListTasks')).toBe(2);
    await slow;
    at += TWO_MINUTES;
    await now();
    expect(count('ListTasks')).toBe(2);
  });

  it('are known without a call once they were read, to each role by itself, for an hour', async () => {
    const { linkTasks } = adapter({}, clock);
    const task = aTask({ source: LOCATION });
    expect(linkTasks.knownTasksAt(LOCATION, null)).toBeNull();
    await linkTasks.tasksAt(LOCATION, HERE, TWO_MINUTES);
    expect(linkTasks.knownTasksAt(LOCATION, null)).toEqual(new Set([task]));
    expect(linkTasks.knownTasksAt(LOCATION, ROLE)).toBeNull();
    at += 3_600_000;
    expect(linkTasks.knownTasksAt(LOCATION, null)).toEqual(new Set([task]));
    at += 1;
    expect(linkTasks.knownTasksAt(LOCATION, null)).toBeNull();
    expect(count('ListTasks')).toBe(1);
  });

  it('are known from a look for what runs', async () => {
    const { linkTasks } = adapter({}, clock);
    const task = aTask({ source: LOCATION });
    await linkTasks.running(queryFor({ locations: [LOCATION] }));
    expect(linkTasks.knownTasksAt(LOCATION, null)).toEqual(new Set([task]));
    expect(await linkTasks.tasksAt(LOCATION, HERE, TWO_MINUTES)).toEqual(new Set([task]));
    expect(count('ListTasks')).toBe(1);
  });

  it('stay known while AWS fails, and who asks is told of the fault, which is not kept', async () => {
    const { linkTasks } = adapter({}, clock);
    const now = () => linkTasks.tasksAt(LOCATION, HERE, TWO_MINUTES);
    const task = aTask({ source: LOCATION });
    await now();
    at += TWO_MINUTES + 1;
    aws.fail({ kind: 'deny', operation: 'ListTasks', times: 1 });
    const both = await Promise.allSettled([now(), now()]);
    expect(both).toMatchObject(Array(2).fill({ reason: { kind: 'denied', operation: 'datasync:ListTasks' } }));
    expect(linkTasks.knownTasksAt(LOCATION, null)).toEqual(new Set([task]));
    expect(await now()).toEqual(new Set([task]));
  });

  it('are a fault in time where AWS hangs', async () => {
    aws.fail({ kind: 'hang', operation: 'ListTasks' });
    for (const limits of [{ linkLook: 400 }, { describe: 400 }]) {
      const { linkTasks } = adapter({ attempt: 60_000, describe: 60_000, linkLook: 60_000, ...limits });
      await expect(linkTasks.tasksAt(LOCATION, HERE, TWO_MINUTES)).rejects.toMatchObject({ kind: 'no-answer' });
    }
  });
});
