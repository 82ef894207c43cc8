import { describe, expect, it } from 'vitest';
import { MIB } from '../../domain/given.ts';
import { givenBot, idOf } from '../given-bot.ts';
import { FREE, granted, HOUR, to } from '../given-grants.ts';

const given = givenBot(FREE);

/** Everybody may request; only U0LEAD and U0SECOND approve. */
const WEIGHED = { approvals: { lower: 0, raise: 1, unlimited: 1 }, requesters: null };

describe('undo', () => {
  it('ends the grant at once, for those who may', async () => {
    const first = await granted(given.bot);
    expect(await given.bot.undo(first)).toMatchObject({ kind: 'reverting' });
    await given.bot.work();
    given.world.seconds += 2 * HOUR;
    await given.bot.work();
    expect(given.sent()).toEqual([50, 100]);
    expect((await given.bot.request(first)).hold?.end).toMatchObject({ how: 'reverted' });
    expect(await given.bot.undo(first)).toMatchObject({ refusal: { problem: { kind: 'over' } } });
  });

  it('from others is a request for what would apply without it, until its end', async () => {
    given.world.rule = { ...given.world.rule, ...WEIGHED };
    const first = await granted(given.bot);
    const { dueAt } = (await given.bot.request(first)).hold ?? {};
    const undo = idOf(await given.bot.undo(first, 'U0LEAD'));
    expect(await given.bot.request(undo)).toMatchObject({
      ...{ from: 50 * MIB, to: 100 * MIB, undoes: first, until: dueAt },
      ...{ direction: 'raise', approvalsNeeded: 1, status: 'pending' },
    });
    await given.bot.review(undo, 'U0SECOND');
    await given.bot.work();
    expect(given.sent()).toEqual([50, 100]);
    given.world.seconds += 2 * HOUR;
    await given.bot.work();
    expect(given.sent()).toEqual([50, 100]);
    expect((await given.bot.request(undo)).hold?.end).toMatchObject({ how: 'skipped' });
    expect((await given.bot.request(first)).hold?.end).toMatchObject({ how: 'skipped', why: 'covered' });
  });

  it('from others is refused while a newer limit applies, which it would only cover', async () => {
    given.world.rule = { ...given.world.rule, ...WEIGHED };
    const first = await granted(given.bot);
    await granted(given.bot, to(30));
    expect(await given.bot.undo(first, 'U0LEAD')).toMatchObject({ refusal: { problem: { kind: 'covered' } } });
    expect(await given.bot.undo(first)).toMatchObject({ kind: 'reverting' });
  });

  it('is refused if the limit was changed outside the bot, or if none was set', async () => {
    const first = await granted(given.bot, { durationSeconds: null });
    given.aws.setLimit(given.arn, 7 * MIB);
    given.world.seconds += 30;
    await given.bot.work();
    expect(await given.bot.undo(first)).toMatchObject({
      refusal: { why: 'cannot-undo', problem: { kind: 'over' } },
    });
    expect(given.sent()).toEqual([50]);
    expect(await given.bot.undo('r-0000000000')).toMatchObject({ refusal: { problem: { kind: 'unknown' } } });
    given.world.rule = { ...given.world.rule, approvals: { lower: 1, raise: 1, unlimited: 1 } };
    const pending = idOf(await given.bot.ask(to(30)));
    expect(await given.bot.undo(pending)).toMatchObject({
      refusal: { problem: { kind: 'not-applied', status: 'pending' } },
    });
  });

  it('is refused once the execution has ended, also for a limit without an end', async () => {
    const first = await granted(given.bot, { durationSeconds: null });
    given.aws.finish(given.arn, 'SUCCESS');
    given.world.seconds += 60;
    await given.bot.work();
    expect(await given.bot.undo(first)).toMatchObject({ refusal: { problem: { kind: 'over' } } });
    expect(await given.bot.revertNow(first, 'U0OPER')).toMatchObject({ refusal: { why: 'not-held' } });
    await given.bot.ledger.proveRun(given.arn);
    expect(given.bot.ledger.proof.wrong()).toEqual([]);
  });
});
