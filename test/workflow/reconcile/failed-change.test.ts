import { describe, expect, it } from 'vitest';
import { MIB } from '../../domain/given.ts';
import { approved, givenBot, updates, uponUpdate } from '../given-bot.ts';

const given = givenBot();

describe('a change that fails', () => {
  async function failsBy(): Promise<string | null | undefined> {
    const id = await approved(given.bot);
    await given.bot.work();
    const request = await given.bot.request(id);
    expect(request.status).toBe('failed');
    expect(await given.bot.ledger.openRequestOf(given.arn)).toBeNull();
    return request.ending?.why;
  }

  it('because somebody else set a third rate', async () => {
    uponUpdate(given.aws, () => given.aws.setLimit(given.arn, 7 * MIB));
    expect(await failsBy()).toBe('other-rate');
    expect(given.limit()).toBe(7);
  });

  it('because the execution ended first', async () => {
    given.aws.fail({ kind: 'rejected', operation: 'UpdateTaskExecution' });
    uponUpdate(given.aws, () => given.aws.finish(given.arn, 'SUCCESS'));
    expect(await failsBy()).toBe('ended');
  });

  it('because IAM does not allow it', async () => {
    given.aws.fail({ kind: 'deny', operation: 'UpdateTaskExecution' });
    expect(await failsBy()).toBe('denied');
    expect(updates(given.aws)).toHaveLength(1);
  });

  it('because AWS rejected it', async () => {
    given.aws.fail({ kind: 'rejected', operation: 'UpdateTaskExecution' });
    expect(await failsBy()).toBe('rejected');
  });

  it('because AWS accepted it three times and never showed it', async () => {
    given.aws.fail({ kind: 'ignored-update' });
    const id = await approved(given.bot);
    for (const sends of [1, 2, 3]) {
      await given.bot.work();
      expect(updates(given.aws)).toHaveLength(sends);
      given.world.seconds += 61;
    }
    await given.bot.work();
    expect(await given.bot.request(id)).toMatchObject({
      status: 'failed',
      ending: { why: 'ignored', rate: 100 * MIB },
    });
    expect(updates(given.aws)).toHaveLength(3);
  });
});
