import { Redis } from 'ioredis';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { visibleText } from '../../../sandbox/slack/block-walk.ts';
import type { SlackMessage } from '../../../sandbox/slack/workspace.ts';
import { givenWorld, LEAD, MiB, OPERATOR } from '../world.ts';

const at = givenWorld();
const CLICKS = 20;
const open: Redis[] = [];
afterEach(() => {
  for (const redis of open.splice(0)) redis.disconnect();
});

/** All that was committed is done. */
async function workDone(): Promise<void> {
  const { REDIS_URL = '', REDIS_KEY_PREFIX } = at().env;
  const redis = new Redis(REDIS_URL);
  open.push(redis);
  for (const stream of ['outbox', 'outbox:slack']) {
    await vi.waitFor(async () => expect(await redis.xlen(`{${REDIS_KEY_PREFIX}}:${stream}`)).toBe(0), 40_000);
  }
}

interface Clicked {
  arn: string;
  card: SlackMessage;
  button: string;
}

/** What so many clicks that are answered by `told` cost: of AWS and Slack, for this card alone. */
async function costOf(user: string, { arn, card, button }: Clicked, told: (nth: number) => boolean) {
  const { slack, aws, records } = at();
  await workDone();
  const count = async () => ({
    records: (await records()).length,
    describes: aws.calls.filter(
      ({ operation, input }) => operation === 'DescribeTaskExecution' && input.TaskExecutionArn === arn,
    ).length,
    edits: slack.calls.filter(({ method, args }) => method === 'chat.update' && args.ts === card.ts).length,
  });
  const before = await count();
  for (let click = 0; click < CLICKS; click++) await slack.as(user).click(card, button);
  await slack.until(() => told(CLICKS));
  await workDone();
  const after = await count();
  return {
    records: after.records - before.records,
    describes: after.describes - before.describes,
    edits: after.edits - before.edits,
  };
}

/** A minute may end between two clicks; `looks`: the watch of a limit in force may look, and show it, meanwhile. */
function expectCheap({ records, describes, edits }: Awaited<ReturnType<typeof costOf>>, looks = 0): void {
  expect(records).toBeLessThanOrEqual(2);
  expect(describes).toBeLessThanOrEqual(looks);
  expect(edits).toBeLessThanOrEqual(looks);
}

describe('twenty clicks of somebody who may not', () => {
  const modals = (user: string, words: RegExp) => {
    const before = at().slack.as(user).views().length;
    return (nth: number) =>
      at()
        .slack.as(user)
        .views()
        .slice(before)
        .filter((view) => words.test(visibleText(view))).length >= nth;
  };
  const words = (user: string) => {
    const before = at().slack.as(user).ephemerals().length;
    return (nth: number) => at().slack.as(user).ephemerals().length - before >= nth;
  };

  it('on Review cost one record', async () => {
    const { execution, ask } = at();
    const arn = execution();
    const card = await ask(arn);
    expectCheap(await costOf(OPERATOR, { arn, card, button: 'review' }, modals(OPERATOR, /never decides/)));
  });

  it('on Cancel cost one record', async () => {
    const { execution, ask } = at();
    const arn = execution();
    const card = await ask(arn);
    expectCheap(await costOf(LEAD, { arn, card, button: 'cancel' }, words(LEAD)));
  });

  it('on the Review of a request that is over cost one record', async () => {
    const { execution, ask, approve, result } = at();
    const arn = execution();
    const card = await ask(arn);
    await approve(LEAD, card);
    await result(card);
    expectCheap(await costOf('U0LEAD2', { arn, card, button: 'review' }, modals('U0LEAD2', /nothing to decide/)), 2);
  });

  it('on Revert now cost one record', async () => {
    const { aws, execution, ask, approve, result } = at();
    const arn = execution();
    const card = await ask(arn, '50MiB/s for 2h');
    await approve(LEAD, card);
    await result(card);
    await aws.until(() => aws.execution(arn).bytesPerSecond === 50 * MiB);
    const held = await at().card(arn, 'Revert now');
    expectCheap(await costOf('U0AUDIT', { arn, card: held, button: 'revert-now' }, words('U0AUDIT')), 2);
  });

  it('as a guest cost one record', async () => {
    const { execution, ask } = at();
    const arn = execution();
    const card = await ask(arn);
    expectCheap(await costOf('U0GUEST', { arn, card, button: 'review' }, words('U0GUEST')));
  });
});
