import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LocalDataSync } from '../../sandbox/datasync/start-data-sync.ts';
import { parseUntil, writeUntil } from '../../src/domain/until.ts';
import type { Asked } from '../../src/workflow/request-throttle.ts';
import { MIB, OPERATOR } from '../domain/given.ts';
import { verifiedLog } from '../ledger/given-ledger.ts';
import { type Bot, type Outside, outside, startAwsWithOne, startBot, updates } from './given-bot.ts';

const MINUTE = 60;
const HOUR = 3600;
const ZONE = 'Australia/Lord_Howe';

let aws: LocalDataSync;
let arn: string;
let world: Outside;
let bot: Bot;

beforeEach(async () => {
  ({ aws, arn } = await startAwsWithOne());
  world = outside({ maxDurationSeconds: 2 * HOUR, expiresInSeconds: 30 * MINUTE });
  // On a full minute, as a time of day is.
  Object.assign(world, { began: Math.floor(world.began / 60_000) * 60_000 });
  world.people.set('U0OPER', { ...OPERATOR, zone: ZONE });
  bot = await startBot(arn, world);
});
afterEach(async () => {
  await verifiedLog(bot);
  bot.close();
  await aws.stop();
  vi.unstubAllEnvs();
});

/** That many seconds after the beginning, as it is on the requester's wall. */
function inSeconds(seconds: number) {
  const read = parseUntil(writeUntil(new Date(world.began + seconds * 1000), ZONE));
  if (!read.ok) throw new Error(read.problem.instead);
  return read.value;
}
const isoIn = (seconds: number) => new Date(world.began + seconds * 1000).toISOString();

function requestOf(asked: Asked) {
  if (asked.kind !== 'asked') throw new Error(JSON.stringify(asked));
  return asked.request;
}
const limit = () => aws.execution(arn).bytesPerSecond / MIB;

describe('a limit until a time', () => {
  it('ends then, however long its approval took', async () => {
    const { id, until, durationSeconds } = requestOf(await bot.ask({ until: inSeconds(HOUR) }));
    expect([until, durationSeconds]).toEqual([isoIn(HOUR), HOUR]);
    world.seconds += 20 * MINUTE;
    await bot.review(id, 'U0LEAD');
    await bot.work();
    expect(limit()).toBe(50);
    expect((await bot.request(id)).hold).toMatchObject({ dueAt: isoIn(HOUR), base: 100 * MIB });
    world.seconds = HOUR - 1;
    await bot.work();
    expect(limit()).toBe(50);
    world.seconds = HOUR + 1;
    await bot.work();
    expect(limit()).toBe(100);
  });

  it('expires with it where nobody approved by then, though the rule gives longer', async () => {
    const { id, expiresAt } = requestOf(await bot.ask({ until: inSeconds(10 * MINUTE) }));
    expect(expiresAt).toBe(isoIn(10 * MINUTE));
    world.seconds = 10 * MINUTE + 1;
    await bot.work();
    expect((await bot.request(id)).status).toBe('expired');
    expect(updates(aws)).toEqual([]);
  });

  it('expires with it where it was approved, and could not be set by then', async () => {
    const { id } = requestOf(await bot.ask({ until: inSeconds(10 * MINUTE) }));
    world.seconds = 5 * MINUTE;
    await bot.review(id, 'U0LEAD');
    expect((await bot.request(id)).expiresAt).toBe(isoIn(10 * MINUTE));
    world.seconds = 10 * MINUTE + 1;
    await bot.work();
    expect((await bot.request(id)).status).toBe('expired');
    expect(updates(aws)).toEqual([]);
  });

  it('is bounded by the rule as a duration is', async () => {
    const asked = await bot.ask({ until: inSeconds(3 * HOUR) });
    expect(asked).toMatchObject({ kind: 'refused', refusal: { why: 'duration-too-long', asked: 3 * HOUR } });
    expect(await bot.events()).toEqual(['refused']);
  });

  it('is refused where it is past, or nobody knows on which clock; who may not ask hears that first', async () => {
    expect(await bot.ask({ until: inSeconds(-60) })).toMatchObject({
      refusal: { why: 'until', problem: { kind: 'past' } },
    });
    world.people.set('U0OPER', OPERATOR);
    expect(await bot.ask({ until: inSeconds(HOUR) })).toMatchObject({
      refusal: { why: 'until', problem: { kind: 'no-zone' } },
    });
    expect(await bot.ask({ until: inSeconds(-60), user: 'U0NOBODY' })).toMatchObject({
      refusal: { why: 'may-not-ask' },
    });
  });
});
