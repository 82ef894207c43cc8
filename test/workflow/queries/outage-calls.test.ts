import { describe, expect, it } from 'vitest';
import { listExecutions } from '../../../src/workflow/queries/list-executions.ts';
import { CHANNEL, rule } from '../../domain/given.ts';
import { givenBot } from '../given-bot.ts';

const given = givenBot({ approvals: { lower: 0, raise: 1, unlimited: null } });

const calls = (operation: string) => given.aws.calls.filter((call) => call.operation === operation).length;

describe('while AWS fails', () => {
  it('polling reads once each time, and an unavailable name is requested once a minute', async () => {
    await given.bot.ask();
    await given.bot.work();
    // The name was learned by asking; it is forgotten after ten minutes.
    given.world.seconds += 700;
    await given.bot.work();
    given.aws.fail({ kind: 'deny' });
    given.world.seconds += 300;
    await given.bot.work();
    given.world.seconds += 700;
    const [describes, names] = [calls('DescribeTaskExecution'), calls('DescribeTask')];
    for (let look = 1; look <= 3; look++) {
      await given.bot.work();
      expect(calls('DescribeTaskExecution')).toBe(describes + look);
      expect(calls('DescribeTask')).toBe(names + look);
      // Denied: five minutes apart.
      given.world.seconds += 300;
    }
  });

  it('the form’s list says that it is not known what runs, and lets a pasted ARN be chosen', async () => {
    given.aws.fail({ kind: 'internal' });
    const deps = { ...given.bot.deps, defaultRegion: null };
    const asked = { user: 'U0OPER', channel: CHANNEL, query: '' };
    given.world.rule = rule({ role: null, match: { regions: ['eu-west-1'] } });
    expect(await listExecutions(deps, asked)).toEqual({ executions: [], unknown: true });
    expect(await listExecutions(deps, { ...asked, query: given.arn })).toMatchObject({
      executions: [{ arn: given.arn, status: 'not known' }],
    });
    // No Region anywhere: nobody has looked.
    given.world.rule = rule({ role: null });
    expect(await listExecutions(deps, asked)).toEqual({ executions: [], unknown: true });
    given.aws.recover();
    given.world.rule = rule({ role: null, match: { regions: ['us-east-1'] } });
    expect(await listExecutions(deps, asked)).toEqual({ executions: [], unknown: false });
    // Whose rules these are not learns nothing of it.
    given.world.rule = rule({ role: null });
    expect(await listExecutions(deps, { ...asked, user: 'U0NOBODY' })).toEqual({ executions: [], unknown: false });
  });
});
