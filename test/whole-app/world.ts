import { inject } from 'vitest';
import { startWorld, type World, type WorldOptions } from '../../src/sandbox/local-world.ts';

export const ACCOUNT = '111122223333';
export const COMMAND = '/datasync-throttle';

export const POLICY = `
version: 1
audit:
  readers: { users: [U0AUDIT, U0LEAD] }
rules:
  - name: production
    match: { accounts: ["${ACCOUNT}"], regions: [us-east-1, eu-west-1], channels: [C0OPS] }
    requesters: { groups: [S0OPS] }
    approvers: { groups: [S0LEADS] }
    approvals: { lower: 1, raise: 1, unlimited: 2 }
    rate: { min: 1MiB/s, max: 1GiB/s }
    maxDuration: 12h
    role: arn:aws:iam::${ACCOUNT}:role/datasync-throttle
`;

export const MiB = 1_048_576;

/** A world with one running execution, limited to 100 MiB/s, and one bot. */
export async function startTestWorld(options: Partial<WorldOptions> = {}): Promise<World & { arn: string }> {
  const world = await startWorld({ redisUrl: inject('redisUrl'), policy: POLICY, ...options });
  const task = world.aws.addTask({ name: 'nightly-archive', account: ACCOUNT, region: 'us-east-1' });
  const arn = world.aws.startExecution(task, {
    bytes: 2_000_000 * MiB,
    bytesPerSecond: 100 * MiB,
    status: 'TRANSFERRING',
  });
  await world.startBot();
  return { ...world, arn };
}
