import { describe, expect, it } from 'vitest';
import { at } from '../../domain/given.ts';
import { asked } from '../given-ledger.ts';
import { add, clock, deadLetters, givenStreams, only, opened, releaseDue, timers, worker } from './given-streams.ts';

givenStreams();

const DONE = { kind: 'done' } as const;
const REVERT = '{"kind":"revert","request":"r-1"}';
const SHOW = '{"kind":"show","request":"r-1"}';
const TOMORROW = '{"kind":"of tomorrow","aggregate":"run","id":"x"}';
const DAY_SECONDS = 86_400;

describe('a commit', () => {
  it('puts each kind of work into its own stream', async () => {
    await asked(opened.ledger, 1, { effects: ['show', 'apply', 'result', 'tell'] });
    const texts = async (key: string) => (await opened.redis.xrange(key, '-', '+')).map(([, [, text]]) => text);
    const request = 'r-0000000001';
    expect(await texts(opened.keys.awsOutbox)).toEqual([JSON.stringify({ kind: 'apply', request })]);
    expect(await texts(opened.keys.slackOutbox)).toEqual(
      ['show', 'result', 'tell'].map((kind) => JSON.stringify({ kind, request })),
    );
  });
});

describe('what a bot of an older version left', () => {
  it('in its one stream is done: work with AWS there, work with Slack in the stream for it, each once', async () => {
    await add('aws', SHOW, REVERT);
    const [aws, slack] = [await worker('aws'), await worker('slack')];
    const revert = await only(aws.take(8));
    expect(revert.effect).toEqual({ kind: 'revert', request: 'r-1' });
    expect(await releaseDue()).toBe(1);
    const show = await only(slack.take(8));
    expect(show.effect).toEqual({ kind: 'show', request: 'r-1' });
    expect(await aws.settle(revert, DONE)).toEqual(DONE);
    expect(await slack.settle(show, DONE)).toEqual(DONE);
    const { redis, keys } = opened;
    expect([await redis.xlen(keys.awsOutbox), await redis.xlen(keys.slackOutbox), await timers()]).toEqual([0, 0, []]);
  });

  it('claimed when it was stopped is taken over in the same way', async () => {
    const old = await worker('aws', { consumer: 'old' });
    await add('aws', REVERT);
    await old.take(8);
    await add('aws', SHOW);
    const { redis, keys } = opened;
    await redis.xreadgroup('GROUP', 'workers', 'old', 'COUNT', 8, 'STREAMS', keys.awsOutbox, '>');
    const aws = await worker('aws', { consumer: 'new', abandonedMs: 0 });
    expect((await only(aws.takeAbandoned(8))).effect.kind).toBe('revert');
    expect(await timers()).toEqual([[SHOW, at(0).getTime()]]);
  });

  it('and moved from the timers to its one stream is done too', async () => {
    const { redis, keys } = opened;
    await redis.zadd(keys.timers, at(-1).getTime(), SHOW);
    // An older bot moves every timer there.
    await redis.zrem(keys.timers, SHOW);
    await add('aws', SHOW);
    const [aws, slack] = [await worker('aws'), await worker('slack')];
    expect(await aws.take(8)).toEqual([]);
    await releaseDue();
    expect((await only(slack.take(8))).effect.kind).toBe('show');
  });
});

describe('what an older bot is to find', () => {
  it('is the work with AWS, in its one stream', () => {
    expect(opened.keys.awsOutbox).toMatch(/\}:outbox$/);
  });

  it('after a stop is also work with Slack that nobody has begun: as timers, which all bots have', async () => {
    const slack = await worker('slack');
    await add('slack', '{"kind":"result","request":"r-1"}');
    const begun = await only(slack.take(8));
    await add('slack', SHOW, SHOW, '{"kind":"tell","request":"r-2"}');
    await slack.handBack();
    expect(await timers()).toEqual([
      [SHOW, at(0).getTime()],
      ['{"kind":"tell","request":"r-2"}', at(0).getTime()],
    ]);
    expect(await slack.settle(begun, DONE)).toEqual(DONE);
    expect(await opened.redis.xlen(opened.keys.slackOutbox)).toBe(0);
  });
});

describe('work that only a newer bot knows', () => {
  it('is left in the timers for it, keeps none of the others waiting, and is reported once', async () => {
    const reported: string[] = [];
    const aws = await worker('aws', { onNewer: (kind) => reported.push(kind) });
    for (let round = 0; round < 3; round++) {
      await add('aws', TOMORROW, REVERT);
      const work = await only(aws.take(8));
      expect(await aws.settle(work, DONE)).toEqual(DONE);
    }
    expect(reported).toEqual(['of tomorrow']);
    expect(await timers()).toEqual([[TOMORROW, at(0).getTime()]]);
    clock.set(at(DAY_SECONDS - 1));
    expect(await releaseDue()).toBe(0);
    expect(await timers()).toHaveLength(1);
    expect(await deadLetters().list()).toEqual([]);
  });

  it('is a dead letter after a day', async () => {
    const aws = await worker('aws');
    await add('aws', TOMORROW, REVERT);
    await only(aws.take(8));
    clock.set(at(DAY_SECONDS));
    expect(await releaseDue()).toBe(0);
    expect(await timers()).toEqual([]);
    expect(await deadLetters().list()).toMatchObject([{ text: TOMORROW, why: 'no worker knows this kind' }]);
  });

  it('holds up no timer that is due after it, however much of it there is', async () => {
    const { redis, keys } = opened;
    const many = redis.pipeline();
    for (let number = 0; number < 450; number++) {
      many.zadd(keys.timers, at(-60).getTime(), `{"kind":"of tomorrow","id":${number}}`);
    }
    await many.exec();
    await redis.zadd(keys.timers, at(-1).getTime(), REVERT);
    expect(await releaseDue()).toBe(1);
    expect((await only((await worker('aws')).take(8))).effect.kind).toBe('revert');
  });

  it('of a kind that is known here is tried again, and given up after a day', async () => {
    const NEWER = '{"kind":"revert","aggregate":"run","id":"x"}';
    const aws = await worker('aws');
    await add('aws', NEWER, REVERT);
    await only(aws.take(8));
    expect(await timers()).toEqual([[NEWER, at(0.5).getTime()]]);
    clock.set(at(DAY_SECONDS));
    expect(await releaseDue()).toBe(1);
    await add('aws', REVERT);
    await only(aws.take(8));
    expect(await timers()).toEqual([]);
    expect(await deadLetters().list()).toMatchObject([{ text: NEWER, why: 'only a newer bot can do this work' }]);
  });
});

describe('what can’t be read', () => {
  it.each(['null', '', 'no JSON', '[]', '7', '{}', '{"kind":7}'])('%j is a dead letter at once', async (text) => {
    const unreadable: string[] = [];
    const aws = await worker('aws', { onUnreadable: (one) => unreadable.push(one) });
    await add('aws', text, REVERT);
    expect((await only(aws.take(8))).effect.kind).toBe('revert');
    expect(unreadable).toEqual([text]);
    await opened.redis.zadd(opened.keys.timers, at(-1).getTime(), text, at(-1).getTime(), SHOW);
    expect(await releaseDue()).toBe(1);
    expect(await timers()).toEqual([]);
    const why = 'it is no work that can be read';
    expect(await deadLetters().list()).toMatchObject([
      { text, why },
      { text, why },
    ]);
    expect(Number(((await opened.redis.xpending(opened.keys.awsOutbox, 'workers')) as unknown[])[0])).toBe(1);
  });
});
