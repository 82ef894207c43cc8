import { describe, expect, it } from 'vitest';
import { givenBot, idOf, updates } from '../given-bot.ts';

const given = givenBot();

const pending = async () => idOf(await given.bot.ask());

describe('cancelling', () => {
  it('is for the requester alone', async () => {
    const id = await pending();
    expect(await given.bot.cancel(id, 'U0LEAD')).toMatchObject({ refusal: { why: 'not-the-requester' } });
    expect(await given.bot.cancel(id, 'U0OPER')).toMatchObject({ kind: 'decided', event: 'cancelled' });
    expect(await given.bot.cancel(id, 'U0OPER')).toMatchObject({ refusal: { why: 'not-open' } });
    expect(await given.bot.ledger.openRequestOf(given.arn)).toBeNull();
  });

  it('is possible after the approval, until the change is begun', async () => {
    const id = await pending();
    await given.bot.review(id, 'U0LEAD');
    expect(await given.bot.cancel(id, 'U0OPER')).toMatchObject({ event: 'cancelled' });
    await given.bot.work();
    expect(updates(given.aws)).toEqual([]);
    expect(await given.bot.events()).toEqual(['requested', 'approved', 'cancelled']);
  });
});
