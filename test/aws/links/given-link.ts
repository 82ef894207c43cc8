import type { MemberQuery } from '../../../src/workflow/ports/links/link-tasks.ts';
import { ACCOUNT, REGION } from '../aws-environment.ts';
import { aws } from '../given-executions.ts';

export const OTHER_REGION = 'us-east-1';

export function aTask(more: { region?: string; source?: string; destination?: string } = {}): string {
  return aws.addTask({ name: 'nightly', account: ACCOUNT, region: REGION, ...more });
}

export function tasks(count: number): string[] {
  return Array.from({ length: count }, () => aTask());
}

/** The ARN of a location, a different one for each number. */
export function locationArn(number: number): string {
  return `arn:aws:datasync:${REGION}:${ACCOUNT}:location/loc-${String(number).padStart(17, '0')}`;
}

/** The ARN of a task that AWS does not know. */
export function unknownTask(): string {
  return `arn:aws:datasync:${REGION}:${ACCOUNT}:task/task-${'0'.repeat(17)}`;
}

export function queryFor(members: Partial<MemberQuery>): MemberQuery {
  return { region: REGION, role: null, tasks: [], locations: [], ...members };
}

/** How many calls of each operation were made since the last time. */
export function countCalls(): () => Record<string, number> {
  let from = aws.calls.length;
  return () => {
    const counts: Record<string, number> = {};
    for (const { operation } of aws.calls.slice(from)) counts[operation] = (counts[operation] ?? 0) + 1;
    from = aws.calls.length;
    return counts;
  };
}
