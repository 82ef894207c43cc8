import { describe, expect, it } from 'vitest';
import { AwsFault } from '../../../src/workflow/faults.ts';
import { MIB, rule } from '../../domain/given.ts';
import { givenBot, idOf } from '../given-bot.ts';

const given = givenBot();

const pending = async () => idOf(await given.bot.ask());

describe('a review', () => {
  it('by an approver: approved, shown, applied', async () => {
    const id = await pending();
    const decided = await given.bot.review(id, 'U0LEAD');
    expect(decided).toMatchObject({
      kind: 'decided',
      event: 'approved',
      record: { seq: 2 },
      request: { status: 'approved' },
    });
    await given.bot.work();
    expect((await given.bot.request(id)).status).toBe('applied');
  });

  it('repeated by the same click changes nothing', async () => {
    given.world.rule = rule({ role: null, approvals: { lower: 2, raise: 2, unlimited: null } });
    const id = await pending();
    expect(await given.bot.review(id, 'U0LEAD', 'approve', 'click')).toMatchObject({ kind: 'decided' });
    expect(await given.bot.review(id, 'U0LEAD', 'approve', 'click')).toEqual({ kind: 'repeated', event: 'approved' });
    expect(await given.bot.review(id, 'U0LEAD')).toMatchObject({
      kind: 'refused',
      refusal: { why: 'decided-already' },
    });
    expect(await given.bot.events()).toEqual(['requested', 'approved', 'decision.refused']);
  });

  it('that is refused says so each time, with one record a minute and no work', async () => {
    const id = await pending();
    await given.bot.work();
    const refused = { kind: 'refused', refusal: { why: 'may-not-decide' } };
    for (let click = 0; click < 20; click++) expect(await given.bot.review(id, 'U0OPER')).toMatchObject(refused);
    expect(await given.bot.events()).toEqual(['requested', 'decision.refused']);
    expect(await given.bot.redis.xlen(given.bot.keys.awsOutbox)).toBe(0);
    // Another person, another way to try, another minute.
    expect(await given.bot.review(id, 'U0GUEST')).toMatchObject({ kind: 'refused' });
    expect(await given.bot.review(id, 'U0OPER', 'deny')).toMatchObject(refused);
    given.world.seconds += 60;
    expect(await given.bot.review(id, 'U0OPER')).toMatchObject(refused);
    expect(await given.bot.events()).toEqual(['requested', ...Array.from({ length: 4 }, () => 'decision.refused')]);
  });

  it('by somebody who may not decide is refused on record, whatever AWS answers', async () => {
    const id = await pending();
    given.aws.fail({ kind: 'internal' });
    expect(await given.bot.review(id, 'U0OPER')).toMatchObject({
      refusal: { why: 'may-not-decide', denial: 'requester' },
    });
    expect(await given.bot.review(id, 'U0GUEST')).toMatchObject({
      refusal: { why: 'not-a-member', kind: 'guest' },
    });
    // What was read for the request is too old to approve by.
    given.world.seconds += 61;
    await expect(given.bot.review(id, 'U0LEAD')).rejects.toThrow(AwsFault);
    expect(await given.bot.events()).toEqual(['requested', 'decision.refused', 'decision.refused']);
    expect(await given.bot.review(id, 'U0LEAD', 'deny')).toMatchObject({ kind: 'decided', event: 'denied' });
  });

  it('ends a request if another rate is in force by now', async () => {
    const id = await pending();
    given.aws.setLimit(given.arn, 7 * MIB);
    given.world.seconds += 61;
    expect(await given.bot.review(id, 'U0LEAD')).toMatchObject({
      kind: 'decided',
      event: 'apply.stale',
      request: { status: 'stale', ending: { why: 'rate', rate: 7 * MIB } },
    });
    await given.bot.work();
    expect(given.bot.shown.map(({ kind }) => kind)).toContain('result');
    expect(await given.bot.ask()).toMatchObject({ kind: 'asked' });
  });

  it('goes by what was read within the last minute; nothing is sent where another rate is in force by now', async () => {
    const id = await pending();
    given.aws.setLimit(given.arn, 7 * MIB);
    given.world.seconds += 60;
    const reads = () => given.aws.calls.filter(({ operation }) => operation === 'DescribeTaskExecution').length;
    const before = reads();
    expect(await given.bot.review(id, 'U0LEAD')).toMatchObject({ kind: 'decided', event: 'approved' });
    expect(reads()).toBe(before);
    await given.bot.work();
    expect(await given.bot.request(id)).toMatchObject({ status: 'stale', ending: { why: 'rate', rate: 7 * MIB } });
    expect(given.sent()).toEqual([]);
  });

  it('ends no request by an answer from before a change that another bot sent', async () => {
    const other = await given.another();
    given.world.rule = rule({ role: null, approvals: { lower: 0, raise: 1, unlimited: null } });
    // This bot has read 100 MiB/s, and the other one sets 50.
    await given.bot.preview();
    await other.ask();
    await other.work();
    const id = idOf(await other.ask({ rate: { kind: 'absolute', bytesPerSecond: 60 * MIB } }));
    expect(await given.bot.review(id, 'U0LEAD')).toMatchObject({ kind: 'decided', event: 'approved' });
    await other.work();
    expect(given.sent()).toEqual([50, 60]);
  });

  it('goes by the current rule', async () => {
    const id = await pending();
    given.world.rule = rule({ role: null, approvers: { users: ['U0SECOND'], groups: [] } });
    expect(await given.bot.review(id, 'U0LEAD')).toMatchObject({ refusal: { denial: 'not-an-approver' } });
    expect(await given.bot.review(id, 'U0SECOND')).toMatchObject({ event: 'approved' });
  });

  it('after the expiry ends it, even if the timer did not fire', async () => {
    const id = await pending();
    given.world.seconds = 1800;
    expect(await given.bot.review(id, 'U0LEAD')).toMatchObject({ event: 'expired', request: { status: 'expired' } });
  });

  it('of an unknown request is refused', async () => {
    expect(await given.bot.review('r-nothing', 'U0LEAD')).toEqual({
      kind: 'refused',
      refusal: { why: 'unknown-request' },
      request: null,
    });
  });

  it('by two at the same moment: one decides, the other is refused', async () => {
    const id = await pending();
    const both = await Promise.all([given.bot.review(id, 'U0LEAD'), given.bot.review(id, 'U0SECOND', 'deny')]);
    expect(both.map(({ kind }) => kind).sort()).toEqual(['decided', 'refused']);
    expect((await given.bot.request(id)).version).toBe(2);
  });
});
