import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LocalDataSync } from '../../sandbox/datasync/start-data-sync.ts';
import { listExecutions } from '../../src/workflow/list-executions.ts';
import { CHANNEL, rule } from '../domain/given.ts';
import { type Bot, type Outside, outside, startAwsWithOne, startBot } from './given-bot.ts';

let aws: LocalDataSync;
let arn: string;
let world: Outside;
let bot: Bot;

beforeEach(async () => {
  ({ aws, arn } = await startAwsWithOne());
  world = outside({ approvals: { lower: 0, raise: 1, unlimited: null } });
  bot = await startBot(arn, world);
});
afterEach(async () => {
  bot.close();
  await aws.stop();
  vi.unstubAllEnvs();
});

const calls = (operation: string) => aws.calls.filter((call) => call.operation === operation).length;

describe('while AWS fails', () => {
  it('a watch looks once each time, and a name that can’t be had is asked for once a minute', async () => {
    await bot.ask();
    await bot.work();
    // The name was learned by asking; it is forgotten after ten minutes.
    world.seconds += 700;
    await bot.work();
    aws.fail({ kind: 'deny' });
    world.seconds += 300;
    await bot.work();
    world.seconds += 700;
    const [describes, names] = [calls('DescribeTaskExecution'), calls('DescribeTask')];
    for (let look = 1; look <= 3; look++) {
      await bot.work();
      expect(calls('DescribeTaskExecution')).toBe(describes + look);
      expect(calls('DescribeTask')).toBe(names + look);
      // Denied: five minutes apart.
      world.seconds += 300;
    }
  });

  it('the form’s list says that it is not known what runs, and lets a pasted ARN be chosen', async () => {
    aws.fail({ kind: 'internal' });
    const deps = { ...bot.deps, defaultRegion: null };
    const asked = { user: 'U0OPER', channel: CHANNEL, query: '' };
    world.rule = rule({ role: null, match: { regions: ['eu-west-1'] } });
    expect(await listExecutions(deps, asked)).toEqual({ executions: [], unknown: true });
    expect(await listExecutions(deps, { ...asked, query: arn })).toMatchObject({
      executions: [{ arn, status: 'not known' }],
    });
    // No Region anywhere: nobody has looked.
    world.rule = rule({ role: null });
    expect(await listExecutions(deps, asked)).toEqual({ executions: [], unknown: true });
    aws.recover();
    world.rule = rule({ role: null, match: { regions: ['us-east-1'] } });
    expect(await listExecutions(deps, asked)).toEqual({ executions: [], unknown: false });
    // Whose rules these are not learns nothing of it.
    world.rule = rule({ role: null });
    expect(await listExecutions(deps, { ...asked, user: 'U0NOBODY' })).toEqual({ executions: [], unknown: false });
  });
});
