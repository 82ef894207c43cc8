import { describe, expect, it } from 'vitest';
import type { OtherPolicy } from '../../../src/domain/policy/policies-in-force.ts';
import { requestThrottle } from '../../../src/workflow/commands/request-throttle.ts';
import { arnOf } from '../../aws/aws-environment.ts';
import { CHANNEL, MIB, policy, rule } from '../../domain/given.ts';
import { approved, givenBot, idOf } from '../given-bot.ts';

const FREE = { approvals: { lower: 0, raise: 1, unlimited: 2 }, maxDurationSeconds: null };
const UNREADABLE: OtherPolicy = { policy: null, digest: 'unreadable' };

const given = givenBot();

/** Asked for and approved, and not applied yet: 200 MiB/s. */
async function agreedRaise(): Promise<string> {
  given.world.rule = { ...given.world.rule, approvals: { lower: 1, raise: 1, unlimited: 1 } };
  const id = idOf(await given.bot.ask({ rate: { kind: 'absolute', bytesPerSecond: 200 * MIB } }));
  await given.bot.review(id, 'U0LEAD');
  return id;
}

describe('an approved request, if another bot runs another policy before it is applied', () => {
  it('ends if that policy needs more approvals, and nothing is sent', async () => {
    const id = await approved(given.bot);
    const { policy: strict, digest } = policy(
      rule({ name: 'strict', approvals: { lower: 2, raise: 2, unlimited: 2 } }),
    );
    given.world.others = [{ policy: strict, digest }];
    await given.bot.work();
    expect(await given.bot.request(id)).toMatchObject({ status: 'stale', ending: { why: 'policy' } });
    expect(given.sent()).toEqual([]);
    expect(await given.bot.deps.ledger.lookUp({ kind: 'request', id }, 1)).toMatchObject([
      { record: { policy: digest, detail: { policies: ['digest of production', digest] } } },
    ]);
  });

  it('waits while that policy can’t be read', async () => {
    const id = await agreedRaise();
    given.world.others = [UNREADABLE];
    await given.bot.work();
    expect(await given.bot.request(id)).toMatchObject({ status: 'approved' });
    expect(given.sent()).toEqual([]);
    given.world.others = [];
    given.world.seconds += 10;
    await given.bot.work();
    expect(await given.bot.request(id)).toMatchObject({ status: 'applied' });
    expect(given.sent()).toEqual([200]);
  });

  it('is applied all the same if it lowers the limit, and reverts at its end', async () => {
    given.world.rule = { ...given.world.rule, ...FREE };
    given.world.others = [UNREADABLE];
    const id = idOf(await given.bot.ask({ durationSeconds: 60 }));
    await given.bot.work();
    given.world.seconds += 61;
    await given.bot.work();
    expect((await given.bot.request(id)).hold?.end).toMatchObject({ how: 'reverted' });
    expect(given.sent()).toEqual([50, 100]);
  });
});

describe('a request made before a limit that was set meanwhile', () => {
  /** As of a moment in which the run was not changed yet. */
  const askUnseeing = (seconds: number) => {
    const { ledger } = given.bot.deps;
    const untouched = { execution: given.arn, run: null, storedVersion: null, lastSeq: 0, inForce: null };
    return requestThrottle(
      {
        ...given.bot.deps,
        ledger: { ...ledger, proveRun: async () => ({ kind: 'proven', stored: untouched }) },
      },
      {
        user: 'U0OPER',
        op: `unseeing ${seconds}`,
        channel: CHANNEL,
        execution: arnOf(given.arn),
        rate: { kind: 'absolute', bytesPerSecond: 49 * MIB },
        durationSeconds: seconds,
        reason: null,
      },
    );
  };

  it('is weighed against that limit before it is applied: nothing is sent if it needs more approvals', async () => {
    given.world.rule = { ...given.world.rule, ...FREE };
    given.aws.setLimit(given.arn, 30 * MIB);
    const raise = idOf(await given.bot.ask({ user: 'U0LEAD', durationSeconds: 600 }));
    await given.bot.review(raise, 'U0SECOND');
    await given.bot.work();
    const id = idOf(await askUnseeing(3600));
    expect(await given.bot.request(id)).toMatchObject({ status: 'approved', approvalsNeeded: 0 });
    await given.bot.work();
    expect(await given.bot.request(id)).toMatchObject({ status: 'stale', ending: { why: 'policy' } });
    expect(given.sent()).toEqual([50]);
  });

  it('is applied if it only lowers what applies, and hands back to it', async () => {
    given.world.rule = { ...given.world.rule, ...FREE };
    await given.bot.ask({ user: 'U0LEAD', durationSeconds: 8 * 3600 });
    await given.bot.work();
    await askUnseeing(60);
    await given.bot.work();
    given.world.seconds += 120;
    await given.bot.work();
    expect(given.sent()).toEqual([50, 49, 50]);
  });
});
