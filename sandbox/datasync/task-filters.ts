import { invalidRequest } from './refusal.ts';
import type { TaskState } from './task-state.ts';

const LOCATION =
  /^arn:(aws|aws-cn|aws-us-gov|aws-eusc|aws-iso|aws-iso-b):datasync:[a-z\-0-9]+:[0-9]{12}:location\/loc-[0-9a-z]{17}$/;

/**
 * The tasks that pass all Filters of a ListTasks. A filter that this sandbox doesn't have is refused, so that nobody takes an
 * unfiltered list for a filtered one.
 */
export function filteredTasks(tasks: TaskState[], filters: unknown): TaskState[] {
  if (filters === undefined) return tasks;
  if (!Array.isArray(filters)) throw invalidRequest('Filters is no list.');
  const locations = filters.map((filter) => locationsOf(filter));
  return tasks.filter((task) => locations.every((any) => any.includes(task.source) || any.includes(task.destination)));
}

function locationsOf(filter: unknown): string[] {
  const { Name, Operator, Values }: Filter = typeof filter === 'object' && filter !== null ? filter : {};
  if (Name !== 'LocationId') throw invalidRequest(`Filter ${JSON.stringify(Name)} is not one of this sandbox's.`);
  if (Operator !== 'Equals' && Operator !== 'In') {
    throw invalidRequest(`Operator ${JSON.stringify(Operator)} is not one of this sandbox's.`);
  }
  if (!Array.isArray(Values) || Values.length === 0 || (Operator === 'Equals' && Values.length > 1)) {
    throw invalidRequest(`Values don't fit ${Operator}.`);
  }
  for (const value of Values) {
    if (typeof value !== 'string' || !LOCATION.test(value)) throw invalidRequest('Malformed location ARN.');
  }
  return Values;
}

interface Filter {
  Name?: unknown;
  Operator?: unknown;
  Values?: unknown;
}
