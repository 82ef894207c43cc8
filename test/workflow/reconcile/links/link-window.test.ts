import { describe, expect, it } from 'vitest';
import { ACCOUNT, REGION, ROLE } from '../../../aws/aws-environment.ts';
import { MIB, rule } from '../../../domain/given.ts';
import { givenBot, idOf } from '../../given-bot.ts';
import { FREE, granted, HOUR, to } from '../../given-grants.ts';
import { begin, beginWithWindow, linkOf, passes, windowIn } from '../../given-links.ts';

const given = givenBot(FREE);

const MINUTE = 60;
const _LOCATION = `arn:aws:datasync:${REGION}:${ACCOUNT}:location/loc-0123456789abcdef0`;

const run = async () => (await given.bot.ledger.run(given.arn)).run;

describe('a window of a link', () => {
  it('sets its limit when it begins, and the one from before when it ends, on record', async () => {
    await beginWithWindow(given);
    expect(given.limit()).toBe(100);
    expect(await given.bot.events()).toEqual(['link.window']);
    await passes(given, 5 * MINUTE);
    expect(given.limit()).toBe(40);
    await passes(given, HOUR);
    expect(given.limit()).toBe(100);
    const records = await given.bot.ledger.lookUp({ kind: 'execution', arn: given.arn }, 10);
    const role = { request: null, link: 'dc1-wan' };
    expect(records.toReversed()).toMatchObject([
      {
        record: {
          event: 'apply.started',
          ...role,
          from: 100 * MIB,
          to: 40 * MIB,
          detail: { cause: 'link', link: 'dc1-wan' },
        },
      },
      { record: { event: 'applied', ...role, from: 100 * MIB, to: 40 * MIB } },
      {
        record: {
          event: 'apply.started',
          ...role,
          from: 40 * MIB,
          to: 100 * MIB,
          detail: { cause: 'link', grant: null },
        },
      },
      { record: { event: 'applied', ...role, from: 40 * MIB, to: 100 * MIB } },
    ]);
    expect((await given.bot.events()).filter((event) => event === 'link.window')).toHaveLength(3);
  });

  it('moves nothing where the limit is lower anyway', async () => {
    given.aws.setLimit(given.arn, 30 * MIB);
    await beginWithWindow(given);
    await passes(given, 5 * MINUTE);
    expect(given.limit()).toBe(30);
    expect(await given.bot.events()).toEqual(['link.window', 'link.window']);
  });

  it('is due at the start, where all bots were down when it began', async () => {
    given.world.links = [linkOf(given.arn, { timetable: [windowIn(given.world, 5, 60, 40)] })];
    given.world.seconds += 10 * MINUTE;
    await begin(given.bot);
    expect(given.limit()).toBe(40);
  });

  it('is set, and ended, in sessions that are named after the link, if the rule has a role', async () => {
    given.world.rule = rule({ role: ROLE });
    await beginWithWindow(given);
    await passes(given, 5 * MINUTE);
    await passes(given, HOUR);
    expect(given.sent()).toEqual([40, 100]);
    const sessions = given.aws.calls.filter(({ input }) => input.SourceIdentity !== undefined);
    expect(sessions.map(({ input }) => [input.RoleSessionName, input.SourceIdentity])).toEqual([
      ['link-dc1-wan', 'link-dc1-wan'],
      ['link-dc1-wan', 'link-dc1-wan'],
    ]);
  });

  it('sends nothing twice where its work is done again', async () => {
    await beginWithWindow(given);
    await passes(given, 5 * MINUTE);
    const sent = given.sent().length;
    for (let again = 0; again < 3; again++) {
      await given.bot.timers.ensure([{ effect: { kind: 'member', execution: given.arn }, at: given.bot.clock.now() }]);
      await given.bot.work();
    }
    expect(given.sent()).toHaveLength(sent);
  });
});

describe('a limit that was requested for a member', () => {
  it('is capped while the window lasts, and counts in full before and after', async () => {
    await beginWithWindow(given);
    await granted(given.bot, { ...to(60), durationSeconds: 2 * HOUR });
    expect(given.limit()).toBe(60);
    await passes(given, 5 * MINUTE);
    expect(given.limit()).toBe(40);
    await passes(given, HOUR);
    expect(given.limit()).toBe(60);
    await passes(given, HOUR);
    expect(given.limit()).toBe(100);
  });

  it('is never sent above the window, where it is applied in it', async () => {
    await beginWithWindow(given);
    await passes(given, 5 * MINUTE);
    const id = await granted(given.bot, { ...to(60), durationSeconds: 2 * HOUR });
    expect((await given.bot.request(id)).status).toBe('applied');
    expect(given.limit()).toBe(40);
    await passes(given, HOUR);
    expect(given.limit()).toBe(60);
    expect(given.sent()).toEqual([40, 60]);
  });

  it('is refused where it would change nothing for all of its time', async () => {
    await beginWithWindow(given);
    await passes(given, 5 * MINUTE);
    const asked = await given.bot.ask({ ...to(60), durationSeconds: HOUR / 2 });
    const refusal = { why: 'capped', link: 'dc1-wan', to: 60 * MIB, allowed: 40 * MIB };
    expect(asked).toMatchObject({ kind: 'refused', refusal });
    expect((await given.bot.ask({ ...to(40), durationSeconds: HOUR / 2 })).kind).toBe('refused');
  });

  it('needs the approvals of a raise where the window’s end would bring less', async () => {
    given.aws.setLimit(given.arn, 50 * MIB);
    given.world.rule = { ...given.world.rule, approvals: { lower: 0, raise: 1, unlimited: 2 } };
    await beginWithWindow(given);
    await passes(given, 5 * MINUTE);
    const within = await given.bot.preview();
    expect(within).toMatchObject({ kind: 'refused' });
    const beyond = idOf(await given.bot.ask({ ...to(60), durationSeconds: 2 * HOUR }));
    expect(await given.bot.request(beyond)).toMatchObject({ direction: 'raise', approvalsNeeded: 1 });
  });

  it('below the window counts, and its end brings the window’s', async () => {
    await beginWithWindow(given);
    await passes(given, 5 * MINUTE);
    const id = await granted(given.bot, { ...to(20), durationSeconds: HOUR / 4 });
    expect(given.limit()).toBe(20);
    await passes(given, HOUR / 4);
    expect(given.limit()).toBe(40);
    expect((await given.bot.request(id)).hold?.end).toMatchObject({ how: 'reverted', rate: 40 * MIB });
    expect((await run())?.baseline).toBe(100 * MIB);
    await passes(given, HOUR);
    expect(given.limit()).toBe(100);
  });
});
