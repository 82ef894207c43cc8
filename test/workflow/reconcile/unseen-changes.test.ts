import { describe, expect, it } from 'vitest';
import { MIB } from '../../domain/given.ts';
import { givenBot, uponUpdate } from '../given-bot.ts';

/** What was sent, and then AWS lets nobody look, or does not answer. */

const HOUR = 3600;
const FREE = { approvals: { lower: 0, raise: 0, unlimited: 0 }, maxDurationSeconds: 2 * HOUR };

const given = givenBot(FREE);

async function asked(mib = 50): Promise<string> {
  const rate = { kind: 'absolute', bytesPerSecond: mib * MIB } as const;
  const answer = await given.bot.ask({ durationSeconds: HOUR, rate });
  if (answer.kind !== 'asked') throw new Error(JSON.stringify(answer));
  return answer.request.id;
}

async function held(): Promise<string> {
  const id = await asked();
  await given.bot.work();
  return id;
}

const looks = () => given.aws.calls.filter(({ operation }) => operation === 'DescribeTaskExecution').length;
const denyLooks = (times?: number) =>
  given.aws.fail({ kind: 'deny', operation: 'DescribeTaskExecution', ...(times === undefined ? {} : { times }) });
/** Time passes in steps, and all work that is due is done. */
async function pass(seconds: number, step = 60): Promise<void> {
  for (let passed = 0; passed < seconds; passed += step) {
    given.world.seconds += step;
    await given.bot.work();
  }
}

describe('a change that was sent and can’t be read back', () => {
  it('is read under the current rule’s role if the role of the change may not read', async () => {
    const id = await asked();
    uponUpdate(given.aws, () => denyLooks(1));
    await given.bot.work();
    expect((await given.bot.request(id)).status).toBe('applied');
    expect(await given.bot.events()).not.toContain('apply.unknown');
  });

  it('fails at once if AWS refused it the only time that it was sent', async () => {
    const id = await asked();
    given.aws.fail({ kind: 'deny', operation: 'UpdateTaskExecution' });
    uponUpdate(given.aws, () => denyLooks());
    await given.bot.work();
    const refused = { action: 'datasync:UpdateTaskExecution', role: null };
    expect(await given.bot.request(id)).toMatchObject({
      status: 'failed',
      ending: { why: 'denied', rate: null, refused },
    });
  });

  it('is tried once a minute, and given up after a quarter of an hour, so that others can change the limit', async () => {
    const id = await asked();
    uponUpdate(given.aws, () => denyLooks());
    await given.bot.work();
    expect(await given.bot.request(id)).toMatchObject({ status: 'applying' });
    expect(await given.bot.events()).toContain('apply.unknown');
    const before = looks();
    await pass(840, 20);
    // Two roles may look each time.
    expect(looks() - before).toBeLessThanOrEqual(2 * 14);
    expect((await given.bot.request(id)).status).toBe('applying');
    await pass(120);
    const refused = { action: 'datasync:DescribeTaskExecution', role: null };
    expect(await given.bot.request(id)).toMatchObject({
      status: 'failed',
      ending: { why: 'unseen', rate: null, refused },
    });
    expect(await given.bot.redis.hget(given.bot.keys.changing, given.arn)).toBeNull();
    expect(await given.bot.ledger.openRequestOf(given.arn)).toBeNull();
  });

  it('is recorded as soon as it can be read again', async () => {
    const id = await asked();
    uponUpdate(given.aws, () => denyLooks());
    await given.bot.work();
    await pass(600);
    given.aws.recover();
    await pass(60);
    expect((await given.bot.request(id)).status).toBe('applied');
  });
});

describe('a revert that was sent and can’t be read back', () => {
  /** Nobody may look from the moment that AWS has answered. */
  function denyLooksOnceSent(): void {
    const { update } = given.bot.deps.executions;
    given.bot.deps.executions = {
      ...given.bot.deps.executions,
      update: (...call) => update(...call).finally(() => denyLooks()),
    };
  }

  it('fails at once if AWS refused it the only time that it was sent', async () => {
    const id = await held();
    given.aws.fail({ kind: 'deny', operation: 'UpdateTaskExecution' });
    denyLooksOnceSent();
    given.world.seconds += HOUR;
    await given.bot.work();
    const end = (await given.bot.request(id)).hold?.end;
    expect(end).toMatchObject({ how: 'failed', why: 'denied', rate: null });
    expect(end?.refused).toMatchObject({ action: 'datasync:UpdateTaskExecution', role: null });
  });

  it('is announced in the thread, and given up after a quarter of an hour', async () => {
    const id = await held();
    denyLooksOnceSent();
    given.world.seconds += HOUR;
    await given.bot.work();
    expect((await given.bot.request(id)).hold).toMatchObject({ sent: { attempt: 1 }, end: null });
    expect(given.bot.posted(id)).toEqual([]);
    await pass(120);
    expect(given.bot.posted(id)).toEqual(['unseen']);
    await pass(840);
    expect(given.bot.posted(id)).toEqual(['unseen', 'ended']);
    expect((await given.bot.request(id)).hold?.end).toMatchObject({ how: 'failed', why: 'unseen', rate: null });
    expect(await given.bot.redis.hget(given.bot.keys.changing, given.arn)).toBeNull();
    given.aws.recover();
    expect(given.limit()).toBe(100);
    await pass(600);
    expect(await given.bot.events()).not.toContain('drift.detected');
    given.aws.setLimit(given.arn, 7 * MIB);
    await pass(600);
    expect((await given.bot.events()).filter((event) => event === 'drift.detected')).toHaveLength(1);
  });
});

describe('a limit whose time is over while AWS does not answer', () => {
  it('is announced as late after a minute, and reverted as soon as AWS answers', async () => {
    const id = await held();
    given.aws.fail({ kind: 'reset', operation: 'DescribeTaskExecution' });
    given.world.seconds += HOUR;
    await given.bot.work();
    await pass(50, 10);
    expect(given.bot.posted(id)).toEqual([]);
    await pass(20, 10);
    const late = [`late ${(await given.bot.request(id)).hold?.dueAt}`];
    expect(given.bot.posted(id)).toEqual(late);
    await pass(120, 10);
    expect(given.bot.posted(id)).toEqual(late);
    given.aws.recover();
    await pass(10, 10);
    expect((await given.bot.request(id)).hold?.end).toMatchObject({ how: 'reverted' });
    expect(given.bot.posted(id)).toEqual([...late, 'ended']);
  });
});
