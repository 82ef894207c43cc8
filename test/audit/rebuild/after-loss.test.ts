import { describe, expect, it } from 'vitest';
import { acceptLoss } from '../../../src/audit/continuity/accept-loss.ts';
import { AUDIT_KEYS } from '../../store/given-ledger.ts';
import { approved, givenBot, idOf } from '../../workflow/given-bot.ts';
import { granted, HOUR, to } from '../../workflow/given-grants.ts';
import { commandsOn, GOOD } from './given-rebuild.ts';

const given = givenBot({ approvals: { lower: 1, raise: 1, unlimited: 1 }, maxDurationSeconds: 12 * HOUR });
const { rebuild, forgetAll } = commandsOn(given);

/** Somebody deletes the last record, and the loss is accepted. Afterwards the log is as it was. */
async function withLastRecordLost(test: () => Promise<void>): Promise<void> {
  const { redis, keys, clock } = given.bot;
  const head = await redis.hgetall(keys.head);
  const kept = `${keys.audit}:kept`;
  await redis.copy(keys.audit, kept);
  await redis.xdel(keys.audit, `${head.seq}-0`);
  const accepted = await acceptLoss(redis, keys, {
    reason: 'known',
    by: 'a test',
    seen: null,
    checkpoints: [],
    auditKeys: AUDIT_KEYS,
    now: clock.now(),
    newLogId: () => 'log',
  });
  expect(accepted.kind).toBe('accepted');
  await test();
  await redis.rename(kept, keys.audit);
  await redis.hset(keys.head, head);
}

describe('audit rebuild after an accepted loss', () => {
  it('does not bring back an approved request whose cancellation was lost', async () => {
    const id = await approved(given.bot);
    await given.bot.cancel(id, 'U0OPER');
    await withLastRecordLost(async () => {
      expect(await rebuild()).toMatchObject({
        code: 1,
        out: expect.stringContaining(`${id} stays as it is: record 3`),
      });
      await (await given.another()).work();
      expect((await given.bot.request(id)).status).toBe('cancelled');
      expect(given.sent()).toEqual([]);
    });
  });

  it('nor one of which nothing else is stored any more', async () => {
    const id = await approved(given.bot);
    await given.bot.cancel(id, 'U0OPER');
    await withLastRecordLost(async () => {
      await forgetAll();
      expect(await rebuild()).toMatchObject({
        code: 1,
        out: expect.stringContaining(`${id} stays as it is: record 3`),
      });
      await (await given.another()).work();
      expect(given.sent()).toEqual([]);
    });
  });

  it('makes anew what goes on after it', async () => {
    given.world.rule = { ...given.world.rule, approvals: { lower: 0, raise: 0, unlimited: 0 } };
    const limited = await granted(given.bot, { ...to(60), durationSeconds: HOUR });
    given.world.rule = { ...given.world.rule, approvals: { lower: 1, raise: 1, unlimited: 1 } };
    const pending = idOf(await given.bot.ask(to(30)));
    await given.bot.review(pending, 'U0OPER');
    await withLastRecordLost(async () => {
      await forgetAll();
      expect(await rebuild()).toMatchObject(GOOD);
      given.world.seconds += HOUR;
      const next = await given.another();
      await next.work();
      expect(given.sent()).toEqual([60, 100]);
      expect((await next.request(limited)).hold?.end).toMatchObject({ how: 'reverted' });
    });
  });
});
