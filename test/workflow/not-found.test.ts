import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LocalDataSync } from '../../sandbox/datasync/start-data-sync.ts';
import { openReview } from '../../src/workflow/open-review.ts';
import { ACCOUNT } from '../datasync/aws-environment.ts';
import { MIB, rule } from '../domain/given.ts';
import { verifiedLog } from '../ledger/given-ledger.ts';
import {
  agreed,
  type Bot,
  type Outside,
  outside,
  startAwsWithOne,
  startBot,
  updates,
  uponUpdate,
} from './given-bot.ts';

let aws: LocalDataSync;
let arn: string;
let world: Outside;
let bot: Bot;

beforeEach(async () => {
  ({ aws, arn } = await startAwsWithOne());
  world = outside({ approvals: { lower: 0, raise: 1, unlimited: null } });
  bot = await startBot(arn, world);
});
afterEach(async () => {
  bot.close();
  await aws.stop();
  vi.unstubAllEnvs();
});

const REFUSED = {
  kind: 'rejected',
  operation: 'DescribeTaskExecution',
  message: 'Task execution was not found.',
} as const;

async function applied(durationSeconds: number | null): Promise<string> {
  const asked = await bot.ask({ durationSeconds });
  if (asked.kind !== 'asked') throw new Error(asked.kind);
  await bot.work();
  expect((await bot.request(asked.request.id)).status).toBe('applied');
  return asked.request.id;
}

/** Time passes in steps as long as the pauses between two looks. */
async function pass(minutes: number, by = bot): Promise<void> {
  for (let second = 0; second < minutes * 60; second += 30) {
    world.seconds += 30;
    await by.work();
  }
}

describe('AWS answers that it does not find an execution', () => {
  it('once, when its time is over: it is looked for again, and set back', async () => {
    const id = await applied(60);
    aws.fail(REFUSED);
    world.seconds += 61;
    await bot.work();
    aws.recover();
    expect((await bot.request(id)).hold?.end).toBeNull();
    world.seconds += 5;
    await bot.work();
    expect((await bot.request(id)).hold?.end?.how).toBe('reverted');
    expect(aws.execution(arn).bytesPerSecond).toBe(100 * MIB);
  });

  it('for an hour, while it is listed as running: still nobody takes it for ended', async () => {
    const id = await applied(300);
    aws.fail(REFUSED);
    await pass(60);
    expect((await bot.request(id)).hold?.end).toBeNull();
    expect(await bot.ledger.inForceOf(arn)).toMatchObject({ request: id });
    aws.recover();
    world.seconds += 30;
    await bot.work();
    expect((await bot.request(id)).hold?.end?.how).toBe('reverted');
  });

  it('for ten minutes, and lists it no more: it counts as ended, with what AWS said on record', async () => {
    const id = await applied(60);
    aws.forget(arn);
    await pass(9);
    expect((await bot.request(id)).hold?.end).toBeNull();
    await pass(4);
    expect((await bot.request(id)).hold?.end).toMatchObject({ how: 'skipped', why: 'ended' });
    const [line] = await bot.ledger.lookUp({ kind: 'request', id }, 1);
    expect(line?.record).toMatchObject({
      event: 'revert.skipped',
      detail: { why: 'ended', said: expect.stringContaining('InvalidRequestException') },
    });
    await verifiedLog(bot);
  });

  it('while the list can not be read: nothing is concluded from that', async () => {
    const id = await applied(60);
    aws.forget(arn);
    aws.fail({ kind: 'deny', operation: 'ListTaskExecutions' });
    await pass(15);
    expect((await bot.request(id)).hold?.end).toBeNull();
    aws.recover();
    await pass(2);
    expect((await bot.request(id)).hold?.end?.why).toBe('ended');
  });

  it('to who looks in another account: what it runs in is not ended for that, and it is set back', async () => {
    const own = `arn:aws:iam::${ACCOUNT}:role/datasync-throttle`;
    world.rule = rule({ role: own, approvals: { lower: 0, raise: 1, unlimited: null } });
    const id = await applied(3600);
    // The policy is changed, and the role in it is that of another account.
    world.rule = { ...world.rule, role: own.replace(ACCOUNT, '999988887777') };
    aws.fail(REFUSED);
    await pass(30);
    expect(await bot.ledger.inForceOf(arn)).toMatchObject({ request: id });
    expect((await bot.request(id)).hold?.end).toBeNull();
    aws.recover();
    await pass(31);
    expect((await bot.request(id)).hold?.end?.how).toBe('reverted');
    expect(aws.execution(arn).bytesPerSecond).toBe(100 * MIB);
  });

  it('with one answer in between: the ten minutes begin anew', async () => {
    const id = await applied(1200);
    aws.fail(REFUSED);
    await pass(9);
    aws.recover();
    await pass(1);
    aws.forget(arn);
    await pass(9);
    expect(await bot.ledger.inForceOf(arn)).toMatchObject({ request: id });
    // The watch of a long transfer looks every five minutes.
    await pass(8);
    expect(await bot.ledger.inForceOf(arn)).toBeNull();
  });

  it('over a restart: another bot goes on counting', async () => {
    const id = await applied(3600);
    aws.forget(arn);
    await pass(9);
    const other = await startBot(arn, world, bot.keys.head.slice(1, bot.keys.head.indexOf('}')));
    try {
      await pass(3, other);
      expect(await other.ledger.inForceOf(arn)).toBeNull();
      expect((await other.request(id)).hold?.end?.why).toBe('ended');
    } finally {
      other.close();
    }
  });
});

describe('AWS does not find an execution', () => {
  it('before a change is sent: it waits, and is set when AWS finds it', async () => {
    world.rule = rule({ role: null });
    const id = await agreed(bot);
    aws.fail(REFUSED);
    await pass(2);
    expect((await bot.request(id)).status).toBe('approved');
    aws.recover();
    await pass(1);
    expect((await bot.request(id)).status).toBe('applied');
  });

  it('after a change was sent: not known, until it is', async () => {
    world.rule = rule({ role: null });
    const id = await agreed(bot);
    uponUpdate(aws, () => aws.fail(REFUSED));
    await bot.work();
    expect(await bot.request(id)).toMatchObject({ status: 'applying', apply: { unknownSince: expect.any(String) } });
    aws.recover();
    await pass(1);
    expect((await bot.request(id)).status).toBe('applied');
    expect(updates(aws)).toHaveLength(1);
  });

  it('in a review: it can be denied, not approved, and stays open', async () => {
    world.rule = rule({ role: null });
    const asked = await bot.ask();
    if (asked.kind !== 'asked') throw new Error(asked.kind);
    const { id } = asked.request;
    aws.fail(REFUSED);
    const opened = await openReview(bot.deps, { request: id, user: 'U0LEAD', op: 'open' });
    expect(opened).toMatchObject({ kind: 'open', execution: { kind: 'not-found' } });
    await expect(bot.review(id, 'U0LEAD')).rejects.toMatchObject({ kind: 'not-found' });
    expect((await bot.request(id)).status).toBe('pending');
  });
});

describe('AWS refuses a change as invalid', () => {
  it('once, when the limit is to be set back: it is tried again a minute later', async () => {
    const id = await applied(60);
    aws.fail({ kind: 'rejected', operation: 'UpdateTaskExecution', times: 1, message: 'Try <again> later' });
    world.seconds += 61;
    await bot.work();
    const { hold } = await bot.request(id);
    expect(hold).toMatchObject({ end: null, sent: { attempt: 1, putOff: { why: 'rejected' } } });
    expect(hold?.sent?.putOff?.said).toBe('InvalidRequestException: Try <again> later');
    await pass(2);
    expect((await bot.request(id)).hold?.end?.how).toBe('reverted');
    expect(aws.execution(arn).bytesPerSecond).toBe(100 * MIB);
  });

  it('for a quarter of an hour: given up, and said so', async () => {
    const id = await applied(60);
    aws.fail({ kind: 'rejected', operation: 'UpdateTaskExecution' });
    await pass(20);
    expect((await bot.request(id)).hold?.end).toMatchObject({ how: 'failed', why: 'rejected', rate: 50 * MIB });
    expect(updates(aws)).toHaveLength(11);
  });
});

describe('a status that is not known here', () => {
  it('is not over: a limit waits for one that is, and is set back then', async () => {
    const id = await applied(60);
    aws.enter(arn, 'INITIALIZING');
    await pass(5);
    expect((await bot.request(id)).hold?.end).toBeNull();
    expect(await bot.ledger.inForceOf(arn)).toMatchObject({ request: id });
    aws.enter(arn, 'TRANSFERRING');
    await pass(1);
    expect((await bot.request(id)).hold?.end?.how).toBe('reverted');
  });

  it('keeps an approved change waiting, and no new one is asked for', async () => {
    world.rule = rule({ role: null });
    const id = await agreed(bot);
    aws.enter(arn, 'INITIALIZING');
    await pass(1);
    expect((await bot.request(id)).status).toBe('approved');
    aws.enter(arn, 'TRANSFERRING');
    await pass(1);
    expect((await bot.request(id)).status).toBe('applied');
    aws.enter(arn, 'INITIALIZING');
    expect(await bot.ask({ rate: { kind: 'absolute', bytesPerSecond: 20 * MIB } })).toMatchObject({
      kind: 'refused',
      refusal: { why: 'not-updatable', status: 'INITIALIZING' },
    });
  });
});
