import { describe, expect, it } from 'vitest';
import { tracesIn } from '../traces.ts';
import { COMMAND, givenWorld, LEAD, MiB, OPERATOR } from '../world.ts';

const at = givenWorld();

const traces = () => tracesIn(at());
/** One more thing asked and answered, by somebody else: what was to happen before has happened. */
const settled = () => at().told('U0AUDIT', () => at().slack.as('U0AUDIT').command('C0OPS', COMMAND, 'help'));

describe('the same body again', () => {
  it('asks once', async () => {
    const { slack, execution, events, card } = at();
    const arn = execution();
    const request = slack.as(OPERATOR).commandRequest('C0OPS', COMMAND, `${arn} 50MiB/s`);
    await slack.sendRaw(request);
    await card(arn);
    await slack.until(() =>
      slack
        .as(OPERATOR)
        .ephemerals()
        .some(({ text }) => text.startsWith('Asked')),
    );
    const before = await traces();
    await slack.sendRaw(request);
    await Promise.all([slack.sendRaw(request), slack.sendRaw(request)]);
    expect(await events(arn)).toEqual(['requested']);
    expect(await traces()).toEqual(before);
  });

  it('asks once, sent three times at once', async () => {
    const { slack, execution, events, card } = at();
    const arn = execution();
    const request = slack.as(OPERATOR).commandRequest('C0OPS', COMMAND, `${arn} 50MiB/s`);
    await Promise.all([slack.sendRaw(request), slack.sendRaw(request), slack.sendRaw(request)]);
    await card(arn);
    expect(await events(arn)).toEqual(['requested']);
  });

  it('sent again by Slack, changes nothing', async () => {
    const { slack, execution, ask, events } = at();
    const arn = execution();
    await ask(arn);
    const before = await traces();
    expect((await slack.redeliver()).status).toBe(200);
    await settled();
    expect(await traces()).toEqual(before);
    expect(await events(arn)).toEqual(['requested']);
  });

  it('decides once', async () => {
    const { slack, execution, ask, review, result, sent, events } = at();
    const arn = execution();
    const card = await ask(arn);
    const modal = await review(LEAD, card);
    const request = slack.as(LEAD).submitRequest(modal, { decision: 'approve' });
    await Promise.all([slack.sendRaw(request), slack.sendRaw(request), slack.sendRaw(request)]);
    await result(card);
    expect((await slack.sendRaw(request)).status).toBe(200);
    expect(sent(arn)).toEqual([50 * MiB]);
    expect(await events(arn)).toEqual(['requested', 'approved', 'apply.started', 'applied']);
  });

  it('clicks once', async () => {
    const { slack, execution, ask, events } = at();
    const arn = execution();
    const card = await ask(arn);
    const request = slack.as(LEAD).clickRequest(card, 'cancel');
    await slack.sendRaw(request);
    await slack.until(() =>
      slack
        .as(LEAD)
        .ephemerals()
        .some(({ text }) => text.includes('Only the requester')),
    );
    const before = await traces();
    await slack.sendRaw(request);
    expect(await events(arn)).toEqual(['requested', 'decision.refused']);
    expect(await traces()).toEqual(before);
  });
});
