import { describe, expect, it } from 'vitest';
import { givenBot } from '../../given-bot.ts';
import { FREE, granted, HOUR, to } from '../../given-grants.ts';
import { beginWithWindow, passes } from '../../given-links.ts';

const given = givenBot(FREE);

const MINUTE = 60;

describe('a request whose change AWS does not take before a window begins', () => {
  it('is not sent above the window’s limit', async () => {
    await beginWithWindow(given);
    given.aws.fail({ kind: 'throttle', operation: 'UpdateTaskExecution' });
    given.world.seconds += 4 * MINUTE - 5;
    const id = await granted(given.bot, { ...to(60), durationSeconds: 2 * HOUR });
    expect((await given.bot.request(id)).status).toBe('applying');
    given.aws.recover();
    const before = given.sent().length;
    // The window has begun.
    given.world.seconds += MINUTE + 5;
    for (let tries = 0; tries < 30; tries++) await passes(given, 10);
    expect(
      given
        .sent()
        .slice(before)
        .filter((mib) => mib > 40),
    ).toEqual([]);
    expect(given.limit()).toBe(40);
    expect((await given.bot.request(id)).status).toBe('applied');
  });
});
