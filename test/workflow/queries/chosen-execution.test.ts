import { describe, expect, it } from 'vitest';
import { chosenExecution } from '../../../src/workflow/queries/chosen-execution.ts';
import { arnOf } from '../../aws/aws-environment.ts';
import { CHANNEL, policy, rule } from '../../domain/given.ts';
import { givenBot } from '../given-bot.ts';

const given = givenBot();

const look = (user: string, channel = CHANNEL) =>
  chosenExecution(given.bot.deps, { user, channel, execution: arnOf(given.arn) });

describe('an execution that was chosen in the form', () => {
  it('is shown to who may request a limit for it here', async () => {
    expect(await look('U0OPER')).toMatchObject({ kind: 'seen', execution: { status: 'TRANSFERRING' } });
  });

  it('is not looked at for anybody else, whatever they sent', async () => {
    expect(await look('U0NOBODY')).toMatchObject({ kind: 'refused', refusal: { why: 'may-not-ask' } });
    expect(await look('U0OPER', 'C0OTHER')).toMatchObject({ refusal: { why: 'no-rule', elsewhere: [] } });
    given.world.rule = { ...given.world.rule, requesters: { users: [], groups: ['S0GONE'] } };
    expect(await look('U0OPER')).toMatchObject({ refusal: { why: 'groups-unknown' } });
    expect(given.aws.calls).toEqual([]);
  });

  it('is shown to nobody whom the policy of another bot does not let request', async () => {
    const strict = policy(rule({ requesters: { users: ['U0LEAD'], groups: [] } }));
    given.world.others = [{ policy: strict.policy, digest: 'strict' }];
    expect(await look('U0OPER')).toMatchObject({ kind: 'refused', refusal: { why: 'may-not-ask' } });
    given.world.others = [{ policy: policy().policy, digest: 'none' }];
    expect(await look('U0OPER')).toMatchObject({ refusal: { why: 'no-rule' } });
    expect(given.aws.calls).toEqual([]);
  });

  it('is shown as unknown if AWS does not answer', async () => {
    given.aws.fail({ kind: 'internal' });
    expect(await look('U0OPER')).toMatchObject({ kind: 'fault' });
  });
});
