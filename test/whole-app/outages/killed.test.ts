import { Redis } from 'ioredis';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { visibleText } from '../../../sandbox/slack/block-walk.ts';
import { startBotProcess } from '../bot-process.ts';
import { COMMAND, givenWorld, LEAD, OPERATOR, shows } from '../world.ts';

/** What a bot that is gone had in hand is another's soon, and not after half a minute. */
const at = givenWorld({ serve: { abandonedMs: 1500 } });

afterEach(() => {
  at().slack.recover();
  at().aws.recover();
});

/** The bot of the world makes room for one that can be killed: what it takes in is that one's alone. */
async function startVictim() {
  const world = at();
  await Promise.all(world.bots.splice(0).map((bot) => bot.stop()));
  return startBotProcess(world);
}

const dms = (user: string) => at().slack.as(user).dms();
const told = (user: string, before: number) =>
  at().slack.until(() =>
    dms(user)
      .slice(before)
      .find((one) => shows(one, 'The bot stopped')),
  );

describe('a bot that is killed', () => {
  it('between posting a card and keeping where it stands: the next one goes on with that card', async () => {
    const { slack, execution, card, startBot, approve, result } = at();
    const victim = await startVictim();
    const arn = execution();
    slack.outage({ kind: 'late', methods: ['chat.postMessage'], times: 1 });
    await slack.as(OPERATOR).command('C0OPS', COMMAND, `${arn} 50MiB/s`);
    const posted = await card(arn);
    await victim.kill();
    slack.recover();
    const from = slack.calls.length;
    await startBot();
    await slack.until(() => slack.calls.slice(from).some(({ method, ok }) => method === 'chat.update' && ok));
    const cards = slack.messages('C0OPS').filter((one) => !one.thread_ts && shows(one, arn.slice(-22)));
    expect(cards.map(({ ts }) => ts)).toEqual([posted.ts]);
    await approve(LEAD, posted);
    await result(posted);
  });

  it('between taking a command and recording it: its person is told, and nothing comes of it later', async () => {
    const { slack, aws, execution, startBot, events } = at();
    const victim = await startVictim();
    const arn = execution();
    const before = dms(OPERATOR).length;
    aws.fail({ kind: 'hang', operation: 'DescribeTaskExecution', ms: 60_000, times: 1 });
    const looked = aws.calls.length;
    const sent = await slack.as(OPERATOR).command('C0OPS', COMMAND, `${arn} 50MiB/s`);
    expect(sent.status).toBe(200);
    await aws.until(() => aws.calls.length > looked || slack.as(OPERATOR).ephemerals().length > 0);
    await victim.kill();
    await startBot();
    const words = visibleText(await told(OPERATOR, before));
    expect(words).toContain('your request was not recorded, and nothing was sent to AWS. Ask again');
    expect(await events(arn)).toEqual([]);
  });

  it('after recording a command and before saying so: its person is told that it was recorded', async () => {
    const { slack, execution, card, startBot } = at();
    const victim = await startVictim();
    const arn = execution();
    const before = dms(OPERATOR).length;
    slack.outage({ kind: 'hang', methods: ['response_url'] });
    await slack.as(OPERATOR).command('C0OPS', COMMAND, `${arn} 50MiB/s`);
    await card(arn);
    await slack.until(() => slack.hanging() > 0);
    await victim.kill();
    slack.recover();
    await startBot();
    expect(visibleText(await told(OPERATOR, before))).toContain('your request was recorded');
  });

  it('while it works on a form: its person is told whether it was recorded', async () => {
    const { slack, aws, execution, ask, review, result, startBot, events } = at();
    const arn = execution();
    const message = await ask(arn);
    const modal = await review(LEAD, message);
    // It has not seen what the form shows, so it asks AWS.
    const victim = await startVictim();
    const before = dms(LEAD).length;
    aws.fail({ kind: 'hang', operation: 'DescribeTaskExecution', ms: 60_000 });
    const submitted = await slack.as(LEAD).submit(modal, { decision: 'approve' });
    expect(submitted.status).toBe(200);
    await victim.kill();
    aws.recover();
    await startBot();
    expect(visibleText(await told(LEAD, before))).toContain('what you decided was not recorded');
    expect(await events(arn)).toEqual(['requested']);
    const again = await slack.as(LEAD).submit(await review(LEAD, message), { decision: 'approve' });
    expect(again).toMatchObject({ responseAction: 'clear' });
    await result(message);
  });
});

describe('a bot that is done with what people sent', () => {
  it('has nothing of it on record any more', async () => {
    const { slack, env, execution, ask, approve, result, startBot, bots } = at();
    if (bots.length === 0) await startBot();
    const card = await ask(execution());
    await approve(LEAD, card);
    await result(card);
    await slack.redeliver();
    const redis = new Redis(env.REDIS_URL ?? '');
    onTestFinished(() => redis.disconnect());
    await expect.poll(() => redis.zcard(`{${env.REDIS_KEY_PREFIX}}:unfinished`), { timeout: 20_000 }).toBe(0);
  });
});
