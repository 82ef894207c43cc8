import { describe, expect, it } from 'vitest';
import { openReview } from '../../../src/workflow/commands/open-review.ts';
import { ACCOUNT } from '../../aws/aws-environment.ts';
import { MIB, rule } from '../../domain/given.ts';
import { approved, givenBot, updates, uponUpdate } from '../given-bot.ts';

const given = givenBot({ approvals: { lower: 0, raise: 1, unlimited: null } });

const REFUSED = {
  kind: 'rejected',
  operation: 'DescribeTaskExecution',
  message: 'Task execution was not found.',
} as const;

async function applied(durationSeconds: number | null): Promise<string> {
  const asked = await given.bot.ask({ durationSeconds });
  if (asked.kind !== 'asked') throw new Error(asked.kind);
  await given.bot.work();
  expect((await given.bot.request(asked.request.id)).status).toBe('applied');
  return asked.request.id;
}

/** Time passes in steps as long as the pauses between two looks. */
async function pass(minutes: number, by = given.bot): Promise<void> {
  for (let second = 0; second < minutes * 60; second += 30) {
    given.world.seconds += 30;
    await by.work();
  }
}

describe('AWS answers that it does not find an execution with a limit', () => {
  it('once, when its time is over: the bot tries again and reverts', async () => {
    const id = await applied(60);
    given.aws.fail(REFUSED);
    given.world.seconds += 61;
    await given.bot.work();
    given.aws.recover();
    expect((await given.bot.request(id)).hold?.end).toBeNull();
    given.world.seconds += 5;
    await given.bot.work();
    expect((await given.bot.request(id)).hold?.end?.how).toBe('reverted');
    expect(given.aws.execution(given.arn).bytesPerSecond).toBe(100 * MIB);
  });

  it('for an hour, while it is listed as running: it does not count as ended', async () => {
    const id = await applied(300);
    given.aws.fail(REFUSED);
    await pass(60);
    expect((await given.bot.request(id)).hold?.end).toBeNull();
    expect(await given.bot.ledger.inForceOf(given.arn)).toMatchObject({ request: id });
    given.aws.recover();
    given.world.seconds += 30;
    await given.bot.work();
    expect((await given.bot.request(id)).hold?.end?.how).toBe('reverted');
  });

  it('for ten minutes, and no longer lists it: it counts as ended, with AWS’s message on record', async () => {
    const id = await applied(60);
    given.aws.forget(given.arn);
    await pass(9);
    expect((await given.bot.request(id)).hold?.end).toBeNull();
    await pass(4);
    expect((await given.bot.request(id)).hold?.end).toMatchObject({ how: 'skipped', why: 'ended' });
    const [line] = await given.bot.ledger.lookUp({ kind: 'request', id }, 1);
    expect(line?.record).toMatchObject({
      event: 'revert.skipped',
      detail: { why: 'ended', said: expect.stringContaining('InvalidRequestException') },
    });
  });

  it('while the list can’t be read: it does not count as ended', async () => {
    const id = await applied(60);
    given.aws.forget(given.arn);
    given.aws.fail({ kind: 'deny', operation: 'ListTaskExecutions' });
    await pass(15);
    expect((await given.bot.request(id)).hold?.end).toBeNull();
    given.aws.recover();
    await pass(2);
    expect((await given.bot.request(id)).hold?.end?.why).toBe('ended');
  });

  it('to a role of another account: it does not count as ended, and is reverted', async () => {
    const own = `arn:aws:iam::${ACCOUNT}:role/datasync-throttle`;
    given.world.rule = rule({ role: own, approvals: { lower: 0, raise: 1, unlimited: null } });
    const id = await applied(3600);
    // The policy is changed, and the role in it is that of another account.
    given.world.rule = { ...given.world.rule, role: own.replace(ACCOUNT, '999988887777') };
    given.aws.fail(REFUSED);
    await pass(30);
    expect(await given.bot.ledger.inForceOf(given.arn)).toMatchObject({ request: id });
    expect((await given.bot.request(id)).hold?.end).toBeNull();
    given.aws.recover();
    await pass(31);
    expect((await given.bot.request(id)).hold?.end?.how).toBe('reverted');
    expect(given.aws.execution(given.arn).bytesPerSecond).toBe(100 * MIB);
  });

  it('with one answer in between: the ten minutes start again', async () => {
    const id = await applied(1200);
    given.aws.fail(REFUSED);
    await pass(9);
    given.aws.recover();
    await pass(1);
    given.aws.forget(given.arn);
    await pass(9);
    expect(await given.bot.ledger.inForceOf(given.arn)).toMatchObject({ request: id });
    // The watch of a long transfer looks every five minutes.
    await pass(8);
    expect(await given.bot.ledger.inForceOf(given.arn)).toBeNull();
  });

  it('over a restart: another bot continues the count', async () => {
    const id = await applied(3600);
    given.aws.forget(given.arn);
    await pass(9);
    const other = await given.another();
    await pass(3, other);
    expect(await other.ledger.inForceOf(given.arn)).toBeNull();
    expect((await other.request(id)).hold?.end?.why).toBe('ended');
  });
});

describe('AWS does not find an execution', () => {
  it('before a change is sent: it waits, and is applied when AWS finds the execution', async () => {
    given.world.rule = rule({ role: null });
    const id = await approved(given.bot);
    given.aws.fail(REFUSED);
    await pass(2);
    expect((await given.bot.request(id)).status).toBe('approved');
    given.aws.recover();
    await pass(1);
    expect((await given.bot.request(id)).status).toBe('applied');
  });

  it('after a change was sent: the outcome is unknown until AWS finds it', async () => {
    given.world.rule = rule({ role: null });
    const id = await approved(given.bot);
    uponUpdate(given.aws, () => given.aws.fail(REFUSED));
    await given.bot.work();
    expect(await given.bot.request(id)).toMatchObject({
      status: 'applying',
      apply: { unknownSince: expect.any(String) },
    });
    given.aws.recover();
    await pass(1);
    expect((await given.bot.request(id)).status).toBe('applied');
    expect(updates(given.aws)).toHaveLength(1);
  });

  it('in a review: the request can be denied, not approved, and stays open', async () => {
    given.world.rule = rule({ role: null });
    const asked = await given.bot.ask();
    if (asked.kind !== 'asked') throw new Error(asked.kind);
    const { id } = asked.request;
    given.aws.fail(REFUSED);
    const opened = await openReview(given.bot.deps, { request: id, user: 'U0LEAD', op: 'open' });
    expect(opened).toMatchObject({ kind: 'open', execution: { kind: 'not-found' } });
    await expect(given.bot.review(id, 'U0LEAD')).rejects.toMatchObject({ kind: 'not-found' });
    expect((await given.bot.request(id)).status).toBe('pending');
  });
});

describe('AWS refuses a change as invalid', () => {
  it('once, at a revert: it is tried again a minute later', async () => {
    const id = await applied(60);
    given.aws.fail({ kind: 'rejected', operation: 'UpdateTaskExecution', times: 1, message: 'Try <again> later' });
    given.world.seconds += 61;
    await given.bot.work();
    const { hold } = await given.bot.request(id);
    expect(hold).toMatchObject({ end: null, sent: { attempt: 1, putOff: { why: 'rejected' } } });
    expect(hold?.sent?.putOff?.said).toBe('InvalidRequestException: Try <again> later');
    await pass(2);
    expect((await given.bot.request(id)).hold?.end?.how).toBe('reverted');
    expect(given.aws.execution(given.arn).bytesPerSecond).toBe(100 * MIB);
  });

  it('for a quarter of an hour: it is given up, on record', async () => {
    const id = await applied(60);
    given.aws.fail({ kind: 'rejected', operation: 'UpdateTaskExecution' });
    await pass(20);
    expect((await given.bot.request(id)).hold?.end).toMatchObject({ how: 'failed', why: 'rejected', rate: 50 * MIB });
    expect(updates(given.aws)).toHaveLength(11);
  });
});

describe('a status that this version does not know', () => {
  it('does not count as ended: the revert waits for a known one', async () => {
    const id = await applied(60);
    given.aws.enter(given.arn, 'INITIALIZING');
    await pass(5);
    expect((await given.bot.request(id)).hold?.end).toBeNull();
    expect(await given.bot.ledger.inForceOf(given.arn)).toMatchObject({ request: id });
    given.aws.enter(given.arn, 'TRANSFERRING');
    await pass(1);
    expect((await given.bot.request(id)).hold?.end?.how).toBe('reverted');
  });

  it('keeps an approved change waiting, and refuses new requests', async () => {
    given.world.rule = rule({ role: null });
    const id = await approved(given.bot);
    given.aws.enter(given.arn, 'INITIALIZING');
    await pass(1);
    expect((await given.bot.request(id)).status).toBe('approved');
    given.aws.enter(given.arn, 'TRANSFERRING');
    await pass(1);
    expect((await given.bot.request(id)).status).toBe('applied');
    given.aws.enter(given.arn, 'INITIALIZING');
    expect(await given.bot.ask({ rate: { kind: 'absolute', bytesPerSecond: 20 * MIB } })).toMatchObject({
      kind: 'refused',
      refusal: { why: 'not-updatable', status: 'INITIALIZING' },
    });
  });
});
