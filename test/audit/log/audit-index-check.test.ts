import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildLog } from '../../../bench/audit-log.ts';
import { verifyRedisLog } from '../../../src/audit/log/verify-redis-log.ts';
import {
  AUDIT_KEYS,
  arnOf,
  asked,
  asking,
  type OpenedLedger,
  openLedger,
  policyLoaded,
} from '../../store/given-ledger.ts';

let opened: OpenedLedger;

beforeEach(async () => {
  opened = await openLedger();
});
afterEach(() => opened.close());

async function verified() {
  const found = await verifyRedisLog(opened.redis, opened.keys, AUDIT_KEYS);
  if (!found) throw new Error('no log');
  return found;
}
const idOf = (number: number) => asking(number).events[0]?.request ?? '';
const request = (number: number) => opened.keys.indexRequest(idOf(number));

/** Ten requests, each one record about an execution of its own, with a record in the middle that is in no index. */
async function write(): Promise<void> {
  for (let number = 1; number <= 5; number++) await asked(opened.ledger, number);
  await opened.ledger.commit(policyLoaded('p'));
  for (let number = 7; number <= 10; number++) await asked(opened.ledger, number);
}

describe('the look-up indexes', () => {
  beforeEach(write);

  it('match the records as they were written', async () => {
    expect(await verified()).toMatchObject({
      faulty: false,
      integrity: { verdict: 'ok', why: '10 records, hash chain unbroken; look-up indexes match' },
    });
  });

  it.each<[string, number, RegExp, () => Promise<unknown>]>([
    [
      'hides a record',
      4,
      /^record 4 is missing in the look-up index .*ix:request:r-/,
      () => opened.redis.zrem(request(4), '4'),
    ],
    [
      'is gone',
      1,
      /^record 1 is missing in .*ix:task/,
      () => opened.redis.del(opened.keys.indexTask('task-0123456789abcdef0')),
    ],
    [
      'names a record that is not about that',
      6,
      /names record 6, which is not about that/,
      () => opened.redis.zadd(request(3), 6, '6'),
    ],
    [
      'that nothing belongs to names a record',
      2,
      /ix:request:r-none names record 2/,
      () => opened.redis.zadd(opened.keys.indexRequest('r-none'), 2, '2'),
    ],
    [
      'names a record that is yet to come',
      11,
      /names record 11, which is not there/,
      () => opened.redis.zadd(request(3), 11, '11'),
    ],
    [
      'names a record at another place',
      3,
      /names 7 at 3/,
      () => opened.redis.zadd(opened.keys.indexExecution(arnOf(7)), 3, '7'),
    ],
    [
      'names a record beyond all',
      7,
      /^record 7 is missing/,
      () => opened.redis.zadd(opened.keys.indexExecution(arnOf(7)), 999, '7'),
    ],
    ['holds what is no place', 5, /names x at 5.5/, () => opened.redis.zadd(request(9), 5.5, 'x')],
    ['is no index', 1, /is no sorted set/, () => opened.redis.set(opened.keys.indexRequest('r-none'), 'x')],
    [
      'was changed for another',
      8,
      /ix:request/,
      async () => {
        await opened.redis.zrem(request(8), '8');
        await opened.redis.zadd(request(9), 8, '8');
      },
    ],
  ])('are at fault where one %s', async (_what, seq, why, damage) => {
    await damage();
    const { integrity, faulty, firstBad } = await verified();
    expect({ verdict: integrity.verdict, faulty, firstBad }).toEqual({ verdict: 'fault', faulty: true, firstBad: seq });
    expect(integrity.why).toMatch(why);
  });

  it('are told of at the first of several', async () => {
    await opened.redis.zrem(request(9), '9');
    await opened.redis.zrem(request(2), '2');
    await opened.redis.zadd(request(5), 77, '77');
    expect((await verified()).firstBad).toBe(2);
  });

  it('say nothing of what an archive has yet to take out', async () => {
    const floor = (await opened.redis.xrange(opened.keys.audit, '4-0', '4-0'))[0]?.[1][3] ?? '';
    expect(floor).not.toBe('');
    await opened.redis.zrem(request(9), '9');
    expect((await verified()).firstBad).toBe(9);
  });
});

describe('the look-up indexes of a long log', () => {
  it('are checked while a bot goes on writing', async () => {
    await buildLog(opened.redis, opened.keys, 3000, AUDIT_KEYS[0] as (typeof AUDIT_KEYS)[0]);
    let writing = true;
    const writer = (async () => {
      for (let number = 900_001; writing; number++) await asked(opened.ledger, number);
    })();
    for (let times = 0; times < 3; times++) expect(await verified()).toMatchObject({ faulty: false });
    writing = false;
    await writer;
    await opened.redis.zrem(opened.keys.indexUser('T0DEMO', 'U0OPER1'), '2801', '2005', '405');
    const { integrity, firstBad } = await verified();
    expect(integrity.verdict).toBe('fault');
    expect(integrity.why).toContain(`record ${firstBad?.toLocaleString('en-US')} is missing in the look-up index`);
  });
});
