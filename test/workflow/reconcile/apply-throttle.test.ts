import { describe, expect, it } from 'vitest';
import { applyThrottle } from '../../../src/workflow/reconcile/apply-throttle.ts';
import { ROLE } from '../../aws/aws-environment.ts';
import { MIB, rule } from '../../domain/given.ts';
import { approved, givenBot, updates } from '../given-bot.ts';

const given = givenBot();

describe('apply', () => {
  it('puts the intent on record, sends once, reads back', async () => {
    const id = await approved(given.bot);
    await given.bot.work();
    expect(given.limit()).toBe(50);
    expect(updates(given.aws)).toHaveLength(1);
    expect(updates(given.aws)[0]?.input).toEqual({
      TaskExecutionArn: given.arn,
      Options: { BytesPerSecond: 50 * MIB },
    });
    expect(await given.bot.events()).toEqual(['requested', 'approved', 'apply.started', 'applied']);
    const request = await given.bot.request(id);
    expect(request).toMatchObject({ status: 'applied', ending: { rate: 50 * MIB, by: null } });
    expect(given.aws.calls.map(({ requestId }) => requestId)).toContain(request.ending?.awsRequestId);
    expect(given.bot.shown.at(-1)?.kind).toBe('result');
    expect(await given.bot.redis.zrange(given.bot.keys.timers, '0', '-1')).toEqual([
      JSON.stringify({ kind: 'watch', request: id }),
    ]);
  });

  it('applies at once if no approval is needed', async () => {
    given.world.rule = rule({ role: null, approvals: { lower: 0, raise: 1, unlimited: null } });
    const asked = await given.bot.ask();
    expect(asked).toMatchObject({ kind: 'asked', request: { status: 'approved' } });
    await given.bot.work();
    expect(await given.bot.events()).toEqual(['requested', 'apply.started', 'applied']);
  });

  it('sends in a session of its own, under the requester’s name, if the rule has a role', async () => {
    given.world.rule = rule({ role: ROLE });
    const id = await approved(given.bot);
    await given.bot.work();
    expect((await given.bot.request(id)).status).toBe('applied');
    const session = given.aws.calls.find(({ input }) => input.SourceIdentity === 'slack-T0-U0OPER');
    expect(session).toMatchObject({ operation: 'AssumeRole', input: { RoleSessionName: id, RoleArn: ROLE } });
  });

  it('does nothing when it is run again after its end', async () => {
    const id = await approved(given.bot);
    await given.bot.work();
    const before = await given.bot.events();
    const claim = { stream: 'aws' as const, entry: '1-0', consumer: 'x', deliveries: 1 };
    expect(await applyThrottle(given.bot.deps, id, claim)).toEqual({ kind: 'done' });
    expect(await applyThrottle(given.bot.deps, 'r-nothing', claim)).toEqual({ kind: 'done' });
    expect(await given.bot.events()).toEqual(before);
  });
});
