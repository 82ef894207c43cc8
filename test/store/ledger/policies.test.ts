import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { policyOnRecord } from '../../../src/audit/log/policy-on-record.ts';
import { plainEvent } from '../../../src/domain/audit/audit-record.ts';
import { createPolicies } from '../../../src/store/ledger/policies.ts';
import { AUDIT_KEYS, type OpenedLedger, openLedger } from '../given-ledger.ts';

let opened: OpenedLedger;

beforeEach(async () => {
  opened = await openLedger();
});
afterEach(() => opened.close());

const bot = (name: string) =>
  createPolicies(opened.redis, opened.keys, name, policyOnRecord(opened.redis, opened.keys, AUDIT_KEYS));

/** As if this bot had last been heard of so many seconds ago, by the clock of Redis. */
async function heard(name: string, digest: string, secondsAgo: number): Promise<void> {
  const [seconds = 0] = await opened.redis.time();
  const at = (Number(seconds) - secondsAgo) * 1000;
  await opened.redis.hset(opened.keys.replicas, name, JSON.stringify({ digest, at }));
}

describe('the policies of the bots that run', () => {
  it('are told to each that says its own', async () => {
    expect(await bot('a').beat('one')).toMatchObject({ others: [] });
    expect(await bot('b').beat('two')).toMatchObject({ others: ['one'] });
    await bot('c').beat('two');
    expect(await bot('a').beat('one')).toMatchObject({ others: ['two'] });
    await bot('b').leave();
    await bot('c').leave();
    expect(await bot('a').beat('one')).toMatchObject({ others: [] });
  });

  it('are the ones that each goes by now, not those from before', async () => {
    await bot('b').beat('two');
    await bot('b').beat('three');
    expect(await bot('a').beat('one')).toMatchObject({ others: ['three'] });
  });

  it('count for 15 seconds, by the clock of Redis', async () => {
    await heard('b', 'two', 13);
    expect(await bot('a').beat('one')).toMatchObject({ others: ['two'] });
    await heard('b', 'two', 17);
    expect(await bot('a').beat('one')).toMatchObject({ others: [] });
    expect(await opened.redis.hkeys(opened.keys.replicas)).toEqual(['a']);
  });

  it('of a bot that says so by a clock that is ahead count no longer than others', async () => {
    await heard('b', 'two', -3600);
    expect(await bot('a').beat('one')).toMatchObject({ others: ['two'] });
    const [seconds = 0] = await opened.redis.time();
    const { at } = JSON.parse((await opened.redis.hget(opened.keys.replicas, 'b')) ?? '');
    expect(at).toBeLessThanOrEqual((Number(seconds) + 1) * 1000);
  });

  it.each(['', 'null', '[]', '{"digest":1,"at":1}', '{"digest":"two"}', '{'])(
    'are not what can’t be read: %s',
    async (text) => {
      await opened.redis.hset(opened.keys.replicas, 'b', text);
      expect(await bot('a').beat('one')).toMatchObject({ others: [] });
      expect(await opened.redis.hkeys(opened.keys.replicas)).toEqual(['a']);
    },
  );

  it('lie there by their digests, and one that is gone is missed', async () => {
    expect(await bot('a').beat('one')).toMatchObject({ kept: false });
    await bot('a').keep('one', 'version: 1');
    expect(await bot('a').beat('one')).toMatchObject({ kept: true });
    expect(await bot('b').text('one')).toBe('version: 1');
    expect(await bot('b').text('two')).toBeNull();
  });

  it('go 90 days after they were announced, but for those that were said to stay', async () => {
    const ttl = (digest: string) => opened.redis.ttl(opened.keys.policyText(digest));
    await bot('a').keep('one', 'version: 1');
    expect(await ttl('one')).toBeGreaterThan(89 * 86_400);
    await bot('a').keepForGood('one');
    expect(await ttl('one')).toBe(-1);
    // Another bot that announces the same puts no end to it.
    await bot('b').keep('one', 'version: 1');
    expect(await ttl('one')).toBe(-1);
  });
});

const policies = () => bot('this one');
async function load(digest: string): Promise<number> {
  const event = plainEvent('policy.loaded', { policy: digest, detail: null });
  const committed = await opened.ledger.commit({ op: `load:${digest}`, prior: null, events: [event] });
  const seq = committed.kind === 'committed' ? (committed.records[0]?.seq ?? 0) : 0;
  await policies().setCurrent(digest, seq);
  return seq;
}

describe('a policy that is loaded', () => {
  it('is to be put on record, unless the log says that it was loaded last', async () => {
    expect(await policies().isOnRecord('a')).toBe(false);
    await load('a');
    expect(await policies().isOnRecord('a')).toBe(true);
    expect(await policies().isOnRecord('b')).toBe(false);
    await load('b');
    expect(await policies().isOnRecord('a')).toBe(false);
    expect(await policies().isOnRecord('b')).toBe(true);
  });

  it('is not kept off the record by what somebody writes to Redis', async () => {
    const seq = await load('a');
    await load('b');
    for (const planted of ['a', `a ${seq}`, 'c 2', 'a 99']) {
      await opened.redis.set(opened.keys.policyCurrent, planted);
      expect(await policies().isOnRecord(planted.slice(0, 1))).toBe(false);
    }
    await opened.redis.set(opened.keys.policyText('a'), 'another text');
    await policies().keep('a', 'text');
    expect(await opened.redis.get(opened.keys.policyText('a'))).toBe('text');
  });
});
