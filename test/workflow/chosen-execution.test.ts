import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LocalDataSync } from '../../sandbox/datasync/start-data-sync.ts';
import { chosenExecution } from '../../src/workflow/chosen-execution.ts';
import { arnOf } from '../datasync/aws-environment.ts';
import { CHANNEL, policy, rule } from '../domain/given.ts';
import { type Bot, type Outside, outside, startAwsWithOne, startBot } from './given-bot.ts';

let aws: LocalDataSync;
let arn: string;
let world: Outside;
let bot: Bot;

beforeEach(async () => {
  ({ aws, arn } = await startAwsWithOne());
  world = outside();
  bot = await startBot(arn, world);
});
afterEach(async () => {
  bot.close();
  await aws.stop();
});

const look = (user: string, channel = CHANNEL) => chosenExecution(bot.deps, { user, channel, execution: arnOf(arn) });

describe('an execution that was chosen in the form', () => {
  it('is shown to who may request a limit for it here', async () => {
    expect(await look('U0OPER')).toMatchObject({ kind: 'seen', execution: { status: 'TRANSFERRING' } });
  });

  it('is not looked at for anybody else, whatever they sent', async () => {
    expect(await look('U0NOBODY')).toMatchObject({ kind: 'refused', refusal: { why: 'may-not-ask' } });
    expect(await look('U0OPER', 'C0OTHER')).toMatchObject({ refusal: { why: 'no-rule', elsewhere: [] } });
    world.rule = { ...world.rule, requesters: { users: [], groups: ['S0GONE'] } };
    expect(await look('U0OPER')).toMatchObject({ refusal: { why: 'groups-unknown' } });
    expect(aws.calls).toEqual([]);
  });

  it('is shown to nobody whom the policy of another bot does not let request', async () => {
    const strict = policy(rule({ requesters: { users: ['U0LEAD'], groups: [] } }));
    world.others = [{ policy: strict.policy, digest: 'strict' }];
    expect(await look('U0OPER')).toMatchObject({ kind: 'refused', refusal: { why: 'may-not-ask' } });
    world.others = [{ policy: policy().policy, digest: 'none' }];
    expect(await look('U0OPER')).toMatchObject({ refusal: { why: 'no-rule' } });
    expect(aws.calls).toEqual([]);
  });

  it('is said to be unknown where AWS does not answer', async () => {
    aws.fail({ kind: 'internal' });
    expect(await look('U0OPER')).toMatchObject({ kind: 'fault' });
  });
});
