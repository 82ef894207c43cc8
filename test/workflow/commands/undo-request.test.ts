import { describe, expect, it } from 'vitest';
import { MIB } from '../../domain/given.ts';
import { givenBot, idOf } from '../given-bot.ts';
import { FREE, granted, HOUR, to } from '../given-grants.ts';

const given = givenBot(FREE);

describe('undo', () => {
  it('requests the rate from before, and ends the grant', async () => {
    const first = await granted(given.bot);
    const undo = idOf(await given.bot.undo(first));
    expect(await given.bot.request(undo)).toMatchObject({ from: 50 * MIB, to: 100 * MIB, undoes: first });
    await given.bot.work();
    given.world.seconds += 2 * HOUR;
    await given.bot.work();
    expect(given.limit()).toBe(100);
    expect(given.sent()).toEqual([50, 100]);
  });

  it('is decided by the policy like any other request', async () => {
    const first = await granted(given.bot);
    given.world.rule = { ...given.world.rule, approvals: { lower: 0, raise: 1, unlimited: 0 } };
    const undo = idOf(await given.bot.undo(first));
    expect((await given.bot.request(undo)).status).toBe('pending');
    expect(await given.bot.undo(first, 'U0NOBODY')).toMatchObject({ kind: 'refused', refusal: { why: 'may-not-ask' } });
  });

  it('is refused if somebody has changed the limit since, or if none was set', async () => {
    const first = await granted(given.bot, { durationSeconds: null });
    given.aws.setLimit(given.arn, 7 * MIB);
    const problem = { kind: 'changed', set: 50 * MIB, current: 7 * MIB };
    expect(await given.bot.undo(first)).toMatchObject({ kind: 'refused', refusal: { why: 'cannot-undo', problem } });
    expect(await given.bot.undo('r-0000000000')).toMatchObject({ refusal: { problem: { kind: 'unknown' } } });
    given.world.rule = { ...given.world.rule, approvals: { lower: 1, raise: 1, unlimited: 1 } };
    const pending = idOf(await given.bot.ask(to(30)));
    expect(await given.bot.undo(pending)).toMatchObject({
      refusal: { problem: { kind: 'not-applied', status: 'pending' } },
    });
  });
});
