import { describe, expect, it } from 'vitest';
import { MIB } from '../../domain/given.ts';
import { givenBot, idOf, onceUpdated } from '../given-bot.ts';
import { FREE, granted, HOUR, to } from '../given-grants.ts';

const given = givenBot(FREE);

/** A change of 30 MiB/s that AWS answers with an error, and that is set at the second try. */
async function setAtSecondTry(): Promise<string> {
  given.aws.fail({ kind: 'internal', operation: 'UpdateTaskExecution', times: 1 });
  const id = idOf(await given.bot.ask({ ...to(30), durationSeconds: HOUR }));
  await given.bot.work();
  given.world.seconds += 11;
  await given.bot.work();
  expect((await given.bot.request(id)).status).toBe('applied');
  return id;
}

describe('a change that AWS carries out late', () => {
  it('is no change made outside the bot: the limit that applies is set again, on record', async () => {
    const first = await setAtSecondTry();
    const second = await granted(given.bot, to(20));
    given.aws.setLimit(given.arn, 30 * MIB);
    given.world.seconds += 60;
    await given.bot.work();
    expect(given.limit()).toBe(20);
    expect((await given.bot.request(first)).hold?.end).toBeNull();
    expect((await given.bot.request(second)).hold?.end).toBeNull();
    expect(await given.bot.events()).not.toContain('drift.detected');
    const records = await given.bot.ledger.lookUp({ kind: 'execution', arn: given.arn }, 2);
    expect(records).toMatchObject([
      { record: { event: 'applied', request: null, from: 30 * MIB, to: 20 * MIB } },
      { record: { event: 'apply.started', request: null, detail: { cause: 'late-write', grant: second } } },
    ]);
    given.world.seconds += HOUR;
    await given.bot.work();
    expect(given.limit()).toBe(100);
  });

  it('is corrected later where AWS does not accept that at once, and nothing else waits for ever', async () => {
    const first = await setAtSecondTry();
    const second = await granted(given.bot, to(20));
    given.aws.fail({ kind: 'throttle', operation: 'UpdateTaskExecution' });
    given.aws.setLimit(given.arn, 30 * MIB);
    given.world.seconds += 60;
    await given.bot.work();
    expect((await given.bot.ledger.run(given.arn)).run?.change).toMatchObject({ cause: 'late-write' });
    given.aws.recover();
    given.world.seconds += 60;
    await given.bot.work();
    expect(given.limit()).toBe(20);
    given.world.seconds += HOUR;
    await given.bot.work();
    expect(given.limit()).toBe(100);
    for (const id of [first, second]) expect((await given.bot.request(id)).hold?.end).not.toBeNull();
  });

  it('is corrected by whatever changes the limit next, where no poll does', async () => {
    await setAtSecondTry();
    const second = await granted(given.bot, to(20));
    given.aws.fail({ kind: 'throttle', operation: 'UpdateTaskExecution' });
    given.aws.setLimit(given.arn, 30 * MIB);
    given.world.seconds += 60;
    await given.bot.work();
    given.aws.recover();
    await given.bot.redis.del(given.bot.keys.timers);
    expect((await given.bot.revertNow(second, 'U0OPER')).kind).toBe('reverting');
    const isOver = async () => (await given.bot.request(second)).hold?.end !== null;
    // Where this machine is slow, what became of the first try is not known, and the next one waits longer.
    for (let seconds = 0; seconds < 180 && !(await isOver()); seconds++) {
      given.world.seconds += 1;
      await given.bot.work();
    }
    expect(given.limit()).toBe(30);
    expect(await isOver()).toBe(true);
    expect(await given.bot.events()).not.toContain('drift.detected');
  });

  it('while another change is in flight leaves that one to be sent again', async () => {
    const first = await setAtSecondTry();
    await granted(given.bot, to(25));
    onceUpdated(given.bot, () => given.aws.setLimit(given.arn, 30 * MIB));
    const third = idOf(await given.bot.ask({ ...to(20), durationSeconds: HOUR }));
    for (let seconds = 0; seconds < 80; seconds += 5) {
      given.world.seconds += 5;
      await given.bot.work();
    }
    expect(given.limit()).toBe(20);
    expect((await given.bot.request(third)).status).toBe('applied');
    expect((await given.bot.request(first)).hold?.end).toBeNull();
    expect(await given.bot.events()).not.toContain('revert.skipped');
  });

  it('counts as one made outside after a quarter of an hour', async () => {
    await setAtSecondTry();
    const second = await granted(given.bot, to(20));
    given.world.seconds += 901;
    given.aws.setLimit(given.arn, 30 * MIB);
    await given.bot.work();
    expect(given.limit()).toBe(30);
    expect(await given.bot.events()).toContain('drift.detected');
    expect((await given.bot.request(second)).hold?.end).toMatchObject({ how: 'skipped', why: 'changed' });
  });

  it('and was confirmed at once counts as one made outside', async () => {
    await granted(given.bot, to(30));
    await granted(given.bot, to(20));
    given.aws.setLimit(given.arn, 30 * MIB);
    given.world.seconds += 60;
    await given.bot.work();
    expect(given.limit()).toBe(30);
    expect(await given.bot.events()).toContain('drift.detected');
  });
});

describe('a change made outside the bot', () => {
  it('ends all grants of the run in one write, and none of them is set again', async () => {
    const first = await granted(given.bot, { durationSeconds: 2 * HOUR });
    const second = await granted(given.bot, { ...to(30), durationSeconds: null });
    const third = await granted(given.bot, to(20));
    given.aws.setLimit(given.arn, 7 * MIB);
    given.world.seconds += 60;
    await given.bot.work();
    const [one, two, three] = await Promise.all([first, second, third].map((id) => given.bot.request(id)));
    expect(one?.hold?.end).toMatchObject({ how: 'skipped', why: 'changed', rate: 7 * MIB });
    expect(three?.hold?.end).toMatchObject({ how: 'skipped', why: 'changed' });
    expect(three?.drift).toMatchObject({ rate: 7 * MIB });
    expect(two?.hold).toBeNull();
    expect((await given.bot.ledger.run(given.arn)).run).toMatchObject({ grants: [], baseline: 7 * MIB });
    given.world.seconds += 3 * HOUR;
    await given.bot.work();
    expect(given.sent()).toEqual([50, 30, 20]);
  });

  it('is the limit that a later request reverts to', async () => {
    await granted(given.bot);
    given.aws.setLimit(given.arn, 70 * MIB);
    const later = idOf(await given.bot.ask({ ...to(20), durationSeconds: HOUR }));
    await given.bot.work();
    given.world.seconds += 2;
    await given.bot.work();
    expect((await given.bot.request(later)).hold).toMatchObject({ base: 70 * MIB });
    given.world.seconds += HOUR;
    await given.bot.work();
    expect(given.sent()).toEqual([50, 20, 70]);
  });
});

describe('a first change that failed because of one made outside', () => {
  it('leaves nothing that a later one would have to end', async () => {
    given.aws.fail({ kind: 'reset', operation: 'UpdateTaskExecution', times: 1 });
    const failed = idOf(await given.bot.ask({ ...to(30), durationSeconds: HOUR }));
    await given.bot.work();
    given.aws.setLimit(given.arn, 7 * MIB);
    given.world.seconds += 5;
    await given.bot.work();
    expect(await given.bot.request(failed)).toMatchObject({ status: 'failed', ending: { why: 'other-rate' } });
    given.aws.setLimit(given.arn, 8 * MIB);
    const later = await granted(given.bot, to(5));
    expect((await given.bot.request(later)).hold).toMatchObject({ base: 8 * MIB });
    given.world.seconds += HOUR;
    await given.bot.work();
    expect(given.limit()).toBe(8);
  });
});
