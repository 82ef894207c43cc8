import { afterEach, beforeEach, vi } from 'vitest';
import type { DataSyncOptions, LocalDataSync } from '../../sandbox/datasync/start-data-sync.ts';
import { createExecutions, type DataSyncExecutions } from '../../src/aws/executions.ts';
import type { TimeLimits } from '../../src/aws/time-limits.ts';
import type { Clock } from '../../src/workflow/ports/clock.ts';
import type { Access } from '../../src/workflow/ports/executions.ts';
import { ACCOUNT, REGION, startAws } from './aws-environment.ts';

export const READ: Access = { role: null, session: { kind: 'read' } };
export const CHANGE: Access = {
  role: null,
  session: { kind: 'change', request: 'r-0123456789', team: 'T1', user: 'U1' },
};
export const RUNNING = { bytes: 1e12, status: 'TRANSFERRING' };

/** The local AWS of the test that runs, and a task in it. */
export let aws: LocalDataSync;
export let task: string;

const made: DataSyncExecutions[] = [];

/** Each test of the file gets an AWS of its own. */
export function givenAws(): void {
  beforeEach(() => startNewAws());
  afterEach(async () => {
    for (const executions of made.splice(0)) executions.close();
    await aws.stop();
    vi.unstubAllEnvs();
  });
}

/** The one before has to be stopped. */
export async function startNewAws(options: DataSyncOptions = {}): Promise<void> {
  aws = await startAws(options);
  task = aws.addTask({ name: 'nightly archive', account: ACCOUNT, region: REGION, mode: 'ENHANCED' });
}

/** The adapter under test, which is closed after the test. */
export function adapter(limits: Partial<TimeLimits> = {}, clock: Clock = { now: () => new Date() }) {
  const executions = createExecutions({ clock, limits });
  made.push(executions);
  return executions;
}

export const operations = () => aws.calls.map(({ operation }) => operation);
export const count = (operation: string) => operations().filter((one) => one === operation).length;
