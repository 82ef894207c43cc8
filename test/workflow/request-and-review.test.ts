import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LocalDataSync } from '../../sandbox/datasync/start-data-sync.ts';
import { AwsFault, PersonUnknown } from '../../src/workflow/faults.ts';
import { openReview } from '../../src/workflow/open-review.ts';
import { MIB, person, rule } from '../domain/given.ts';
import { verifiedLog } from '../ledger/given-ledger.ts';
import { type Bot, type Outside, outside, startAwsWithOne, startBot, updates } from './given-bot.ts';

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
  vi.unstubAllEnvs();
});

async function pending(): Promise<string> {
  const asked = await bot.ask();
  if (asked.kind !== 'asked') throw new Error(asked.kind);
  return asked.request.id;
}
const newest = async () => (await bot.ledger.lookUp({ kind: 'all' }, 1))[0]?.record;

describe('ask', () => {
  it('is one write: the request, its record, its card, its time', async () => {
    const asked = await bot.ask({ reason: 'the link is full', durationSeconds: 600 });
    expect(asked).toMatchObject({
      kind: 'asked',
      request: { status: 'pending', from: 100 * MIB, to: 50 * MIB, taskName: 'nightly', durationSeconds: 600 },
      record: { seq: 1, hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    await bot.work();
    expect(bot.shown.map(({ kind }) => kind)).toEqual(['show']);
    expect(await verifiedLog(bot)).toHaveLength(1);
    expect(updates(aws)).toEqual([]);
  });

  it('again by the same click is the same request', async () => {
    const first = await bot.ask({ op: 'click' });
    if (first.kind !== 'asked') throw new Error(first.kind);
    expect(await bot.ask({ op: 'click' })).toEqual({ kind: 'repeated', request: first.request.id });
    expect(await bot.events()).toEqual(['requested']);
  });

  it('many at once for one execution: one is asked, the others are told which', async () => {
    const all = await Promise.all(Array.from({ length: 10 }, () => bot.ask()));
    const [asked] = all.filter(({ kind }) => kind === 'asked');
    if (asked?.kind !== 'asked') throw new Error('nobody could ask');
    const others = all.filter((one) => one !== asked);
    expect(others).toHaveLength(9);
    for (const other of others) {
      expect(other).toMatchObject({ kind: 'refused', refusal: { why: 'already-open', request: asked.request.id } });
    }
    expect(await bot.events()).toEqual(['requested']);
  });

  it('that the policy refuses is on record, with what was seen', async () => {
    expect(await bot.ask({ channel: 'C0OTHER' })).toMatchObject({ kind: 'refused', refusal: { why: 'no-rule' } });
    expect(await newest()).toMatchObject({ event: 'refused', from: null, rule: null, channel: 'C0OTHER' });
    expect(await bot.ask({ user: 'U0NOBODY' })).toMatchObject({ refusal: { why: 'may-not-ask' } });
    expect(aws.calls).toEqual([]);
    expect(await bot.ask({ rate: { kind: 'percent', percent: 0.5 } })).toMatchObject({
      refusal: { why: 'rate-outside' },
    });
    expect(await newest()).toMatchObject({ event: 'refused', from: 100 * MIB, to: MIB / 2, detail: { percent: 0.5 } });
  });

  it('that is a mistake, or can’t be seen, is not', async () => {
    expect(await bot.ask({ rate: { kind: 'absolute', bytesPerSecond: 100 * MIB } })).toMatchObject({
      refusal: { why: 'rate' },
    });
    world.postable = 'not-a-member';
    expect(await bot.ask()).toEqual({ kind: 'cannot-post', why: 'not-a-member' });
    world.postable = 'yes';
    aws.finish(arn, 'SUCCESS');
    expect(await bot.ask()).toMatchObject({ refusal: { why: 'not-updatable', status: 'SUCCESS' } });
    expect(await bot.events()).toEqual([]);
  });

  it('throws where AWS or Slack can’t say, and nothing is recorded', async () => {
    aws.fail({ kind: 'deny', operation: 'DescribeTaskExecution' });
    await expect(bot.ask()).rejects.toThrow(AwsFault);
    await expect(bot.ask({ user: 'U0UNKNOWN' })).rejects.toThrow(PersonUnknown);
    expect(await bot.events()).toEqual([]);
  });

  it('while another is open is refused, though AWS is away', async () => {
    const id = await pending();
    aws.fail({ kind: 'internal' });
    expect(await bot.ask()).toMatchObject({ refusal: { why: 'already-open', request: id } });
  });
});

describe('review', () => {
  it('by the lead: agreed, shown, and work to be done', async () => {
    const id = await pending();
    const decided = await bot.review(id, 'U0LEAD');
    expect(decided).toMatchObject({
      kind: 'decided',
      event: 'approved',
      record: { seq: 2 },
      request: { status: 'approved' },
    });
    await bot.work();
    expect((await bot.request(id)).status).toBe('applied');
  });

  it('again by the same click changes nothing', async () => {
    world.rule = rule({ role: null, approvals: { lower: 2, raise: 2, unlimited: null } });
    const id = await pending();
    expect(await bot.review(id, 'U0LEAD', 'approve', 'click')).toMatchObject({ kind: 'decided' });
    expect(await bot.review(id, 'U0LEAD', 'approve', 'click')).toEqual({ kind: 'repeated', event: 'approved' });
    expect(await bot.review(id, 'U0LEAD')).toMatchObject({ kind: 'refused', refusal: { why: 'decided-already' } });
    expect(await bot.events()).toEqual(['requested', 'approved', 'decision.refused']);
  });

  it('that was refused is told as refused each time, and is one record a minute, with nothing to do', async () => {
    const id = await pending();
    await bot.work();
    const refused = { kind: 'refused', refusal: { why: 'may-not-decide' } };
    for (let click = 0; click < 20; click++) expect(await bot.review(id, 'U0OPER')).toMatchObject(refused);
    expect(await bot.events()).toEqual(['requested', 'decision.refused']);
    expect(await bot.redis.xlen(bot.keys.outbox)).toBe(0);
    // Another person, another way to try, another minute.
    expect(await bot.review(id, 'U0GUEST')).toMatchObject({ kind: 'refused' });
    expect(await bot.review(id, 'U0OPER', 'deny')).toMatchObject(refused);
    world.seconds += 60;
    expect(await bot.review(id, 'U0OPER')).toMatchObject(refused);
    expect(await bot.events()).toEqual(['requested', ...Array.from({ length: 4 }, () => 'decision.refused')]);
  });

  it('by who may not is refused on record, whatever AWS says', async () => {
    const id = await pending();
    aws.fail({ kind: 'internal' });
    expect(await bot.review(id, 'U0OPER')).toMatchObject({ refusal: { why: 'may-not-decide', denial: 'requester' } });
    expect(await bot.review(id, 'U0GUEST')).toMatchObject({
      refusal: { why: 'not-a-member', kind: 'guest' },
    });
    await expect(bot.review(id, 'U0LEAD')).rejects.toThrow(AwsFault);
    expect(await bot.events()).toEqual(['requested', 'decision.refused', 'decision.refused']);
    expect(await bot.review(id, 'U0LEAD', 'deny')).toMatchObject({ kind: 'decided', event: 'denied' });
  });

  it('of a request about another rate than the one in force ends it', async () => {
    const id = await pending();
    aws.setLimit(arn, 7 * MIB);
    expect(await bot.review(id, 'U0LEAD')).toMatchObject({
      kind: 'decided',
      event: 'apply.stale',
      request: { status: 'stale', ending: { why: 'rate', rate: 7 * MIB } },
    });
    await bot.work();
    expect(bot.shown.map(({ kind }) => kind)).toContain('result');
    expect(await bot.ask()).toMatchObject({ kind: 'asked' });
  });

  it('by a rule that changed meanwhile goes by the new one', async () => {
    const id = await pending();
    world.rule = rule({ role: null, approvers: { users: ['U0SECOND'], groups: [] } });
    expect(await bot.review(id, 'U0LEAD')).toMatchObject({ refusal: { denial: 'not-an-approver' } });
    expect(await bot.review(id, 'U0SECOND')).toMatchObject({ event: 'approved' });
  });

  it('after its time ends it, though no timer came', async () => {
    const id = await pending();
    world.seconds = 1800;
    expect(await bot.review(id, 'U0LEAD')).toMatchObject({ event: 'expired', request: { status: 'expired' } });
  });

  it('of nothing is refused', async () => {
    expect(await bot.review('r-nothing', 'U0LEAD')).toEqual({
      kind: 'refused',
      refusal: { why: 'unknown-request' },
      request: null,
    });
  });

  it('by two at the same moment: one agrees, and the other is told', async () => {
    const id = await pending();
    const both = await Promise.all([bot.review(id, 'U0LEAD'), bot.review(id, 'U0SECOND', 'deny')]);
    expect(both.map(({ kind }) => kind).sort()).toEqual(['decided', 'refused']);
    expect((await bot.request(id)).version).toBe(2);
  });
});

describe('open the review', () => {
  const open = (request: string, user: string, op = `open ${request} ${user}`) =>
    openReview(bot.deps, { request, user, op });

  it('shows the lead what is true now, and records nothing', async () => {
    const id = await pending();
    expect(await open(id, 'U0LEAD')).toMatchObject({
      kind: 'open',
      needed: 1,
      rule: { name: 'production' },
      execution: { status: 'TRANSFERRING', bytesPerSecond: 100 * MIB },
    });
    expect(await bot.events()).toEqual(['requested']);
  });

  it('is refused on record to who may not, and ends what no longer stands', async () => {
    const id = await pending();
    expect(await open(id, 'U0OPER')).toMatchObject({ kind: 'refused', refusal: { why: 'may-not-decide' } });
    aws.setLimit(arn, 5 * MIB);
    expect(await open(id, 'U0LEAD')).toMatchObject({ kind: 'decided', event: 'apply.stale' });
    expect(await open(id, 'U0LEAD', 'again')).toMatchObject({ refusal: { why: 'not-open', status: 'stale' } });
    expect(await bot.events()).toEqual(['requested', 'decision.refused', 'apply.stale', 'decision.refused']);
  });

  it('of an overdue one ends it', async () => {
    const id = await pending();
    world.seconds = 1800;
    expect(await open(id, 'U0LEAD')).toMatchObject({ kind: 'decided', event: 'expired' });
  });
});

describe('cancel and expire', () => {
  it('cancel is the requester’s alone', async () => {
    const id = await pending();
    expect(await bot.cancel(id, 'U0LEAD')).toMatchObject({ refusal: { why: 'not-the-requester' } });
    expect(await bot.cancel(id, 'U0OPER')).toMatchObject({ kind: 'decided', event: 'cancelled' });
    expect(await bot.cancel(id, 'U0OPER')).toMatchObject({ refusal: { why: 'not-open' } });
    expect(await bot.ledger.openRequestOf(arn)).toBeNull();
  });

  it('an agreed one can be taken back until it is begun', async () => {
    const id = await pending();
    await bot.review(id, 'U0LEAD');
    expect(await bot.cancel(id, 'U0OPER')).toMatchObject({ event: 'cancelled' });
    await bot.work();
    expect(updates(aws)).toEqual([]);
    expect(await bot.events()).toEqual(['requested', 'approved', 'cancelled']);
  });

  it('expires when nobody decides', async () => {
    const id = await pending();
    world.seconds = 1799;
    await bot.work();
    expect((await bot.request(id)).status).toBe('pending');
    world.seconds = 1800;
    await bot.work();
    expect(await bot.request(id)).toMatchObject({ status: 'expired', ending: { by: null } });
    expect(bot.shown.map(({ kind }) => kind)).toContain('result');
  });

  it('is not forgotten where the timer came early, by a clock that is ahead', async () => {
    const id = await pending();
    await bot.work();
    const fast = await startBot(arn, { ...world, seconds: 1801 }, bot.keys.head.slice(1, bot.keys.head.indexOf('}')));
    // The end of its time, and the reminder.
    expect(await fast.outbox.releaseDue()).toBe(2);
    fast.close();
    await bot.work();
    expect((await bot.request(id)).status).toBe('pending');
    world.seconds = 1801;
    await bot.work();
    expect((await bot.request(id)).status).toBe('expired');
  });

  it('an approval gives it new time', async () => {
    const id = await pending();
    world.seconds = 1000;
    await bot.review(id, 'U0LEAD');
    world.people.set('U0LEAD', person('U0LEAD'));
    world.groups.set('S0LEADS', null);
    world.seconds = 1900;
    await bot.work();
    expect((await bot.request(id)).status).toBe('approved');
    world.seconds = 2801;
    await bot.work();
    expect((await bot.request(id)).status).toBe('expired');
    expect(updates(aws)).toEqual([]);
  });
});
