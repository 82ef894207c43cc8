import { beforeAll, describe, expect, it } from 'vitest';
import { COMMAND, givenWorld, LEAD, LEAD2, MiB, OPERATOR, shows, type TestWorld } from '../world.ts';

// What matters here is that nothing is done twice; on a busy machine twenty at once may take more than Slack's 3 s.
const at = givenWorld({ slack: { ackMs: 10_000 } });
const TWENTY = 20;

/** Slack's requests reach one bot after the other. */
function balance({ slack, bots }: TestWorld): () => void {
  let turn = 0;
  return () => {
    const bot = bots[turn++ % bots.length];
    slack.connectBot({ requestUrl: `http://127.0.0.1:${bot?.port}/slack/events` });
  };
}

/** Two leads have ten modals each open, and send all twenty at once. */
async function approveTwentyTimes(arn: string, words: string): Promise<void> {
  const { slack, ask, card, sent, events } = at();
  const next = balance(at());
  const asked = await ask(arn, words);
  const leads = [slack.as(LEAD), slack.as(LEAD2)];
  for (let click = 0; click < TWENTY; click++) {
    next();
    await leads[click % 2]?.click(asked, 'review');
  }
  const open = await slack.until(() => {
    const all = leads.flatMap((lead) => lead.views().map((view) => ({ lead, view })));
    return all.length === TWENTY && all.every(({ view }) => shows(view, 'Decision')) ? all : null;
  });
  const answers = await Promise.all(
    open.map(({ lead, view }) => {
      next();
      return lead.submit(view, { decision: 'approve' });
    }),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array(TWENTY).fill(200));
  const done = await card(arn, 'In force');
  await slack.until(() => slack.thread(asked.channel, asked.ts)[1]);
  for (const lead of leads) for (const view of lead.views()) await lead.close(view);

  expect(sent(arn)).toHaveLength(1);
  const all = await events(arn);
  const count = (event: string) => all.filter((one) => one === event).length;
  expect(count('applied')).toBe(1);
  expect(count('apply.started')).toBe(1);
  expect(count('approved')).toBe(words === 'unlimited' ? 2 : 1);
  // Of each lead's refusals those for one reason are one record a minute.
  expect(count('decision.refused')).toBeGreaterThanOrEqual(2);
  expect(count('decision.refused')).toBeLessThanOrEqual(8);
  expect(slack.thread(asked.channel, asked.ts)).toHaveLength(2);
  expect(slack.messages('C0OPS').filter((one) => shows(one, arn.slice(-22)) && !one.thread_ts)).toEqual([done]);
}

describe('twenty approvals at once by two leads', () => {
  it('lead to one change, one record of it and one result', async () => {
    await approveTwentyTimes(at().execution(), '50MiB/s');
  });

  it('count as two where two are needed', async () => {
    await approveTwentyTimes(at().execution(), 'unlimited');
  });
});

describe('twenty requests at once', () => {
  it('for one execution: one is open, and the others are told of it', async () => {
    const { slack, execution, events, card } = at();
    const arn = execution();
    const before = slack.ephemerals.length;
    await Promise.all(
      Array.from({ length: TWENTY }, (_, n) =>
        slack.as(n % 2 ? OPERATOR : 'U0OPER2').command('C0OPS', COMMAND, `${arn} ${50 + n}MiB/s`),
      ),
    );
    const told = await slack.until(() =>
      slack.ephemerals.length === before + TWENTY ? slack.ephemerals.slice(before) : null,
    );
    expect(told.filter(({ text }) => text.startsWith('Asked'))).toHaveLength(1);
    expect(told.filter(({ text }) => text.includes('open already'))).toHaveLength(TWENTY - 1);
    await card(arn);
    expect(await events(arn)).toEqual(['requested']);
    expect(slack.messages('C0OPS').filter((one) => shows(one, arn.slice(-22)))).toHaveLength(1);
  });
});

describe('two bots on one Redis', () => {
  beforeAll(async () => {
    await at().startBot();
  });

  it('do the same', async () => {
    await approveTwentyTimes(at().execution(), '50MiB/s');
    await approveTwentyTimes(at().execution(), 'unlimited');
  });

  it('the same body to both: done once', async () => {
    const { slack, bots, execution, card, events } = at();
    const arn = execution();
    const request = slack.as(OPERATOR).commandRequest('C0OPS', COMMAND, `${arn} 50MiB/s`);
    await Promise.all(
      bots.map(({ port }) => fetch(`http://127.0.0.1:${port}/slack/events`, { method: 'POST', ...request })),
    );
    await card(arn);
    expect(await events(arn)).toEqual(['requested']);
    expect(slack.messages('C0OPS').filter((one) => shows(one, arn.slice(-22)))).toHaveLength(1);
  });

  it('one is stopped with a change in hand: it is made once, and told once', async () => {
    const { slack, aws, bots, execution, ask, approve, result, sent, events } = at();
    const arns = [execution(), execution(), execution(), execution()];
    const cards = await Promise.all(arns.map((arn) => ask(arn)));
    aws.fail({ kind: 'hang', operation: 'UpdateTaskExecution', ms: 400, times: 4 });
    for (const card of cards) await approve(LEAD, card);
    await aws.until(() => arns.some((arn) => sent(arn).length > 0));
    const [, second] = bots;
    slack.connectBot({ requestUrl: `http://127.0.0.1:${second?.port}/slack/events` });
    const from = performance.now();
    await bots.shift()?.stop();
    expect(performance.now() - from).toBeLessThan(10_000);
    for (const [place, arn] of arns.entries()) {
      const card = cards[place];
      if (card) await result(card);
      expect(sent(arn)).toEqual([50 * MiB]);
      expect(await events(arn)).toEqual(['requested', 'approved', 'apply.started', 'applied']);
      expect(slack.thread('C0OPS', card?.ts ?? '')).toHaveLength(2);
    }
  });
});
