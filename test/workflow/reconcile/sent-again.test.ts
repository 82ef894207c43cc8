import { describe, expect, it } from 'vitest';
import { givenBot, idOf } from '../given-bot.ts';
import { HOUR, to } from '../given-grants.ts';

const given = givenBot({
  approvals: { lower: 0, raise: 1, unlimited: 1 },
  requesters: null,
  maxDurationSeconds: null,
  expiresInSeconds: HOUR,
});

/** A raise to 200 for an hour applies; then 150 for half an hour is requested, which needs no approval below that. */
async function lowerUnderRaise(): Promise<string> {
  const raise = idOf(await given.bot.ask({ ...to(200), durationSeconds: HOUR }));
  await given.bot.review(raise, 'U0LEAD');
  await given.bot.work();
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
