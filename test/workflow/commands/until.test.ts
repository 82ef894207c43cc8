import { describe, expect, it } from 'vitest';
import { parseUntil, writeUntil } from '../../../src/domain/time/until.ts';
import { MIB, OPERATOR } from '../../domain/given.ts';
import { givenBot, requestOf, updates } from '../given-bot.ts';

const MINUTE = 60;
const HOUR = 3600;
const ZONE = 'Australia/Lord_Howe';

const given = givenBot({ maxDurationSeconds: 2 * HOUR, expiresInSeconds: 30 * MINUTE }, (world) => {
  // On a full minute, as a time of day is.
  Object.assign(world, { began: Math.floor(world.began / 60_000) * 60_000 });
  world.people.set('U0OPER', { ...OPERATOR, zone: ZONE });
});

/** That many seconds after the beginning, as it is on the requester's wall. */
function inSeconds(seconds: number) {
  const read = parseUntil(writeUntil(new Date(given.world.began + seconds * 1000), ZONE));
  if (!read.ok) throw new Error(read.problem.instead);
  return read.value;
}
const isoIn = (seconds: number) => new Date(given.world.began + seconds * 1000).toISOString();

describe('a limit until a time', () => {
  it('ends then, however long its approval took', async () => {
    const { id, until, durationSeconds } = requestOf(await given.bot.ask({ until: inSeconds(HOUR) }));
    expect([until, durationSeconds]).toEqual([isoIn(HOUR), HOUR]);
    given.world.seconds += 20 * MINUTE;
    await given.bot.review(id, 'U0LEAD');
    await given.bot.work();
    expect(given.limit()).toBe(50);
    expect((await given.bot.request(id)).hold).toMatchObject({ dueAt: isoIn(HOUR), base: 100 * MIB });
    given.world.seconds = HOUR - 1;
    await given.bot.work();
    expect(given.limit()).toBe(50);
    given.world.seconds = HOUR + 1;
    await given.bot.work();
    expect(given.limit()).toBe(100);
  });

  it('expires then if nobody has approved, even if the rule allows longer', async () => {
    const { id, expiresAt } = requestOf(await given.bot.ask({ until: inSeconds(10 * MINUTE) }));
    expect(expiresAt).toBe(isoIn(10 * MINUTE));
    given.world.seconds = 10 * MINUTE + 1;
    await given.bot.work();
    expect((await given.bot.request(id)).status).toBe('expired');
    expect(updates(given.aws)).toEqual([]);
  });

  it('expires then if it was approved and could not be applied', async () => {
    const { id } = requestOf(await given.bot.ask({ until: inSeconds(10 * MINUTE) }));
    given.world.seconds = 5 * MINUTE;
    await given.bot.review(id, 'U0LEAD');
    expect((await given.bot.request(id)).expiresAt).toBe(isoIn(10 * MINUTE));
    given.world.seconds = 10 * MINUTE + 1;
    await given.bot.work();
    expect((await given.bot.request(id)).status).toBe('expired');
    expect(updates(given.aws)).toEqual([]);
  });

  it('is bounded by the rule like a duration', async () => {
    const asked = await given.bot.ask({ until: inSeconds(3 * HOUR) });
    expect(asked).toMatchObject({ kind: 'refused', refusal: { why: 'duration-too-long', asked: 3 * HOUR } });
    expect(await given.bot.events()).toEqual(['refused']);
  });

  it('is refused if it is past or its time zone is unknown; a missing permission is reported first', async () => {
    expect(await given.bot.ask({ until: inSeconds(-60) })).toMatchObject({
      refusal: { why: 'until', problem: { kind: 'past' } },
    });
    given.world.people.set('U0OPER', OPERATOR);
    expect(await given.bot.ask({ until: inSeconds(HOUR) })).toMatchObject({
      refusal: { why: 'until', problem: { kind: 'no-zone' } },
    });
    expect(await given.bot.ask({ until: inSeconds(-60), user: 'U0NOBODY' })).toMatchObject({
      refusal: { why: 'may-not-ask' },
    });
  });
});
