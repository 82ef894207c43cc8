import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LocalDataSync } from '../../sandbox/datasync/start-data-sync.ts';
import type { OtherPolicy } from '../../src/domain/policies-in-force.ts';
import type { Asked } from '../../src/workflow/request-throttle.ts';
import { requestThrottle } from '../../src/workflow/request-throttle.ts';
import { arnOf } from '../datasync/aws-environment.ts';
import { CHANNEL, MIB, policy, rule } from '../domain/given.ts';
import { agreed, type Bot, type Outside, outside, startAwsWithOne, startBot, updates } from './given-bot.ts';

const FREE = { approvals: { lower: 0, raise: 1, unlimited: 2 }, maxDurationSeconds: null };
const UNREADABLE: OtherPolicy = { policy: null, digest: 'unreadable' };

let aws: LocalDataSync;
let arn: string;
let world: Outside;
let bot: Bot;

beforeEach(async () => {
  ({ aws, arn } = await startAwsWithOne());
  world = outside();
  bot = await startBot(arn, world);
});
afterEach(async () => {
  bot.close();
  await aws.stop();
  vi.unstubAllEnvs();
});

function idOf(asked: Asked): string {
  if (asked.kind !== 'asked') throw new Error(asked.kind);
  return asked.request.id;
}

const sent = () => updates(aws).map(({ input }) => (input.Options as { BytesPerSecond: number }).BytesPerSecond / MIB);

/** Asked for and approved, and not applied yet: 200 MiB/s. */
async function agreedRaise(): Promise<string> {
  world.rule = { ...world.rule, approvals: { lower: 1, raise: 1, unlimited: 1 } };
  const id = idOf(await bot.ask({ rate: { kind: 'absolute', bytesPerSecond: 200 * MIB } }));
  await bot.review(id, 'U0LEAD');
  return id;
}

describe('an agreed request, where another bot has come to run another policy before it is applied', () => {
  it('ends where that one needs more approvals, and nothing is sent', async () => {
    const id = await agreed(bot);
    const { policy: strict, digest } = policy(
      rule({ name: 'strict', approvals: { lower: 2, raise: 2, unlimited: 2 } }),
    );
    world.others = [{ policy: strict, digest }];
    await bot.work();
    expect(await bot.request(id)).toMatchObject({ status: 'stale', ending: { why: 'policy' } });
    expect(sent()).toEqual([]);
    expect(await bot.deps.ledger.lookUp({ kind: 'request', id }, 1)).toMatchObject([
      { record: { policy: digest, detail: { policies: ['digest of production', digest] } } },
    ]);
  });

  it('waits where that one can’t be read, and is applied once it is gone', async () => {
    const id = await agreedRaise();
    world.others = [UNREADABLE];
    await bot.work();
    expect(await bot.request(id)).toMatchObject({ status: 'approved' });
    expect(sent()).toEqual([]);
    world.others = [];
    world.seconds += 10;
    await bot.work();
    expect(await bot.request(id)).toMatchObject({ status: 'applied' });
    expect(sent()).toEqual([200]);
  });

  it('is applied all the same where it lowers, and reverts when its time is over', async () => {
    world.rule = { ...world.rule, ...FREE };
    world.others = [UNREADABLE];
    const id = idOf(await bot.ask({ durationSeconds: 60 }));
    await bot.work();
    world.seconds += 61;
    await bot.work();
    expect((await bot.request(id)).hold?.end).toMatchObject({ how: 'reverted' });
    expect(sent()).toEqual([50, 100]);
  });
});

describe('a request that was made before the limit was seen whose place it takes', () => {
  /** As of a moment in which that one was not in force yet. */
  const askUnseeing = (seconds: number) =>
    requestThrottle(
      { ...bot.deps, ledger: { ...bot.deps.ledger, inForceOf: async () => null } },
      {
        user: 'U0OPER',
        op: `unseeing ${seconds}`,
        channel: CHANNEL,
        execution: arnOf(arn),
        rate: { kind: 'absolute', bytesPerSecond: 49 * MIB },
        durationSeconds: seconds,
        reason: null,
      },
    );

  it('is weighed by it before it is applied: where it would let it revert earlier, nothing is sent', async () => {
    world.rule = { ...world.rule, ...FREE };
    await bot.ask({ user: 'U0LEAD', durationSeconds: 8 * 3600 });
    await bot.work();
    const id = idOf(await askUnseeing(60));
    expect(await bot.request(id)).toMatchObject({ status: 'approved', approvalsNeeded: 0 });
    await bot.work();
    expect(await bot.request(id)).toMatchObject({ status: 'stale', ending: { why: 'policy' } });
    world.seconds += 120;
    await bot.work();
    expect(sent()).toEqual([50]);
  });
});
