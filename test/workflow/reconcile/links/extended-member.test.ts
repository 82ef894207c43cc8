import { describe, expect, it } from 'vitest';
import { givenBot } from '../../given-bot.ts';
import { FREE, granted, HOUR, to } from '../../given-grants.ts';
import { beginWithWindow, passes } from '../../given-links.ts';

const given = givenBot(FREE);

const MINUTE = 60;

describe('an extension on a member', () => {
  it('of a limit that was reverted meanwhile sets nothing', async () => {
    await beginWithWindow(given);
    await passes(given, 5 * MINUTE);
    const id = await granted(given.bot, { ...to(20), durationSeconds: HOUR / 2 });
    expect(given.limit()).toBe(20);
    given.world.rule = { ...given.world.rule, approvals: { lower: 1, raise: 1, unlimited: 1 } };
    const asked = await given.bot.extend(id, HOUR / 2);
    const extension = asked.kind === 'asked' ? asked.request.id : asked.kind;
    await given.bot.revertNow(id, 'U0OPER');
    await given.bot.work();
    expect(given.limit()).toBe(40);
    await given.bot.review(extension, 'U0LEAD');
    await given.bot.work();
    expect((await given.bot.request(extension)).status).toBe('stale');
    expect(given.limit()).toBe(40);
  });
});
