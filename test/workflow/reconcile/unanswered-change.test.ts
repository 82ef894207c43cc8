import { describe, expect, it } from 'vitest';
import { verifiedLog } from '../../store/given-ledger.ts';
import { approved, givenBot, updates, uponUpdate } from '../given-bot.ts';
import { startBot } from '../start-bot.ts';

const given = givenBot();

describe('a change that AWS does not answer', () => {
  it('is applied if it was carried out', async () => {
    const id = await approved(given.bot);
    given.aws.fail({ kind: 'lost-update', times: 1 });
    await given.bot.work();
    expect((await given.bot.request(id)).status).toBe('applied');
    expect(updates(given.aws)).toHaveLength(1);
  });

  it('is unknown while it can’t be read back, which is recorded once', async () => {
    const id = await approved(given.bot);
    uponUpdate(given.aws, () => given.aws.fail({ kind: 'reset', operation: 'DescribeTaskExecution' }));
    for (let look = 0; look < 3; look++) {
      await given.bot.work();
      given.world.seconds += 5;
    }
    expect(await given.bot.events()).toEqual(['requested', 'approved', 'apply.started', 'apply.unknown']);
    expect((await given.bot.request(id)).apply?.unknownSince).not.toBeNull();
    given.aws.recover();
    await given.bot.work();
    expect((await given.bot.request(id)).status).toBe('applied');
    expect(updates(given.aws)).toHaveLength(1);
  });

  it('names the denied action if AWS denies the read-back', async () => {
    const id = await approved(given.bot);
    given.aws.fail({ kind: 'lost-update', times: 1 });
    uponUpdate(given.aws, () => given.aws.fail({ kind: 'deny', operation: 'DescribeTaskExecution' }));
    await given.bot.work();
    const refused = { action: 'datasync:DescribeTaskExecution', role: null };
    expect((await given.bot.request(id)).apply).toMatchObject({ refused, unknownSince: expect.any(String) });
    given.aws.recover();
    given.world.seconds += 60;
    await given.bot.work();
    expect((await given.bot.request(id)).status).toBe('applied');
  });

  it('does not count as sent if AWS throttled it, and is retried', async () => {
    // A machine that stands still for seconds must not make a silence of the refusals, whose outcome would be unknown.
    const patient = await startBot(given.arn, given.world, undefined, { update: 60_000, attempt: 60_000 });
    const id = await approved(patient);
    given.aws.fail({ kind: 'throttle', operation: 'UpdateTaskExecution' });
    // More often than a change is sent that AWS takes and does not show.
    for (let round = 0; round < 4; round++) {
      await patient.work();
      const { status, apply } = await patient.request(id);
      expect(status).toBe('applying');
      expect(apply).toMatchObject({ attempt: 1, putOff: { why: 'throttled', action: 'datasync:UpdateTaskExecution' } });
      given.world.seconds += 10;
    }
    given.aws.recover();
    await patient.work();
    expect(await patient.request(id)).toMatchObject({ status: 'applied', apply: { attempt: 1, putOff: null } });
    expect(updates(given.aws).filter(({ outcome }) => outcome === 'ok')).toHaveLength(1);
    await verifiedLog(patient);
    patient.close();
  });

  it('is sent again after a minute if it was not carried out and AWS did not answer', async () => {
    const id = await approved(given.bot);
    given.aws.fail({ kind: 'reset', operation: 'UpdateTaskExecution', times: 1 });
    await given.bot.work();
    given.world.seconds += 59;
    await given.bot.work();
    expect(updates(given.aws)).toHaveLength(1);
    given.world.seconds += 2;
    await given.bot.work();
    expect((await given.bot.request(id)).status).toBe('applied');
    expect((await given.bot.events()).slice(2)).toEqual(['apply.started', 'apply.started', 'apply.started', 'applied']);
  });

  it('is sent again after ten seconds if AWS answered with an error of its own', async () => {
    const id = await approved(given.bot);
    given.aws.fail({ kind: 'internal', operation: 'UpdateTaskExecution', times: 1 });
    await given.bot.work();
    expect((await given.bot.request(id)).apply).toMatchObject({ putOff: { why: 'error' } });
    given.world.seconds += 9;
    await given.bot.work();
    expect(given.sent()).toHaveLength(1);
    given.world.seconds += 2;
    await given.bot.work();
    expect((await given.bot.request(id)).status).toBe('applied');
  });
});
