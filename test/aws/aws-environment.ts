import { vi } from 'vitest';
import { type DataSyncOptions, type LocalDataSync, startDataSync } from '../../sandbox/datasync/start-data-sync.ts';
import type { ExecutionArn } from '../../src/domain/execution/task-execution.ts';
import { parseExecutionArn } from '../../src/domain/execution/task-execution.ts';

export const ACCOUNT = '111122223333';
export const REGION = 'eu-west-1';
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/datasync-throttle`;
export const OWN_KEY = 'AKIAOWNKEY';

/** A local AWS that the SDK finds through its environment, as the bot does. */
export async function startAws(options: DataSyncOptions = {}): Promise<LocalDataSync> {
  const sync = await startDataSync({ ownAccount: ACCOUNT, ...options });
  vi.stubEnv('AWS_ENDPOINT_URL_DATASYNC', sync.url);
  vi.stubEnv('AWS_ENDPOINT_URL_STS', sync.stsUrl);
  vi.stubEnv('AWS_ACCESS_KEY_ID', OWN_KEY);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  return sync;
}

export function arnOf(text: string): ExecutionArn {
  const parsed = parseExecutionArn(text);
  if (!parsed.ok) throw new Error(`not the ARN of an execution: ${text}`);
  return parsed.value;
}
