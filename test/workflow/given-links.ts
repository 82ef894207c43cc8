import type { Link, Window } from '../../src/domain/link/link.ts';
import { UNLIMITED } from '../../src/domain/rate/rate.ts';
import { MIB } from '../domain/given.ts';
import type { Given } from './given-bot.ts';
import type { Outside } from './outside.ts';
import type { Bot } from './start-bot.ts';

/** A link of one task, whose executions may each have all of it: nothing is set outside the windows unless said otherwise. */
export function linkOf(arn: string, changes: Partial<Link> = {}): Link {
  return {
    name: 'dc1-wan',
    about: null,
    tasks: [arn.split('/execution/')[0] ?? ''],
    locations: [],
    capacity: UNLIMITED,
    share: 'each',
    floor: 0,
    weights: {},
    headroom: 0,
    zone: 'UTC',
    timetable: [],
    channel: null,
    ...changes,
  };
}

/** A window of so many MiB/s that begins so many minutes from now, to the minute, on the date of that time. */
export function windowIn({ began, seconds }: Outside, minutes: number, length: number, mib: number): Window {
  const from = new Date(began + (seconds + minutes * 60) * 1000);
  const minute = from.getUTCHours() * 60 + from.getUTCMinutes();
  const to = (minute + length) % 1440;
  return { on: { kind: 'dates', dates: [from.toISOString().slice(0, 10)] }, from: minute, to, capacity: mib * MIB };
}

/** The work of the link begins, as at the start of a bot. */
export async function begin(bot: Bot, link = 'dc1-wan'): Promise<void> {
  await bot.timers.ensure([{ effect: { kind: 'link', link }, at: bot.clock.now() }]);
  await bot.work();
}

/** So many seconds go by, and what is due by then is done. */
export async function passes({ world, bot }: Given, seconds: number, by: Bot = bot): Promise<void> {
  world.seconds += seconds;
  await by.work();
}

/** A window of 40 MiB/s, for an hour, that begins in five minutes. */
export async function beginWithWindow({ world, bot, arn }: Given): Promise<void> {
  world.links = [linkOf(arn, { timetable: [windowIn(world, 5, 60, 40)] })];
  await begin(bot);
}
