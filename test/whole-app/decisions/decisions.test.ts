import { describe, expect, it } from 'vitest';
import { visibleText } from '../../../sandbox/slack/block-walk.ts';
import { defaultSeed } from '../../../sandbox/slack/seed.ts';
import type { SlackMessage } from '../../../sandbox/slack/workspace.ts';
import { OUTSIDER } from '../../../src/slack/wording/access-words.ts';
import { COMMAND, givenWorld, LEAD, LEAD2, MiB, OPERATOR, SLACK_WAITS_MS, shows } from '../world.ts';

// The requester is a lead too, and still counts as none.
const groups = [
  { id: 'S0LEADS', handle: 'leads', users: [LEAD, LEAD2, OPERATOR, 'U0GUEST', 'U0STRANGE', 'U0GONE'] },
  { id: 'S0OPS', handle: 'operators', users: ['U0OPER', 'U0OPER2'] },
];
const at = givenWorld({ slack: { seed: { ...defaultSeed, groups } } });

const lastRecord = async (arn: string) => (await at().records()).findLast((record) => record.execution === arn);

describe('a review by somebody who may not', () => {
  it.each([
    ['the requester', OPERATOR, /you asked for it yourself.*`production`/s, 'requester'],
    [
      'somebody who is no approver',
      'U0OPER2',
      /`production`.*Who could decide: <!subteam\^S0LEADS>/s,
      'not-an-approver',
    ],
  ])('%s: told privately, on record, and nothing else', async (_, user, says, denial) => {
    const { slack, execution, ask, review, sent } = at();
    const arn = execution();
    const card = await ask(arn);
    const from = performance.now();
    const modal = await review(user, card, 'You may not decide');
    expect(performance.now() - from).toBeLessThan(SLACK_WAITS_MS);
    expect(visibleText(modal)).toMatch(says);
    expect(modal.submit).toBeNull();
    expect(await lastRecord(arn)).toMatchObject({
      event: 'decision.refused',
      actor: { user, team: 'T0DEMO' },
      detail: { why: 'may-not-decide', denial },
    });
    expect(shows(await at().card(arn), 'Waiting for 1 approval')).toBe(true);
    expect(sent(arn)).toEqual([]);
    expect(slack.thread(card.channel, card.ts)).toHaveLength(1);
  });

  it.each([
    ['a guest', 'U0GUEST', 'guest', 'T0DEMO'],
    ['a stranger', 'U0STRANGE', 'stranger', 'T0OTHER'],
    ['somebody deactivated', 'U0GONE', 'deactivated', 'T0DEMO'],
  ])('%s: refused before anything is said of the request, on record', async (_, user, denial, team) => {
    const { slack, execution, ask, told, records, sent, events } = at();
    const arn = execution();
    const card = await ask(arn);
    const { text } = await told(user, () => slack.as(user).click(card, 'review'));
    expect(text).toBe(OUTSIDER);
    expect((await records()).at(-1)).toMatchObject({
      event: 'refused',
      request: null,
      channel: 'C0OPS',
      actor: { user, team },
      detail: { why: 'not-a-member', denial, of: 'action review', request: expect.stringMatching(/^r-/) },
    });
    expect(await events(arn)).toEqual(['requested']);
    expect(sent(arn)).toEqual([]);
  });
});

describe('a decision', () => {
  it('to deny needs a comment, and then ends the request', async () => {
    const { slack, execution, ask, review, result, events, sent } = at();
    const arn = execution();
    const card = await ask(arn);
    const lead = slack.as(LEAD);
    const modal = await review(LEAD, card);
    const bare = await lead.submit(modal, { decision: 'deny' });
    expect(bare).toMatchObject({
      status: 200,
      responseAction: 'errors',
      errors: { comment: expect.stringMatching(/say why/) },
    });
    expect(await events(arn)).toEqual(['requested']);
    expect(lead.views()).toHaveLength(1);
    const denied = await lead.submit(modal, { comment: 'not in <!channel> business <@U0LEAD2> *hours*' });
    expect(denied).toMatchObject({ responseAction: 'clear' });
    const told = await result(card);
    expect(visibleText(told)).toMatch(/Denied/);
    expect(told.subtype).toBeUndefined();
    expect(slack.notified.find(({ ts }) => ts === told.ts)?.called).toEqual([OPERATOR]);
    expect(shows(await at().card(arn, 'Denied'), 'not in')).toBe(true);
    expect(await events(arn)).toEqual(['requested', 'denied']);
    expect(sent(arn)).toEqual([]);
  });

  it('of two is not enough where two are asked for, and one person counts once', async () => {
    const { slack, execution, ask, approve, review, result, events, sent } = at();
    const arn = execution();
    const card = await ask(arn, 'unlimited');
    await approve(LEAD, card);
    const halfway = await at().card(arn, '1 of 2: lena');
    expect(shows(halfway, 'Waiting for 1 more approval')).toBe(true);
    expect(sent(arn)).toEqual([]);
    const again = await review(LEAD, halfway, 'approved this request already');
    expect(again.submit).toBeNull();
    expect(await events(arn)).toEqual(['requested', 'approved', 'decision.refused']);
    expect(await lastRecord(arn)).toMatchObject({ detail: { why: 'decided-already' }, actor: { user: LEAD } });
    await approve(LEAD2, halfway);
    expect(visibleText(await result(card))).toContain('approved by lena and luis');
    expect(sent(arn)).toEqual([-1]);
    expect(slack.messages('C0OPS').filter((one) => shows(one, arn.slice(-22)) && !one.thread_ts)).toHaveLength(1);
  });

  it('comes too late after the end: told, on record, nothing done twice', async () => {
    const { slack, execution, ask, approve, review, result, events, sent } = at();
    const arn = execution();
    const card = await ask(arn);
    const late = await review(LEAD2, card);
    await approve(LEAD, card);
    await result(card);
    const submitted = await slack.as(LEAD2).submit(late, { decision: 'approve' });
    expect(submitted).toMatchObject({ responseAction: 'update' });
    expect(
      slack
        .as(LEAD2)
        .views()
        .some((view) => shows(view, 'done already')),
    ).toBe(true);
    const opened = await review('U0LEAD2', card, 'nothing to decide');
    expect(opened.submit).toBeNull();
    expect((await events(arn)).slice(-2)).toEqual(['decision.refused', 'decision.refused']);
    expect(sent(arn)).toEqual([50 * MiB]);
    expect(slack.thread(card.channel, card.ts)).toHaveLength(2);
  });

  it('that was refused says why again when it is sent again, on record once', async () => {
    const { slack, execution, ask, approve, review, result, events } = at();
    const arn = execution();
    const card = await ask(arn);
    const late = await review(LEAD2, card);
    await approve(LEAD, card);
    await result(card);
    const submit = slack.as(LEAD2).submitRequest(late, { decision: 'approve' });
    expect((await slack.sendRaw(submit)).body).toContain('done already');
    expect((await slack.sendRaw(submit)).body).toContain('done already');
    expect((await events(arn)).filter((event) => event === 'decision.refused')).toHaveLength(1);
  });

  it('from an old copy of the card is refused, and the copy left without buttons', async () => {
    const { slack, execution, ask, approve, review, result } = at();
    const arn = execution();
    const card = await ask(arn);
    const copy = await copyOf(card);
    await approve(LEAD, card);
    await result(card);
    expect(shows(slack.message(copy.channel, copy.ts) ?? copy, 'Waiting for')).toBe(true);
    await review(LEAD2, copy, 'nothing to decide');
    const marked = await slack.until(() => {
      const now = slack.message(copy.channel, copy.ts) ?? copy;
      return shows(now, 'was posted twice') && now;
    });
    expect(JSON.stringify(marked.blocks)).not.toContain('action_id');
    expect(await lastRecord(arn)).toMatchObject({ event: 'decision.refused', detail: { why: 'not-open' } });
  });

  it('is not the requester’s, who may cancel; nobody else may', async () => {
    const { slack, told, execution, ask, events } = at();
    const arn = execution();
    const card = await ask(arn);
    const refused = await told(LEAD, () => slack.as(LEAD).click(card, 'cancel'));
    expect(refused.text).toMatch(/Only the requester can cancel.*<@U0OPER>/s);
    await slack.as(OPERATOR).click(card, 'cancel');
    const done = await at().card(arn, 'Cancelled');
    expect(JSON.stringify(done.blocks)).not.toContain('"review"');
    expect(await events(arn)).toEqual(['requested', 'decision.refused', 'cancelled']);
    // The way is free for another one.
    await slack.as('U0OPER2').command('C0OPS', COMMAND, `${arn} 20MiB/s`);
    await at().card(arn, '20 MiB/s');
  });
});

/** The same card once more, as an uncertain post can leave it. */
async function copyOf(card: SlackMessage): Promise<SlackMessage> {
  const { slack, env } = at();
  await fetch(`${slack.apiUrl}chat.postMessage`, {
    method: 'POST',
    headers: { authorization: `Bearer ${env.SLACK_BOT_TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ channel: card.channel, text: card.text, blocks: card.blocks }),
  });
  return slack.until(() => slack.messages(card.channel).find((one) => one.ts > card.ts && one.text === card.text));
}
