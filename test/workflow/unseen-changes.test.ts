import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LocalDataSync } from '../../sandbox/datasync/start-data-sync.ts';
import { MIB } from '../domain/given.ts';
import { verifiedLog } from '../ledger/given-ledger.ts';
import { type Bot, type Outside, outside, startAwsWithOne, startBot, uponUpdate } from './given-bot.ts';

/** What was sent, and then AWS lets nobody look, or does not answer. */

const HOUR = 3600;
const FREE = { approvals: { lower: 0, raise: 0, unlimited: 0 }, maxDurationSeconds: 2 * HOUR };

let aws: LocalDataSync;
let arn: string;
let world: Outside;
let bot: Bot;

beforeEach(async () => {
  ({ aws, arn } = await startAwsWithOne());
  world = outside(FREE);
  bot = await startBot(arn, world);
});
afterEach(async () => {
  await verifiedLog(bot);
  bot.close();
  await aws.stop();
  vi.unstubAllEnvs();
});

async function asked(mib = 50): Promise<string> {
  const rate = { kind: 'absolute', bytesPerSecond: mib * MIB } as const;
  const answer = await bot.ask({ durationSeconds: HOUR, rate });
  if (answer.kind !== 'asked') throw new Error(JSON.stringify(answer));
  return answer.request.id;
}

async function held(): Promise<string> {
  const id = await asked();
  await bot.work();
  return id;
}

const looks = () => aws.calls.filter(({ operation }) => operation === 'DescribeTaskExecution').length;
const limit = () => aws.execution(arn).bytesPerSecond / MIB;
const denyLooks = (times?: number) =>
  aws.fail({ kind: 'deny', operation: 'DescribeTaskExecution', ...(times === undefined ? {} : { times }) });
/** Time passes in steps, and all work that is due is done. */
async function pass(seconds: number, step = 60): Promise<void> {
  for (let passed = 0; passed < seconds; passed += step) {
    world.seconds += step;
    await bot.work();
  }
}

describe('a change that was sent, and that nobody may look at', () => {
  it('is looked at under the rule in force now, where the role of the change may not', async () => {
    const id = await asked();
    uponUpdate(aws, () => denyLooks(1));
    await bot.work();
    expect((await bot.request(id)).status).toBe('applied');
    expect(await bot.events()).not.toContain('apply.unknown');
  });

  it('has failed at once where AWS refused the only time that it was sent', async () => {
    const id = await asked();
    aws.fail({ kind: 'deny', operation: 'UpdateTaskExecution' });
    uponUpdate(aws, () => denyLooks());
    await bot.work();
    const refused = { action: 'datasync:UpdateTaskExecution', role: null };
    expect(await bot.request(id)).toMatchObject({ status: 'failed', ending: { why: 'denied', rate: null, refused } });
  });

  it('is asked for once a minute, given up after a quarter of an hour, and lets others change the limit then', async () => {
    const id = await asked();
    uponUpdate(aws, () => denyLooks());
    await bot.work();
    expect(await bot.request(id)).toMatchObject({ status: 'applying' });
    expect(await bot.events()).toContain('apply.unknown');
    const before = looks();
    await pass(840, 20);
    // Two roles may look each time.
    expect(looks() - before).toBeLessThanOrEqual(2 * 14);
    expect((await bot.request(id)).status).toBe('applying');
    await pass(120);
    const refused = { action: 'datasync:DescribeTaskExecution', role: null };
    expect(await bot.request(id)).toMatchObject({ status: 'failed', ending: { why: 'unseen', rate: null, refused } });
    expect(await bot.redis.hget(bot.keys.changing, arn)).toBeNull();
    expect(await bot.ledger.openRequestOf(arn)).toBeNull();
  });

  it('is told as soon as somebody may look again', async () => {
    const id = await asked();
    uponUpdate(aws, () => denyLooks());
    await bot.work();
    await pass(600);
    aws.recover();
    await pass(60);
    expect((await bot.request(id)).status).toBe('applied');
  });
});

describe('a limit that was set back, and that nobody may look at', () => {
  /** Nobody may look from the moment that AWS has answered. */
  function denyLooksOnceSent(): void {
    const { update } = bot.deps.executions;
    bot.deps.executions = { ...bot.deps.executions, update: (...call) => update(...call).finally(() => denyLooks()) };
  }

  it('has failed at once where AWS refused the only time that it was sent', async () => {
    const id = await held();
    aws.fail({ kind: 'deny', operation: 'UpdateTaskExecution' });
    denyLooksOnceSent();
    world.seconds += HOUR;
    await bot.work();
    const end = (await bot.request(id)).hold?.end;
    expect(end).toMatchObject({ how: 'failed', why: 'denied', rate: null });
    expect(end?.refused).toMatchObject({ action: 'datasync:UpdateTaskExecution', role: null });
  });

  it('is said to be so in the thread, and given up after a quarter of an hour', async () => {
    const id = await held();
    denyLooksOnceSent();
    world.seconds += HOUR;
    await bot.work();
    expect((await bot.request(id)).hold).toMatchObject({ sent: { attempt: 1 }, end: null });
    expect(bot.said(id)).toEqual([]);
    await pass(120);
    expect(bot.said(id)).toEqual(['unseen']);
    await pass(840);
    expect(bot.said(id)).toEqual(['unseen', 'ended']);
    expect((await bot.request(id)).hold?.end).toMatchObject({ how: 'failed', why: 'unseen', rate: null });
    expect(await bot.redis.hget(bot.keys.changing, arn)).toBeNull();
    aws.recover();
    expect(limit()).toBe(100);
    await pass(600);
    expect(await bot.events()).not.toContain('drift.detected');
    aws.setLimit(arn, 7 * MIB);
    await pass(600);
    expect((await bot.events()).filter((event) => event === 'drift.detected')).toHaveLength(1);
  });
});

describe('a limit whose time is over while AWS does not answer', () => {
  it('is said to be late a minute after, and set back as soon as it can', async () => {
    const id = await held();
    aws.fail({ kind: 'reset', operation: 'DescribeTaskExecution' });
    world.seconds += HOUR;
    await bot.work();
    await pass(50, 10);
    expect(bot.said(id)).toEqual([]);
    await pass(20, 10);
    const late = [`late ${(await bot.request(id)).hold?.dueAt}`];
    expect(bot.said(id)).toEqual(late);
    await pass(120, 10);
    expect(bot.said(id)).toEqual(late);
    aws.recover();
    await pass(10, 10);
    expect((await bot.request(id)).hold?.end).toMatchObject({ how: 'reverted' });
    expect(bot.said(id)).toEqual([...late, 'ended']);
  });
});
