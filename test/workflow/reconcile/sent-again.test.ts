import { describe, expect, it } from 'vitest';
import { AwsFault } from '../../../src/workflow/faults.ts';
import { MIB } from '../../domain/given.ts';
import { givenBot, idOf, onceUpdated } from '../given-bot.ts';
import { granted, HOUR, to } from '../given-grants.ts';

const given = givenBot({
  approvals: { lower: 0, raise: 1, unlimited: 1 },
  requesters: null,
  maxDurationSeconds: null,
  expiresInSeconds: HOUR,
});

/** A raise to 200 for an hour, approved and in force. */
async function raised(): Promise<string> {
  const raise = idOf(await given.bot.ask({ ...to(200), durationSeconds: HOUR }));
  await given.bot.review(raise, 'U0LEAD');
  await given.bot.work();
  return raise;
}

/** The raise applies; then 150 for half an hour is requested, which needs no approval below that. */
async function lowerUnderRaise(): Promise<string> {
  await raised();
  given.aws.fail({ kind: 'throttle', operation: 'UpdateTaskExecution' });
  const lower = idOf(await given.bot.ask({ ...to(150), user: 'U0SECOND', durationSeconds: HOUR / 2 }));
  await given.bot.work();
  expect((await given.bot.request(lower)).apply).toMatchObject({ putOff: { why: 'throttled' } });
  return lower;
}

describe('a change that is sent again much later', () => {
  it('is not sent where its time would outlast what it was approved under', async () => {
    const lower = await lowerUnderRaise();
    given.world.seconds += HOUR / 2 + 60;
    given.aws.recover();
    await given.bot.work();
    expect(await given.bot.request(lower)).toMatchObject({ status: 'failed', ending: { why: 'not-approved' } });
    const rates = given.aws.calls.filter(
      ({ operation, outcome }) => operation === 'UpdateTaskExecution' && outcome === 'ok',
    );
    expect(rates).toHaveLength(1);
  });

  it('is sent where it still fits, and ends as long after that as was requested', async () => {
    const lower = await lowerUnderRaise();
    given.world.seconds += HOUR / 4;
    given.aws.recover();
    await given.bot.work();
    const { status, apply, hold } = await given.bot.request(lower);
    expect(status).toBe('applied');
    expect(Date.parse(hold?.dueAt ?? '') - Date.parse(apply?.sentAt ?? '')).toBe((HOUR / 2) * 1000);
    given.world.seconds += HOUR / 2;
    await given.bot.work();
    expect(given.limit()).toBe(200);
  });
});

describe('a change that takes a while', () => {
  it('ends at once where somebody ended meanwhile what it needed no approval below', async () => {
    const raise = await raised();
    onceUpdated(given.bot, () => given.bot.revertNow(raise, 'U0OPER'));
    const lower = idOf(await given.bot.ask({ ...to(150), user: 'U0SECOND', durationSeconds: HOUR / 2 }));
    await given.bot.work();
    given.world.seconds += 5;
    await given.bot.work();
    expect(given.limit()).toBe(100);
    for (const id of [raise, lower]) expect((await given.bot.request(id)).hold?.end).not.toBeNull();
    const records = await given.bot.ledger.lookUp({ kind: 'request', id: lower }, 10);
    const scheduled = records.find(({ record }) => record?.event === 'revert.scheduled');
    expect(scheduled?.record?.detail).toMatchObject({ why: 'approvals' });
  });

  it('stays where somebody ended meanwhile what it does not exceed', async () => {
    const raise = await raised();
    onceUpdated(given.bot, () => given.bot.revertNow(raise, 'U0OPER'));
    await granted(given.bot, { ...to(80), durationSeconds: HOUR / 2 });
    given.world.seconds += 5;
    await given.bot.work();
    expect(given.limit()).toBe(80);
  });

  it('counts its time from when it was sent, not from when AWS was given up on', async () => {
    await raised();
    const { began, seconds } = given.world;
    const { update } = given.bot.deps.executions;
    const operation = 'datasync:UpdateTaskExecution';
    given.bot.deps.executions.update = async () => {
      given.bot.deps.executions.update = update;
      given.world.seconds += 60;
      throw new AwsFault('no-answer', { operation, requestId: null, role: null, said: null });
    };
    const lower = idOf(await given.bot.ask({ ...to(150), user: 'U0SECOND', durationSeconds: HOUR - 30 }));
    await given.bot.work();
    given.aws.setLimit(given.arn, 150 * MIB);
    given.world.seconds += 2;
    await given.bot.work();
    const { dueAt } = (await given.bot.request(lower)).hold ?? {};
    expect(dueAt).toBe(new Date(began + (seconds + HOUR - 30) * 1000).toISOString());
  });
});

describe('the end of a limit that is sent again', () => {
  it('goes to what applies then, not to a limit that has ended meanwhile', async () => {
    await raised();
    await granted(given.bot, { ...to(20), durationSeconds: HOUR - 20 });
    given.world.seconds += HOUR - 20;
    given.aws.fail({ kind: 'throttle', operation: 'UpdateTaskExecution' });
    await given.bot.work();
    given.world.seconds += 60;
    given.aws.recover();
    const before = given.sent().length;
    await given.bot.work();
    given.world.seconds += 60;
    await given.bot.work();
    expect(given.sent().slice(before)).toEqual([100]);
  });
});
