import { describe, expect, it } from 'vitest';
import { rebuildAudit } from '../../../src/commands/audit/rebuild-audit.ts';
import { givenBot, idOf } from '../../workflow/given-bot.ts';
import { granted, HOUR, to } from '../../workflow/given-grants.ts';
import { commandsOn, GOOD } from './given-rebuild.ts';

const given = givenBot({
  approvals: { lower: 0, raise: 0, unlimited: 0 },
  reminders: true,
  maxDurationSeconds: 12 * HOUR,
});
const { run, rebuild, dryRun, forgetAll } = commandsOn(given);

/** Of the work that is due at a time of its own, when it is. */
async function due(...kinds: string[]): Promise<Record<string, number>> {
  const { redis, keys } = given.bot;
  const all = await redis.zrange(keys.timers, '0', '-1', 'WITHSCORES');
  const pairs = all.flatMap((text, place) => (place % 2 === 0 ? [[text, Number(all[place + 1])] as const] : []));
  return Object.fromEntries(pairs.filter(([text]) => kinds.includes((JSON.parse(text) as { kind: string }).kind)));
}

describe('after audit rebuild', () => {
  it('approvers are reminded and ends are announced, and no card is forgotten', async () => {
    const { bot, world } = given;
    const lower = await granted(bot, { ...to(60), durationSeconds: 3 * HOUR });
    await bot.extend(lower, HOUR);
    await bot.work();
    world.rule = { ...world.rule, approvals: { lower: 1, raise: 1, unlimited: 1 } };
    const pending = idOf(await bot.ask({ ...to(30), durationSeconds: 2 * HOUR }));
    const before = await due('remind', 'tell', 'expire', 'revert');
    expect(Object.keys(before)).toHaveLength(6);
    await forgetAll();
    expect(await rebuild()).toMatchObject(GOOD);
    expect(await due('remind', 'tell', 'expire', 'revert')).toEqual(before);
    expect(Object.keys(await due('show')).join()).toMatch(new RegExp(`(?=.*${pending})(?=.*${lower})`));
  });

  it('a limit ends by the clock of Redis, whatever the time of the machine is', async () => {
    const { bot } = given;
    await granted(bot, { ...to(60), durationSeconds: HOUR });
    const before = await due('revert');
    await bot.redis.del(bot.keys.timers);
    const ahead = new Date(Date.now() + 2 * HOUR * 1000);
    expect(await run((terminal) => rebuildAudit({}, { ...terminal, now: () => ahead }))).toMatchObject(GOOD);
    expect(await due('revert')).toEqual(before);
  });

  it('nothing is shown again of what has ended', async () => {
    const { bot, world } = given;
    await granted(bot, { ...to(60), durationSeconds: HOUR });
    world.seconds += HOUR;
    await bot.work();
    await forgetAll();
    expect(await rebuild()).toMatchObject(GOOD);
    expect(await due('show')).toEqual({});
    expect(Object.keys(await due('watch'))).toHaveLength(1);
  });

  it('what is due and waits for a worker is not taken for missing', async () => {
    const { bot, world } = given;
    await granted(bot, { ...to(60), durationSeconds: HOUR });
    world.seconds += HOUR;
    await bot.outbox.releaseDue();
    expect(await dryRun()).toMatchObject({ code: 0 });
  });
});
