import { afterEach, describe, expect, it } from 'vitest';
import { elementsOf, visibleText } from '../../../sandbox/slack/block-walk.ts';
import type { SlackMessage } from '../../../sandbox/slack/workspace.ts';
import { COMMAND, givenWorld, LEAD, OPERATOR, shows } from '../world.ts';

let ahead = 0;
const at = givenWorld({
  serve: { backgroundMs: 700, clock: { now: () => new Date(Date.now() + ahead) } },
});

afterEach(() => {
  at().slack.recover();
  at().slack.setScopes(at().slack.seed.app.scopes);
  ahead = 0;
});

const POST = { methods: ['chat.postMessage'] } as const;

function cardsOf(arn: string): SlackMessage[] {
  const { slack } = at();
  return slack.messages('C0OPS').filter((one) => !one.thread_ts && shows(one, arn.slice(-22)));
}

function live(messages: readonly SlackMessage[]): SlackMessage[] {
  return messages.filter((one) => elementsOf(one.blocks ?? []).length > 0);
}

/** Asks, and waits until the card was posted, if need be again, and is kept: its buttons lead somewhere. */
async function asked(arn: string): Promise<SlackMessage> {
  const { slack, card } = at();
  const from = slack.calls.length;
  await slack.as(OPERATOR).command('C0OPS', COMMAND, `${arn} 50MiB/s`);
  const message = await card(arn);
  await slack.until(() => slack.calls.slice(from).some(({ method, ok }) => method === 'chat.update' && ok));
  return message;
}

describe('Slack takes a message and nobody hears of it', () => {
  it('the card: it is found and goes on to be the one', async () => {
    const { slack, execution, approve, result } = at();
    const arn = execution();
    slack.outage({ kind: 'lost', ...POST, times: 1 });
    const card = await asked(arn);
    expect(cardsOf(arn)).toHaveLength(1);
    await approve(LEAD, card);
    await result(card);
    expect(cardsOf(arn)).toHaveLength(1);
  });

  it('answered later than the bot waits, over and over: still one card', async () => {
    const { slack, execution } = at();
    const arn = execution();
    slack.outage({ kind: 'late', ...POST, ms: 3000 });
    await asked(arn);
    slack.recover();
    expect(cardsOf(arn)).toHaveLength(1);
  });

  it('the result: it stands in the thread once', async () => {
    const { slack, execution, ask, approve, result } = at();
    const card = await ask(execution());
    slack.outage({ kind: 'lost', ...POST, times: 1 });
    await approve(LEAD, card);
    await result(card);
    const looks = () => slack.calls.filter(({ method }) => method === 'conversations.replies');
    await slack.until(() => looks().some(({ args }) => args.ts === card.ts));
    expect(slack.thread(card.channel, card.ts)).toHaveLength(2);
  });

  it('taken only after it was posted again: the copy is marked, and has no button', async () => {
    const { slack, execution, card } = at();
    const arn = execution();
    slack.outage({ kind: 'slow', ...POST, ms: 2500, times: 1 });
    await slack.as(OPERATOR).command('C0OPS', COMMAND, `${arn} 50MiB/s`);
    const first = await card(arn);
    await slack.until(() => cardsOf(arn).length === 2);
    ahead = 31_000;
    await slack.until(() => live(slack.messages('C0OPS').filter((one) => shows(one, arn.slice(-22)))).length === 1);
    expect(live(cardsOf(arn)).map(({ ts }) => ts)).toEqual([first.ts]);
    expect(slack.messages('C0OPS').filter((one) => shows(one, 'posted twice'))).toHaveLength(1);
  });
});

describe('a first try', () => {
  it('looks for nothing', async () => {
    const { slack, execution, ask } = at();
    const from = slack.calls.length;
    await ask(execution());
    expect(slack.calls.slice(from).map(({ method }) => method)).not.toContain('conversations.history');
  });

  it('that Slack refused for sure is no reason to look either', async () => {
    const { slack, execution, card } = at();
    const arn = execution();
    const from = slack.calls.length;
    slack.outage({ kind: 'ratelimited', retryAfter: 1, ...POST, times: 1 });
    await slack.as(OPERATOR).command('C0OPS', COMMAND, `${arn} 50MiB/s`);
    await card(arn);
    expect(slack.calls.slice(from).map(({ method }) => method)).not.toContain('conversations.history');
  });
});

describe('without the scopes to look', () => {
  it('it is posted again, and a copy that somebody clicks in is marked', async () => {
    const { slack, execution, review } = at();
    const arn = execution();
    slack.setScopes(slack.seed.app.scopes.filter((scope) => !scope.endsWith(':history')));
    slack.outage({ kind: 'lost', ...POST, times: 1 });
    await slack.as(OPERATOR).command('C0OPS', COMMAND, `${arn} 50MiB/s`);
    const [copy] = await slack.until(() => (cardsOf(arn).length === 2 ? cardsOf(arn) : null));
    if (!copy) throw new Error('no copy');
    await slack.until(() => slack.calls.at(-1)?.method !== 'chat.postMessage');
    const modal = await review(LEAD, copy);
    expect(visibleText(modal)).toContain('Decision');
    const marked = await slack.until(() => {
      const now = slack.message(copy.channel, copy.ts);
      return now && shows(now, 'posted twice') ? now : null;
    });
    expect(live([marked])).toEqual([]);
    expect(live(cardsOf(arn))).toHaveLength(1);
  });
});
