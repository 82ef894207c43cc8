import { parseTaskArn } from '../../execution/task-arn.ts';
import { formatRate, UNLIMITED } from '../../rate/rate.ts';
import type { Rule } from '../policy.ts';
import { isMapping, type PolicyFault, partOf, rate, task } from '../policy-fields.ts';
import { capacity, locationArn, taskArn } from './link-fields.ts';
import { memberRule } from './link-rules.ts';
import { timetableFaults } from './timetable-faults.ts';

/**
 * What is wrong between the parts of links, between links, and between links and rules. `matches`: what each rule matches;
 * null where that can't be read.
 */
export function linkFaults(links: readonly unknown[], matches: readonly (Rule['match'] | null)[]): PolicyFault[] {
  return [
    ...links.flatMap((raw, index) =>
      faultsWithin(raw).map((fault) => ({ ...fault, path: ['links', index, ...fault.path] })),
    ),
    ...namedTwice(links, 'tasks'),
    ...namedTwice(links, 'locations'),
    ...tasksWithoutRule(links, matches),
  ];
}

function faultsWithin(raw: unknown): PolicyFault[] {
  if (!isMapping(raw)) return [];
  return [...memberFaults(raw), ...floorFaults(raw), ...weightFaults(raw), ...timetableFaults(raw)];
}

function memberFaults({ tasks, locations }: Record<string, unknown>): PolicyFault[] {
  const isNone = (value: unknown) => value === undefined || (Array.isArray(value) && value.length === 0);
  if (!isNone(tasks) || !isNone(locations)) return [];
  return [{ path: ['tasks'], problem: 'names no task, and locations no location', expected: 'at least one of either' }];
}

function floorFaults(raw: Record<string, unknown>): PolicyFault[] {
  if (raw.floor === undefined) return [];
  const fault = (problem: string, expected: string): PolicyFault[] => [{ path: ['floor'], problem, expected }];
  if (raw.share === 'each') {
    return fault(
      'has no meaning with share: each, where each execution may have all of the capacity',
      'no floor: remove it',
    );
  }
  const floor = partOf(rate, raw.floor);
  const windows: unknown[] = Array.isArray(raw.timetable) ? raw.timetable : [];
  const capacities = [
    { of: 'the capacity of the link', rate: partOf(capacity, raw.capacity) },
    ...windows.map((window, index) => ({
      of: `the capacity of timetable[${index}]`,
      rate: isMapping(window) ? partOf(capacity, window.capacity) : null,
    })),
  ];
  const exceeded = capacities.find(
    (one) => one.rate !== null && one.rate !== UNLIMITED && floor !== null && floor > one.rate,
  );
  if (floor === null || exceeded?.rate == null) return [];
  return fault(`is ${formatRate(floor)}, more than ${exceeded.of}`, `at most ${formatRate(exceeded.rate)}`);
}

function weightFaults({ weights, tasks, locations }: Record<string, unknown>): PolicyFault[] {
  if (!isMapping(weights)) return [];
  const listed = (Array.isArray(tasks) ? tasks : []).map((arn) => (typeof arn === 'string' ? parseTaskArn(arn) : null));
  const ids = listed.map((parsed) => parsed?.taskId);
  // Tasks that belong to the link by their location are not known here, nor those whose ARN is misspelt.
  const isOpen =
    listed.includes(null) || (locations !== undefined && !(Array.isArray(locations) && locations.length === 0));
  return Object.keys(weights).flatMap((key): PolicyFault[] => {
    const path = ['weights', key];
    if (partOf(task, key) === null) {
      return [{ path, problem: 'is no task id', expected: 'the id of a task: task- and 17 of 0-9 and a-f' }];
    }
    if (isOpen || ids.includes(key)) return [];
    return [{ path, problem: 'is the id of no task of this link', expected: 'the id of a task that tasks lists' }];
  });
}

/** A task or a location belongs to one link, and is named there once. */
function namedTwice(links: readonly unknown[], key: 'tasks' | 'locations'): PolicyFault[] {
  const first = new Map<string, string>();
  const shape = key === 'tasks' ? taskArn : locationArn;
  return links.flatMap((raw, index) => {
    const list: unknown[] = isMapping(raw) && Array.isArray(raw[key]) ? raw[key] : [];
    return list.flatMap((value, place): PolicyFault[] => {
      const arn = partOf(shape, value);
      if (arn === null) return [];
      const before = first.get(arn);
      if (before === undefined) {
        first.set(arn, `links[${index}].${key}[${place}]`);
        return [];
      }
      const what = key === 'tasks' ? 'task' : 'location';
      return [
        { path: ['links', index, key, place], problem: `is ${before} too`, expected: `each ${what} once, in one link` },
      ];
    });
  });
}

function tasksWithoutRule(links: readonly unknown[], matches: readonly (Rule['match'] | null)[]): PolicyFault[] {
  // A rule that can't be read may be the one for the task.
  const rules = matches.flatMap((match) => (match === null ? [] : [{ match }]));
  if (rules.length < matches.length) return [];
  return links.flatMap((raw, index) => {
    const tasks: unknown[] = isMapping(raw) && Array.isArray(raw.tasks) ? raw.tasks : [];
    return tasks.flatMap((arn, place): PolicyFault[] => {
      const parsed = typeof arn === 'string' ? parseTaskArn(arn) : null;
      if (parsed === null || memberRule({ rules }, parsed) !== null) return [];
      return [
        {
          path: ['links', index, 'tasks', place],
          problem: 'is a task that no rule is for',
          expected: `a rule that matches account ${parsed.account}, Region ${parsed.region} and ${parsed.taskId}: its role changes the executions`,
        },
      ];
    });
  });
}
