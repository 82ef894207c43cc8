import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { givenWorld, LEAD, MiB, POLICY } from '../world.ts';

/** How many calls of AWS a limit costs, from the request to the result, and while it is in force. */

const UNAPPROVED = `
  - name: unapproved
    match: { accounts: ["444455556666"], channels: [C0OPS] }
    approvers: { groups: [S0LEADS] }
    approvals: 0
`;

/** The clock of the bot and of AWS is slow, so that an answer gets no older on a busy machine, and is put forward by hand. */
const SLOWER = 5;
const began = Date.now();
let aheadMs = 0;
const clock = { now: () => new Date(began + (Date.now() - began) / SLOWER + aheadMs) };
const pass = (seconds: number) => {
  aheadMs += seconds * 1000;
};

const at = givenWorld({ policy: `${POLICY}${UNAPPROVED}`, aws: clock, serve: { clock } });

let redis: Redis;
beforeAll(() => {
  redis = new Redis(inject('redisUrl'));
});
afterAll(() => redis.disconnect());

const count = (arn: string, operation: string) =>
  at().aws.calls.filter((call) => call.operation === operation && call.input.TaskExecutionArn === arn).length;
const describes = (arn: string) => count(arn, 'DescribeTaskExecution');

/** Until the bot has nothing left to do now. */
async function settled(): Promise<void> {
  const streams = ['outbox', 'outbox:slack'].map((name) => `{${at().env.REDIS_KEY_PREFIX}}:${name}`);
  const left = async () => Math.max(...(await Promise.all(streams.map((stream) => redis.xlen(stream)))));
  await expect.poll(left, { timeout: 20_000 }).toBe(0);
}

/** What it cost in all, when the card says that the limit is set. */
async function whenSet(arn: string): Promise<{ describes: number; updates: number }> {
  const card = await at().card(arn, 'In force');
  await at().result(card);
  await settled();
  expect(at().aws.execution(arn).bytesPerSecond).toBe(50 * MiB);
  return { describes: describes(arn), updates: count(arn, 'UpdateTaskExecution') };
}

/** The polls of an execution in force, one after another; what each cost. */
async function polls(arn: string, times: number): Promise<number[]> {
  const costs: number[] = [];
  for (let poll = 0; poll < times; poll++) {
    const before = describes(arn);
    // Longer than the longest pause between two polls.
    pass(310);
    await at().aws.until(() => describes(arn) > before);
    await settled();
    costs.push(describes(arn) - before);
  }
  return costs;
}

describe('a limit with an approval costs', () => {
  it.each([
    ['decided at once', 0],
    ['decided as people do', 25],
  ])('four reads and one change, %s', async (_, seconds) => {
    const { execution, ask, review, slack } = at();
    const arn = execution();
    const card = await ask(arn, '50MiB/s for 2h');
    await settled();
    expect(describes(arn)).toBe(1);
    pass(seconds);
    const modal = await review(LEAD, card);
    pass(seconds);
    await slack.as(LEAD).submit(modal, { decision: 'approve' });
    const cost = await whenSet(arn);
    expect(cost.describes).toBeLessThanOrEqual(4);
    expect(cost.updates).toBe(1);
  });
});

describe('a limit without approvals costs', () => {
  it('three reads and one change', async () => {
    const arn = at().execution({ account: '444455556666' });
    await at().ask(arn, '50MiB/s for 2h');
    const cost = await whenSet(arn);
    expect(cost.describes).toBeLessThanOrEqual(3);
    expect(cost.updates).toBe(1);
  });

  it('one read for each poll while it is in force, whatever AWS answers', async () => {
    const { aws, execution, ask, card } = at();
    const arn = execution({ account: '444455556666' });
    await ask(arn, '50MiB/s for 12h');
    await whenSet(arn);
    // With the first one the cards are looked at again, of which there may be a second copy.
    await polls(arn, 1);
    expect(await polls(arn, 2)).toEqual([1, 1]);
    // Changed outside: a note in the thread, and the card says so.
    aws.setLimit(arn, 70 * MiB);
    expect(await polls(arn, 1)).toEqual([1]);
    await card(arn, 'Limit changed outside the bot');
    // With the next one it is looked whether its note was posted twice.
    await polls(arn, 1);
    aws.fail({ kind: 'deny', operation: 'DescribeTaskExecution' });
    expect(await polls(arn, 2)).toEqual([1, 1]);
    aws.recover();
    expect(await polls(arn, 1)).toEqual([1]);
  });
});
