import { expect, it } from 'vitest';
import { MIB } from '../../../domain/given.ts';
import { givenBot, onceUpdated } from '../../given-bot.ts';
import { FREE, granted, HOUR, to } from '../../given-grants.ts';
import { begin, beginWithWindow, linkOf, passes } from '../../given-links.ts';

const given = givenBot(FREE);

const MINUTE = 60;

it('a change made outside the bot while a window’s is in flight ends all grants, and is left alone', async () => {
  await beginWithWindow(given);
  const first = await granted(given.bot, { ...to(90), durationSeconds: 2 * HOUR });
  const second = await granted(given.bot, { ...to(60), durationSeconds: 2 * HOUR });
  onceUpdated(given.bot, () => given.aws.setLimit(given.arn, 77 * MIB));
  await passes(given, 5 * MINUTE);
  for (let minute = 0; minute < 5; minute++) await passes(given, MINUTE);
  expect(given.limit()).toBe(77);
  for (const id of [first, second]) expect((await given.bot.request(id)).hold?.end).toMatchObject({ how: 'skipped' });
  await passes(given, HOUR);
  expect(given.limit()).toBe(77);
});

it('an execution that ends while a window’s change is in flight is over', async () => {
  await beginWithWindow(given);
  const id = await granted(given.bot, { ...to(90), durationSeconds: 2 * HOUR });
  onceUpdated(given.bot, () => given.aws.finish(given.arn, 'SUCCESS'));
  await passes(given, 5 * MINUTE);
  for (let minute = 0; minute < 5; minute++) await passes(given, MINUTE);
  expect((await given.bot.request(id)).hold?.end).toMatchObject({ why: 'ended' });
  expect((await given.bot.ledger.run(given.arn)).run).toMatchObject({ change: null, grants: [] });
});

it('the same where a link alone has limited it', async () => {
  await beginWithWindow(given);
  onceUpdated(given.bot, () => given.aws.finish(given.arn, 'SUCCESS'));
  await passes(given, 5 * MINUTE);
  for (let minute = 0; minute < 5; minute++) await passes(given, MINUTE);
  expect((await given.bot.ledger.run(given.arn)).run).toMatchObject({ change: null, inForce: null });
});

it('the policy is reloaded without the link while the window’s change is in flight', async () => {
  await beginWithWindow(given);
  onceUpdated(given.bot, () => {
    given.world.links = [];
  });
  await passes(given, 5 * MINUTE);
  for (let minute = 0; minute < 3; minute++) await passes(given, MINUTE);
  expect(given.limit()).toBe(100);
  expect((await given.bot.ledger.run(given.arn)).run).toMatchObject({ change: null });
});

it('the policy is reloaded without the link while AWS does not take the window’s first change', async () => {
  await beginWithWindow(given);
  given.aws.fail({ kind: 'ignored-update' });
  await passes(given, 5 * MINUTE);
  given.world.links = [];
  given.aws.recover();
  for (let minute = 0; minute < 4; minute++) await passes(given, MINUTE);
  expect(given.limit()).toBe(100);
  expect((await given.bot.ledger.run(given.arn)).run).toMatchObject({ change: null });
  expect(await given.bot.redis.zcard(given.bot.keys.timers)).toBe(0);
});

it('windows back to back and past midnight follow each other', async () => {
  const day = new Date(given.world.began).toISOString().slice(0, 10);
  const minute = Math.floor((given.world.began / MINUTE / 1000) % 1440);
  const toMidnight = 1440 - minute;
  given.world.links = [
    linkOf(given.arn, {
      timetable: [
        { on: { kind: 'dates', dates: [day] }, from: 1430, to: 30, capacity: 40 * MIB },
        {
          on: { kind: 'dates', dates: [new Date(given.world.began + 86_400_000).toISOString().slice(0, 10)] },
          from: 30,
          to: 60,
          capacity: 20 * MIB,
        },
      ],
    }),
  ];
  await begin(given.bot);
  const seen: number[] = [];
  given.world.seconds += Math.max(0, toMidnight - 20) * MINUTE;
  for (let step = 0; step < 100; step++) {
    await passes(given, MINUTE);
    if (seen.at(-1) !== given.limit()) seen.push(given.limit());
  }
  expect(seen).toEqual([100, 40, 20, 100]);
  expect(given.sent()).toEqual([40, 20, 100]);
});

it('a clock that goes back a while sets nothing twice', async () => {
  await beginWithWindow(given);
  await passes(given, 5 * MINUTE);
  given.world.seconds -= 2 * MINUTE;
  for (let step = 0; step < 6; step++) await passes(given, MINUTE);
  await passes(given, HOUR);
  expect(given.limit()).toBe(100);
  expect((await given.bot.events()).filter((event) => event === 'drift.detected')).toEqual([]);
});

it('AWS that does not know a member for a moment changes nothing for good', async () => {
  await beginWithWindow(given);
  await passes(given, 5 * MINUTE);
  given.aws.fail({ kind: 'deny', operation: 'DescribeTaskExecution' });
  for (let step = 0; step < 3; step++) await passes(given, MINUTE);
  await passes(given, HOUR);
  given.aws.recover();
  await passes(given, MINUTE);
  await passes(given, MINUTE);
  expect(given.limit()).toBe(100);
});
