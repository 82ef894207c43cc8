import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type LocalRedis, startLocalRedis } from '../../../sandbox/redis.ts';
import { visibleText } from '../../../sandbox/slack/block-walk.ts';
import { forwardClock } from '../forward-clock.ts';
import {
  COMMAND,
  expectGoodManners,
  LEAD,
  MiB,
  OPERATOR,
  SLACK_WAITS_MS,
  shows,
  startTestWorld,
  type TestWorld,
} from '../world.ts';

const { clock, pass } = forwardClock();
let redis: LocalRedis;
let world: TestWorld;

beforeAll(async () => {
  redis = await startLocalRedis();
  // A look at the log that goes silent would keep the write behind it from being sent: that is another answer.
  world = await startTestWorld({ redisUrl: redis.url, aws: clock, serve: { lookMs: 3_600_000, clock } });
});
afterEach(async () => {
  redis.resume();
  await redis.start();
  world.aws.recover();
  await readyAgain();
  expectGoodManners(world);
});
afterAll(async () => {
  await world.stop();
  await redis.close();
});

/** Redis stops answering while AWS is being looked at: after what is read, and before what is written. */
async function pausedBeforeTheWrite(): Promise<void> {
  const { aws } = world;
  const looked = aws.calls.length;
  aws.fail({ kind: 'hang', operation: 'DescribeTaskExecution', ms: 400, times: 1 });
  await aws.until(() => aws.calls.slice(looked).some(({ outcome }) => outcome === 'hang'));
  redis.pause();
}

describe('Redis is away', () => {
  it('when somebody asks: nothing was recorded, and it works again by itself', async () => {
    const { slack, told, execution, ask, records, approve, result } = world;
    const arn = execution();
    await redis.stop();
    const { text, ms } = await told(OPERATOR, () => slack.as(OPERATOR).command('C0OPS', COMMAND, `${arn} 50MiB/s`));
    expect(ms).toBeLessThan(SLACK_WAITS_MS);
    expect(text).toMatch(/Nothing was recorded/);
    const typed = await slack.as(OPERATOR).command('C0OPS', COMMAND, '');
    expect(typed.status).toBe(200);
    await redis.start();
    await readyAgain();
    expect(await records()).toEqual([]);
    const card = await ask(arn);
    await approve(LEAD, card);
    expect(visibleText(await result(card))).toContain('50 MiB/s');
  });

  it('when somebody decides: said in the modal, and the request stands', async () => {
    const { slack, execution, ask, review, approve, result, sent, events } = world;
    const arn = execution();
    const card = await ask(arn);
    const modal = await review(LEAD, card);
    await redis.stop();
    const submitted = await slack.as(LEAD).submit(modal, { decision: 'approve' });
    expect(submitted).toMatchObject({ status: 200, responseAction: 'update' });
    expect(submitted.ms).toBeLessThan(SLACK_WAITS_MS);
    await slack.until(() =>
      slack
        .as(LEAD)
        .views()
        .some((view) => shows(view, 'Nothing was recorded')),
    );
    await redis.start();
    await readyAgain();
    expect(await events(arn)).toEqual(['requested']);
    await approve(LEAD, card);
    await result(card);
    expect(sent(arn)).toEqual([50 * MiB]);
  });

  it('when somebody presses Review: said in the modal that is open already', async () => {
    const { execution, ask, review } = world;
    const card = await ask(execution());
    await redis.stop();
    const from = performance.now();
    await review(LEAD, card, 'Nothing was recorded');
    expect(performance.now() - from).toBeLessThan(SLACK_WAITS_MS);
  });

  it.each(['requests', 'list', 'status', 'why', 'audit'])(
    'when somebody looks something up by `%s`: not called a write that failed',
    async (word) => {
      const { slack, told, arn } = world;
      await redis.stop();
      const more = { status: arn, why: `${arn} 50MiB/s` }[word] ?? '';
      const { text } = await told('U0AUDIT', () => slack.as('U0AUDIT').command('C0OPS', COMMAND, `${word} ${more}`));
      expect(text).toMatch(/can’t be looked up right now: Redis doesn’t respond.*Try again in a minute/);
      expect(text).not.toMatch(/recorded|written/);
    },
  );

  it('when somebody opens the home tab: said there, and followed by the tab itself', async () => {
    const { slack } = world;
    const home = (words: string) =>
      slack.until(() => {
        const view = slack.as(LEAD).home();
        return view && shows(view, words) && view;
      });
    await redis.stop();
    await slack.as(LEAD).openHome();
    await home('Redis doesn’t respond');
    await redis.start();
    await home('For you to decide');
  });

  it('when the change was sent: the truth is found when it is back', async () => {
    const { aws, execution, ask, approve, result, sent, events } = world;
    const arn = execution();
    const card = await ask(arn);
    aws.fail({ kind: 'hang', operation: 'UpdateTaskExecution', ms: 300, times: 1 });
    await approve(LEAD, card);
    await aws.until(() => sent(arn).length > 0);
    await redis.stop();
    await aws.until(() => aws.execution(arn).bytesPerSecond === 50 * MiB);
    await redis.start();
    // Its claim went with the fault: the work is taken up as abandoned, or by its own timer.
    await world.slack.until(() => world.slack.thread(card.channel, card.ts)[1]);
    expect(visibleText(await result(card))).toContain('In force');
    expect(sent(arn)).toEqual([50 * MiB]);
    expect(await events(arn)).toEqual(['requested', 'approved', 'apply.started', 'applied']);
  });
});

describe('Redis goes silent in the middle of a write', () => {
  // After an outage a bot asks before each of its next commits whether another one writes. Silence then is another answer, too.
  beforeEach(async () => {
    for (let asked = 0; asked < 8; asked++) await world.ask(world.execution());
  });

  it('of a request: not known yet, and then the truth', async () => {
    const { slack, told, execution, events } = world;
    const arn = execution();
    const before = slack.as(OPERATOR).ephemerals().length;
    const paused = pausedBeforeTheWrite();
    const { text, ms } = await told(OPERATOR, () => slack.as(OPERATOR).command('C0OPS', COMMAND, `${arn} 50MiB/s`));
    await paused;
    expect(ms).toBeLessThan(SLACK_WAITS_MS);
    expect(text).toMatch(/not known yet/);
    expect(text).not.toMatch(/othing was recorded/);
    redis.resume();
    const truth = await slack.until(() => slack.as(OPERATOR).ephemerals()[before + 1]);
    const recorded = (await events(arn)).includes('requested');
    expect(visibleText(truth)).toContain(recorded ? 'your request was recorded' : 'your request was not recorded');
    if (recorded) await world.card(arn);
  });

  it('of a decision: not known yet, and then the truth, in the modal', async () => {
    const { slack, execution, ask, review, events, sent } = world;
    const arn = execution();
    const card = await ask(arn);
    const modal = await review(LEAD, card);
    // What the form showed is too old by then, so AWS is read again.
    pass(61);
    const paused = pausedBeforeTheWrite();
    const submitted = await slack.as(LEAD).submit(modal, { decision: 'approve' });
    await paused;
    expect(submitted).toMatchObject({ status: 200, responseAction: 'update' });
    await slack.until(() =>
      slack
        .as(LEAD)
        .views()
        .some((view) => shows(view, 'not known yet')),
    );
    redis.resume();
    const told = await slack.until(() =>
      slack
        .as(LEAD)
        .views()
        .find((view) => shows(view, 'Now it is known')),
    );
    const recorded = (await events(arn)).includes('approved');
    expect(visibleText(told)).toContain(recorded ? 'you decided was recorded' : 'you decided was not recorded');
    if (!recorded) return;
    await world.result(card);
    expect(sent(arn)).toEqual([50 * MiB]);
  });
});

/** Until the bot has its connections again: somebody sees the list. */
/** The bot reads Redis again. What `requests` says may be half a second old. */
async function readyAgain(): Promise<void> {
  const { slack, told } = world;
  for (;;) {
    const { text } = await told('U0AUDIT', () => slack.as('U0AUDIT').command('C0OPS', COMMAND, 'undo r-0000000000'));
    if (/no request/.test(text)) return;
  }
}
