import { describe, expect, it } from 'vitest';
import { AwsFault, PersonUnknown } from '../../../src/workflow/faults.ts';
import { MIB } from '../../domain/given.ts';
import { verifiedLog } from '../../store/given-ledger.ts';
import { givenBot, idOf, updates } from '../given-bot.ts';

const given = givenBot();

const pending = async () => idOf(await given.bot.ask());

const newest = async () => (await given.bot.ledger.lookUp({ kind: 'all' }, 1))[0]?.record;

describe('a request', () => {
  it('is one write: the request, its record, its card, its expiry', async () => {
    const asked = await given.bot.ask({ reason: 'the link is full', durationSeconds: 600 });
    expect(asked).toMatchObject({
      kind: 'asked',
      request: { status: 'pending', from: 100 * MIB, to: 50 * MIB, taskName: 'nightly', durationSeconds: 600 },
      record: { seq: 1, hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    await given.bot.work();
    expect(given.bot.shown.map(({ kind }) => kind)).toEqual(['show']);
    expect(await verifiedLog(given.bot)).toHaveLength(1);
    expect(updates(given.aws)).toEqual([]);
  });

  it('is the same request when the click is repeated', async () => {
    const first = await given.bot.ask({ op: 'click' });
    if (first.kind !== 'asked') throw new Error(first.kind);
    expect(await given.bot.ask({ op: 'click' })).toEqual({ kind: 'repeated', request: first.request.id });
    expect(await given.bot.events()).toEqual(['requested']);
  });

  it('is the only one of many at once for one execution; the others are told which', async () => {
    const all = await Promise.all(Array.from({ length: 10 }, () => given.bot.ask()));
    const [asked] = all.filter(({ kind }) => kind === 'asked');
    if (asked?.kind !== 'asked') throw new Error('nobody could ask');
    const others = all.filter((one) => one !== asked);
    expect(others).toHaveLength(9);
    for (const other of others) {
      expect(other).toMatchObject({ kind: 'refused', refusal: { why: 'already-open', request: asked.request.id } });
    }
    expect(await given.bot.events()).toEqual(['requested']);
  });

  it('is recorded with what was read if the policy refuses it', async () => {
    expect(await given.bot.ask({ channel: 'C0OTHER' })).toMatchObject({ kind: 'refused', refusal: { why: 'no-rule' } });
    expect(await newest()).toMatchObject({ event: 'refused', from: null, rule: null, channel: 'C0OTHER' });
    expect(await given.bot.ask({ user: 'U0NOBODY' })).toMatchObject({ refusal: { why: 'may-not-ask' } });
    expect(given.aws.calls).toEqual([]);
    expect(await given.bot.ask({ rate: { kind: 'percent', percent: 0.5 } })).toMatchObject({
      refusal: { why: 'rate-outside' },
    });
    expect(await newest()).toMatchObject({ event: 'refused', from: 100 * MIB, to: MIB / 2, detail: { percent: 0.5 } });
  });

  it('is not recorded if it is a mistake or nobody could see it', async () => {
    expect(await given.bot.ask({ rate: { kind: 'absolute', bytesPerSecond: 100 * MIB } })).toMatchObject({
      refusal: { why: 'rate' },
    });
    given.world.postable = 'not-a-member';
    expect(await given.bot.ask()).toEqual({ kind: 'cannot-post', why: 'not-a-member' });
    given.world.postable = 'yes';
    given.aws.finish(given.arn, 'SUCCESS');
    expect(await given.bot.ask()).toMatchObject({ refusal: { why: 'not-updatable', status: 'SUCCESS' } });
    expect(await given.bot.events()).toEqual([]);
  });

  it('throws if AWS or Slack does not answer, and nothing is recorded', async () => {
    given.aws.fail({ kind: 'deny', operation: 'DescribeTaskExecution' });
    await expect(given.bot.ask()).rejects.toThrow(AwsFault);
    await expect(given.bot.ask({ user: 'U0UNKNOWN' })).rejects.toThrow(PersonUnknown);
    expect(await given.bot.events()).toEqual([]);
  });

  it('is refused while another is open, even if AWS does not answer', async () => {
    const id = await pending();
    given.aws.fail({ kind: 'internal' });
    expect(await given.bot.ask()).toMatchObject({ refusal: { why: 'already-open', request: id } });
  });
});
