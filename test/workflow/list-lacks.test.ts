import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LocalDataSync } from '../../sandbox/datasync/start-data-sync.ts';
import { listLacks } from '../../src/workflow/list-executions.ts';
import { CHANNEL, policy } from '../domain/given.ts';
import { type Bot, type Outside, outside, sourceOf, startAwsWithOne, startBot } from './given-bot.ts';

let aws: LocalDataSync;
let world: Outside;
let bot: Bot;

beforeEach(async () => {
  const made = await startAwsWithOne();
  aws = made.aws;
  world = outside();
  bot = await startBot(made.arn, world);
});
afterEach(async () => {
  bot.close();
  await aws.stop();
});

/** What the list lacks for somebody, where one person alone sees all. */
function lacks(user: string, channel: string) {
  const made = policy(world.rule);
  const current = () => ({ ...made, policy: { ...made.policy, viewers: { users: ['U0VIEW'], groups: [] } } });
  return listLacks({ ...bot.deps, policy: sourceOf(current), defaultRegion: null }, { user, channel });
}

describe('what the list of executions lacks', () => {
  it('names rules, Regions and roles to those who may request by them, and to nobody else', async () => {
    expect(await lacks('U0OPER', CHANNEL)).toEqual([{ kind: 'no-region', rules: ['production'] }]);
    expect(await lacks('U0NOBODY', CHANNEL)).toEqual([]);
  });

  it('names other channels to them alone too', async () => {
    expect(await lacks('U0OPER', 'C0OTHER')).toEqual([{ kind: 'no-rule', channels: [CHANNEL] }]);
    expect(await lacks('U0NOBODY', 'C0OTHER')).toEqual([{ kind: 'no-rule', channels: [] }]);
  });
});
