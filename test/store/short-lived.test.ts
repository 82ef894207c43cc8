import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAbsences } from '../../src/store/counters/absences.ts';
import { createCardDigests } from '../../src/store/slack-state/card-digests.ts';
import { createCards } from '../../src/store/slack-state/cards.ts';
import { createSlackRetryAfter } from '../../src/store/slack-state/slack-retry-after.ts';
import { type OpenedLedger, openLedger } from './given-ledger.ts';

const MINUTE = 60;
const EXECUTION = 'arn:aws:datasync:us-east-1:111122223333:task/task-1/execution/exec-1';
let opened: OpenedLedger;
beforeAll(async () => {
  opened = await openLedger();
});
afterAll(() => opened.close());

async function expectToLast(key: string, seconds: number): Promise<void> {
  const left = await opened.redis.ttl(key);
  expect(left, key).toBeGreaterThan(0);
  expect(left, key).toBeLessThanOrEqual(seconds);
}

describe('what is of use for a while goes by itself', () => {
  it('an execution that was not found: half an hour after the last look', async () => {
    const { redis, keys } = opened;
    const absences = createAbsences(redis, keys);
    await absences.note(EXECUTION, new Date());
    await redis.persist(keys.absent(EXECUTION));
    await absences.note(EXECUTION, new Date());
    await expectToLast(keys.absent(EXECUTION), 30 * MINUTE);
    await absences.end(EXECUTION);
    expect(await redis.exists(keys.absent(EXECUTION))).toBe(0);
  });

  it('what a card shows: an hour after it was edited', async () => {
    const { redis, keys } = opened;
    await createCardDigests(redis, keys).keep('r-1', { digest: 'd', at: 0 });
    await expectToLast(keys.cardDigest('r-1'), 60 * MINUTE);
  });

  it('Slack’s wait: when it is over', async () => {
    const { redis, keys } = opened;
    await createSlackRetryAfter(redis, keys).keep('edit', 30_000);
    await expectToLast(keys.slackRetryAfter('edit'), 30);
  });

  it('a message that may have been posted twice: after a day', async () => {
    const { redis, keys } = opened;
    const doubt = { what: 'card', channel: 'C1', thread: null, ts: '1.1', since: '', at: '' };
    await createCards(redis, keys).doubt('r-1', doubt);
    await expectToLast(keys.doubts('r-1'), 24 * 60 * MINUTE);
  });
});
