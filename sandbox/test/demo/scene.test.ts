import { afterEach, beforeEach, expect, it } from 'vitest';
import { type LocalDataSync, startDataSync } from '../../datasync/start-data-sync.ts';
import { setScene } from '../../demo/scene.ts';

const MiB = 1_048_576;

let aws: LocalDataSync;
beforeEach(async () => {
  aws = await startDataSync({ now: () => new Date('2026-11-22T10:00:00Z') });
});
afterEach(() => aws.stop());

it('has three executions without limits on a wire that is too narrow for them, and the star on none', () => {
  const { star, wire } = setScene(aws);
  const moving = aws.executions().filter(({ status }) => status === 'TRANSFERRING');
  const sharing = moving.filter(({ taskArn }) => wire.tasks.includes(taskArn));
  expect(sharing.map(({ taskName, bytesPerSecond, rate }) => [taskName, bytesPerSecond, rate / MiB])).toEqual([
    ['db-backups', -1, 90],
    ['media-masters', -1, 90],
    ['lab-images', -1, 60],
  ]);
  expect(wire.capacity).toBe(240 * MiB);
  expect(moving.filter((one) => !sharing.includes(one)).map(({ arn }) => arn)).toEqual([star]);
});
