import { describe, expect, it } from 'vitest';
import { givenBot } from '../given-bot.ts';
import { eventsSince, FREE, granted } from '../given-grants.ts';

const given = givenBot(FREE);

describe('Revert now', () => {
  it('is for the requester and for approvers, and reverts at once', async () => {
    const id = await granted(given.bot);
    expect(await given.bot.revertNow(id, 'U0NOBODY')).toMatchObject({
      kind: 'refused',
      refusal: { why: 'may-not-revert', requester: 'U0OPER' },
    });
    expect(await given.bot.revertNow(id, 'U0GUEST')).toMatchObject({ kind: 'refused' });
    expect(await given.bot.revertNow(id, 'U0LEAD')).toMatchObject({ kind: 'reverting' });
    await given.bot.work();
    expect(given.limit()).toBe(100);
    expect(await eventsSince(given.bot)).toEqual([
      'revert.scheduled',
      'decision.refused',
      'decision.refused',
      'revert.scheduled',
      'revert.started',
      'reverted',
    ]);
    expect((await given.bot.request(id)).hold?.by).toMatchObject({ user: 'U0LEAD' });
    expect(await given.bot.revertNow(id, 'U0OPER')).toEqual({ kind: 'refused', refusal: { why: 'not-held' } });
    expect(given.sent()).toEqual([50, 100]);
  });

  it('is for the requester too', async () => {
    const id = await granted(given.bot);
    expect(await given.bot.revertNow(id, 'U0OPER')).toMatchObject({ kind: 'reverting' });
  });
});
