import { describe, expect, it } from 'vitest';
import { MIB, person, rule } from '../../domain/given.ts';
import { approved, givenBot, updates } from '../given-bot.ts';

const given = givenBot();

describe('a request that is no longer valid when it is applied', () => {
  async function staleBy(change: () => void) {
    const id = await approved(given.bot);
    change();
    await given.bot.work();
    expect(updates(given.aws)).toEqual([]);
    expect(await given.bot.events()).toEqual(['requested', 'approved', 'apply.stale']);
    return (await given.bot.request(id)).ending?.why;
  }

  it('another rate in force', async () => {
    expect(await staleBy(() => given.aws.setLimit(given.arn, 9 * MIB))).toBe('rate');
  });

  it('the requested rate already in force, set by somebody else', async () => {
    expect(await staleBy(() => given.aws.setLimit(given.arn, 50 * MIB))).toBe('rate');
  });

  it('an execution that has ended', async () => {
    expect(await staleBy(() => given.aws.finish(given.arn, 'SUCCESS'))).toBe('status');
  });

  it('an approver who is a guest now, which takes no answer of AWS', async () => {
    const why = await staleBy(() => {
      given.aws.fail({ kind: 'internal' });
      given.world.people.set('U0LEAD', person('U0LEAD', 'guest'));
    });
    expect(why).toBe('policy');
  });

  it('a rule that is gone', async () => {
    expect(await staleBy(() => (given.world.rule = rule({ match: { accounts: ['999999999999'] } })))).toBe('policy');
  });

  it('waits while Slack can’t say who may approve', async () => {
    const id = await approved(given.bot);
    given.world.groups.set('S0LEADS', null);
    await given.bot.work();
    given.world.people.delete('U0LEAD');
    given.world.seconds += 5;
    await given.bot.work();
    expect(await given.bot.request(id)).toMatchObject({ status: 'approved' });
    given.world.groups.set('S0LEADS', ['U0LEAD']);
    given.world.people.set('U0LEAD', person('U0LEAD'));
    given.world.seconds += 5;
    await given.bot.work();
    expect((await given.bot.request(id)).status).toBe('applied');
  });

  it('waits while AWS does not answer, and expires if that lasts', async () => {
    const id = await approved(given.bot);
    given.aws.fail({ kind: 'internal', operation: 'DescribeTaskExecution' });
    await given.bot.work();
    given.world.seconds += 5;
    await given.bot.work();
    expect((await given.bot.request(id)).status).toBe('approved');
    given.world.seconds += 1800;
    await given.bot.work();
    expect((await given.bot.request(id)).status).toBe('expired');
    expect(updates(given.aws)).toEqual([]);
  });

  it('fails at once if AWS denies the read, with the missing action', async () => {
    const id = await approved(given.bot);
    given.aws.fail({ kind: 'deny', operation: 'DescribeTaskExecution' });
    await given.bot.work();
    const request = await given.bot.request(id);
    expect(request).toMatchObject({ status: 'failed', apply: null, ending: { why: 'denied' } });
    expect(request.ending?.refused?.action).toBe('datasync:DescribeTaskExecution');
    expect(updates(given.aws)).toEqual([]);
  });
});
