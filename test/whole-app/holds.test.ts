import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { LOOPBACK } from '../../src/sandbox/local-world.ts';
import { elementsOf, visibleText } from '../../src/sandbox/slack/block-walk.ts';
import type { SlackMessage } from '../../src/sandbox/slack/workspace.ts';
import { type Running, serve } from '../../src/serve.ts';
import { type LossyProxy, startLossyProxy } from '../ledger/lossy-proxy.ts';
import { COMMAND, givenWorld, LEAD, MiB, OPERATOR, POLICY, shows } from './world.ts';

/** A minute passes in a second, for the bot and for AWS alike. */
const SPEED = 60;
const began = Date.now();
const now = () => new Date(began + (Date.now() - began) * SPEED);
/** A busy machine falls behind a clock that runs so fast. */
const PATIENCE = { timeoutMs: 60_000 };
const options = { clock: { now }, abandonedMs: 1500 };

const at = givenWorld({
  serve: options,
  aws: { now },
  policy: `${POLICY.replace('lower: 1, raise: 1, unlimited: 2', 'lower: 0, raise: 1, unlimited: 2')}
  - name: agreed
    match: { accounts: ["444455556666"], channels: [C0OPS] }
    approvers: { groups: [S0LEADS] }
    approvals: 1
    expiresIn: 6m
`,
});

/** Asked for, and in force; the card and the request's id. */
async function held(arn: string, words: string): Promise<{ card: SlackMessage; id: string }> {
  const asked = await at().ask(arn, words);
  const [id = ''] = /r-[0-9a-z]{10}/.exec(visibleText(asked)) ?? [];
  return { card: await at().card(arn, 'In force'), id };
}

const limit = (arn: string) => at().aws.execution(arn).bytesPerSecond / MiB;
const sent = (arn: string) =>
  at()
    .sent(arn)
    .map((rate) => rate / MiB);
const inThread = (card: SlackMessage, says: string) =>
  at().slack.until(
    () =>
      at()
        .slack.thread(card.channel, card.ts)
        .find((one) => shows(one, says)),
    PATIENCE,
  );
/** What takes longer than a few seconds. */
const atLast = (arn: string, says: string) =>
  expect
    .poll(
      () =>
        at()
          .slack.messages()
          .some((one) => shows(one, arn.slice(-22)) && shows(one, says)),
      { timeout: PATIENCE.timeoutMs },
    )
    .toBe(true);
/** The result of a card, as it reads now; \`says\` is in it then. */
const resultSays = (card: SlackMessage, says: string) =>
  at().slack.until(() => {
    const result = at().slack.thread(card.channel, card.ts)[1];
    return result && shows(result, says) && result;
  }, PATIENCE);
/** A later line of a card's thread that the channel sees too. */
const inChannel = (card: SlackMessage, says: string) =>
  at().slack.until(
    () =>
      at()
        .slack.thread(card.channel, card.ts)
        .slice(2)
        .find((one) => one.subtype === 'thread_broadcast' && shows(one, says)),
    PATIENCE,
  );
const actions = (message: SlackMessage) =>
  elementsOf(JSON.parse(JSON.stringify(message.blocks))).map(({ actionId }) => actionId);

describe('a limit for a while', () => {
  it('counts down on its card, and goes back by itself', async () => {
    const arn = at().execution();
    const { card } = await held(arn, '50MiB/s for 5m video call');
    expect(limit(arn)).toBe(50);
    expect(visibleText(card)).toMatch(/It goes back to 100 MiB\/s \(839 Mbit\/s\) by itself <!date\^\d+/);
    expect(visibleText(card)).toMatch(/Goes back by itself\*\n<!date.*, in about/);
    expect(visibleText(card)).toContain('this one run only');
    expect(actions(card)).toEqual(['revert-now', 'extend']);
    await atLast(arn, 'Set back to 100 MiB/s');
    const done = await at().card(arn, 'Set back to 100 MiB/s');
    expect(done.ts).toBe(card.ts);
    expect(actions(done)).toEqual([]);
    expect(limit(arn)).toBe(100);
    // The channel's newest line is how it ended, and the one that said "in force" says so no more.
    await inChannel(card, 'is in force again, read back from AWS');
    const result = await resultSays(card, 'Reverted: nightly-archive → 100 MiB/s');
    expect(result.subtype).toBe('thread_broadcast');
    expect(shows(result, 'In force')).toBe(false);
    expect(actions(result)).toEqual([]);
    expect(sent(arn)).toEqual([50, 100]);
    expect(await at().events(arn)).toEqual([
      'requested',
      'apply.started',
      'applied',
      'revert.scheduled',
      'revert.started',
      'reverted',
    ]);
    const update = at().aws.calls.findLast(({ operation }) => operation === 'UpdateTaskExecution');
    expect(update?.identity?.session).toMatchObject({ role: 'arn:aws:iam::111122223333:role/datasync-throttle' });
  });

  it('is left alone where somebody has changed it since, and that is said', async () => {
    const arn = at().execution();
    const { card } = await held(arn, '50MiB/s for 5m');
    at().aws.setLimit(arn, 7 * MiB);
    const drift = await inChannel(card, 'past the bot, by console or CLI');
    await resultSays(card, 'Limit changed outside the bot (console or CLI): nightly-archive → 7 MiB/s');
    const end = await inThread(card, '*Time over, left as it is: nightly-archive*');
    await resultSays(card, 'Not reverted: the limit of nightly-archive was changed elsewhere');
    expect(visibleText(end)).toContain('Somebody has changed the limit since, to 7 MiB/s');
    // Each names the record that it rests on, not the last one.
    const seqOf = async (event: string) =>
      (await at().records()).find((record) => record.execution === arn && record.event === event)?.seq;
    expect(visibleText(drift)).toContain(`audit record ${await seqOf('drift.detected')} ·`);
    expect(visibleText(end)).toContain(`audit record ${await seqOf('revert.skipped')} ·`);
    expect(limit(arn)).toBe(7);
    expect(await at().events(arn)).toEqual(expect.arrayContaining(['drift.detected', 'revert.skipped']));
    expect(sent(arn)).toEqual([50]);
  });

  it('warns ten minutes before, once', async () => {
    const arn = at().execution();
    const { card } = await held(arn, '50MiB/s for 12m');
    const warned = await inThread(card, 'goes back to 100 MiB/s (839 Mbit/s) in about');
    expect(actions(warned)).toEqual(['revert-now', 'extend']);
    await at().slack.as(OPERATOR).click(warned, 'revert-now');
    await at().card(arn, 'Set back to 100 MiB/s');
    expect(
      at()
        .slack.thread(card.channel, card.ts)
        .filter((one) => shows(one, 'in about')),
    ).toHaveLength(1);
  });
});

describe('Revert now', () => {
  it('is done for a lead at once, and refused to a stranger to the matter, with who could', async () => {
    const arn = at().execution();
    const { card } = await held(arn, '50MiB/s for 1h');
    const told = await at().told('U0AUDIT', () => at().slack.as('U0AUDIT').click(card, 'revert-now'));
    expect(told.text).toMatch(/You may not set this limit back/);
    expect(told.text).toContain('<@U0OPER>');
    await at().slack.as(LEAD).click(card, 'revert-now');
    await at().card(arn, 'wanted it back');
    await inChannel(card, 'wanted it back');
    await resultSays(card, 'Reverted: nightly-archive');
    expect(limit(arn)).toBe(100);
    expect(sent(arn)).toEqual([50, 100]);
  });
});

describe('Extend', () => {
  it('asks for more time, which moves the end and nothing else', async () => {
    const arn = at().execution();
    const { card } = await held(arn, '50MiB/s for 5m');
    const person = at().slack.as(OPERATOR);
    await person.click(card, 'extend');
    const modal = await at().slack.until(() => person.views().at(-1));
    expect(visibleText(modal)).toContain('The policy allows 12 h in all');
    const refused = await person.submit(modal, { duration: '12h' });
    expect(JSON.stringify(refused)).toMatch(/12 h in all/);
    const again = await at().slack.sendRaw(person.submitRequest(modal, { duration: '12h' }));
    expect(again.body).toContain('This was refused before, and that is on record.');
    await person.submit(modal, { duration: '2m', reason: 'the call goes on' });
    const longer = await at().card(arn, 'for 2 min more');
    await at().card(arn, 'In force*: nightly-archive, 50 MiB/s (419 Mbit/s) for 2 min more');
    expect(longer.ts).not.toBe(card.ts);
    await inThread(card, 'extended it until');
    await resultSays(card, 'Extended: nightly-archive stays at 50 MiB/s');
    expect(shows(await at().card(arn, '*Extended*'), 'Replaced')).toBe(false);
    await inThread(longer, 'More time: nightly-archive stays limited to 50 MiB/s');
    await inThread(longer, 'is in force again');
    expect(sent(arn)).toEqual([50, 100]);
  });
});

describe('a request for more time that nobody decides', () => {
  it('expires, and the limit goes back when its own time is over', async () => {
    const arn = at().execution({ account: '444455556666' });
    const asked = await at().ask(arn, '50MiB/s for 8m');
    await at().approve(LEAD, asked);
    const card = await at().card(arn, 'In force');
    const person = at().slack.as(OPERATOR);
    await person.click(card, 'extend');
    const modal = await at().slack.until(() => person.views().at(-1));
    await person.submit(modal, { duration: '1h' });
    expect(visibleText(await at().card(arn, 'Waiting for 1 approval'))).toContain('No rate changes');
    await atLast(arn, 'Expired, nothing was sent to AWS');
    await atLast(arn, 'Set back to 100 MiB/s');
    expect(limit(arn)).toBe(100);
    expect(sent(arn)).toEqual([50, 100]);
  });
});

describe('undo', () => {
  it('is asked by the button and by the word, decided by the policy, refused after a change', async () => {
    const arn = at().execution();
    const { card, id } = await held(arn, '50MiB/s');
    const result = await at().result(card);
    await at().slack.as(OPERATOR).click(result, 'undo');
    const undo = await at().card(arn, 'Waiting for 1 approval');
    expect(visibleText(undo)).toContain('50 MiB/s (419 Mbit/s) → 100 MiB/s (839 Mbit/s)');
    expect(visibleText(undo)).toContain(`Undo ${id}`);
    await at().approve(LEAD, undo);
    await inThread(undo, 'In force');
    await at().card(arn, 'Replaced');
    expect(limit(arn)).toBe(100);
    const again = await at().told(OPERATOR, () => at().slack.as(OPERATOR).command('C0OPS', COMMAND, `undo ${id}`));
    expect(again.text).toMatch(/is the limit in force already/);
    at().aws.setLimit(arn, 7 * MiB);
    const later = await at().told(OPERATOR, () => at().slack.as(OPERATOR).command('C0OPS', COMMAND, `undo ${id}`));
    expect(later.text).toMatch(/The limit was changed since: .* set 50 MiB\/s .* in force now is 7 MiB\/s/);
    expect(sent(arn)).toEqual([50, 100]);
  });
});

describe('the card', () => {
  it('follows the run to its end, edited no more often than every 30 s', async () => {
    const arn = at().execution({ bytes: 40_000 * MiB });
    const { card } = await held(arn, '50MiB/s');
    await at().card(arn, '% of the limit');
    await atLast(arn, 'The run has ended (SUCCESS): 39.1 GiB in');
    const looked = at().aws.calls.filter(
      ({ operation, input }) => operation === 'DescribeTaskExecution' && input.TaskExecutionArn === arn,
    );
    const seconds = (40_000 / 50) * 1.2;
    expect(looked.length).toBeLessThan(seconds / 30 + 10);
    const edited = at().slack.calls.filter(({ method, args }) => method === 'chat.update' && args.ts === card.ts);
    expect(edited.length).toBeGreaterThan(2);
    expect(edited.length).toBeLessThan(seconds / 30 + 10);
    expect(visibleText(await at().card(arn, 'The run has ended'))).toMatch(/on average/);
    const result = await resultSays(card, 'Execution ended: nightly-archive');
    expect(actions(result)).toEqual([]);
    expect(shows(result, 'until it ends')).toBe(false);
  });
});

describe('a result that Slack takes only when the run has ended', () => {
  it('says that it has, and offers nothing any more', async () => {
    const { slack, aws, env, execution, ask, approve } = at();
    const arn = execution({ account: '444455556666' });
    const card = await ask(arn);
    slack.outage({ kind: 'down', methods: ['chat.postMessage'] });
    await approve(LEAD, card);
    await atLast(arn, 'In force');
    aws.finish(arn, 'SUCCESS');
    const redis = new Redis(inject('redisUrl'));
    onTestFinished(() => redis.disconnect());
    const watched = () => redis.hexists(`{${env.REDIS_KEY_PREFIX}}:in-force`, arn);
    await expect.poll(watched, { timeout: PATIENCE.timeoutMs }).toBe(0);
    await atLast(arn, 'The run has ended');
    // The last thing that a watcher does is an edit of the card.
    await slack.until(() => slack.calls.at(-1)?.method !== 'chat.update');
    slack.recover();
    expect(actions(await resultSays(card, 'Execution ended: nightly-archive'))).toEqual([]);
  });
});

describe('two bots, of which one is killed at the moment of the revert', () => {
  let redis: Redis;
  let proxies: LossyProxy[];
  let pair: Running[];

  beforeAll(async () => {
    redis = new Redis(inject('redisUrl'));
    proxies = await Promise.all([1, 2].map(() => startLossyProxy(inject('redisUrl'))));
    pair = await Promise.all(
      proxies.map(({ url }) => serve({ ...at().env, REDIS_URL: url }, { ...options, host: LOOPBACK })),
    );
  });
  afterAll(async () => {
    await Promise.all(pair.map((bot) => bot.stop()));
    await Promise.all(proxies.map((proxy) => proxy.close()));
    redis.disconnect();
  });

  /** The worker that has the revert in hand. */
  async function reverting(): Promise<string | null> {
    const outbox = `{${at().env.REDIS_KEY_PREFIX}}:outbox`;
    const pending = (await redis.xpending(outbox, 'workers', '-', '+', 50)) as [string, string, number, number][];
    for (const [entry, consumer] of pending) {
      const [found] = await redis.xrange(outbox, entry, entry);
      if (String(found?.[1]).includes('"revert"')) return consumer;
    }
    return null;
  }

  it('set it back once: the other one reads back what the first has sent', async () => {
    const { aws, bots } = at();
    const arn = at().execution();
    await held(arn, '50MiB/s for 10m');
    // From now on there are the two.
    await Promise.all(bots.splice(0).map((bot) => bot.stop()));
    expect(sent(arn)).toEqual([50]);
    // Carried out, and whoever sent it never hears of it.
    aws.fail({ kind: 'lost-update', times: 1 });
    await aws.until(() => limit(arn) === 100, PATIENCE);
    const victim = await reverting();
    const its = proxies.filter(({ workers }) => victim !== null && workers.has(victim));
    expect(its).toHaveLength(1);
    its[0]?.lose('requests');
    await atLast(arn, 'Set back to');
    expect(limit(arn)).toBe(100);
    expect(sent(arn)).toEqual([50, 100]);
    const events = (await at().events(arn)).slice(3);
    expect(events).toEqual(['revert.scheduled', 'revert.started', 'reverted']);
  });
});
