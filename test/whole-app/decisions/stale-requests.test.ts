import { afterEach, describe, expect, it } from 'vitest';
import { visibleText } from '../../../sandbox/slack/block-walk.ts';
import { forwardClock } from '../forward-clock.ts';
import { givenWorld, LEAD, MiB, OPERATOR, shows } from '../world.ts';

const { clock, pass } = forwardClock();
const at = givenWorld({ aws: clock, serve: { clock } });

afterEach(async () => {
  const { aws, slack } = at();
  aws.recover();
  for (const view of slack.as(OPERATOR).views()) await slack.as(OPERATOR).close(view);
});

describe('a request that is out of date', () => {
  it.each<[why: string, change: (arn: string) => void, rate: number | null, words: string]>([
    ['rate', (arn) => at().aws.setLimit(arn, 70 * MiB), 70 * MiB, 'The limit was changed meanwhile'],
    ['status', (arn) => at().aws.finish(arn, 'SUCCESS'), 100 * MiB, 'The run has ended'],
  ])('by its %s ends at the review: nothing is sent, and it can be asked again', async (why, change, rate, words) => {
    const { slack, execution, ask, review, card, sent, events, records, result } = at();
    const arn = execution();
    const asked = await ask(arn, '50MiB/s for 2h cutover');
    const modal = await review(LEAD, asked);
    change(arn);
    // What the form showed is too old to approve by.
    pass(61);
    expect(await slack.as(LEAD).submit(modal, { decision: 'approve' })).toMatchObject({ responseAction: 'update' });
    expect(
      slack
        .as(LEAD)
        .views()
        .some((view) => shows(view, 'nothing was sent to AWS')),
    ).toBe(true);
    for (const view of slack.as(LEAD).views()) await slack.as(LEAD).close(view);
    const stale = await card(arn, 'Out of date');
    expect(visibleText(stale)).toContain(words);
    expect(JSON.stringify(stale.blocks)).not.toContain('"review"');
    expect(visibleText(await result(asked))).toContain('nothing was sent');
    expect(await events(arn)).toEqual(['requested', 'apply.stale']);
    expect((await records()).findLast((one) => one.execution === arn)?.detail).toMatchObject({ why, rate });
    expect(sent(arn)).toEqual([]);

    const olga = slack.as(OPERATOR);
    await olga.click(stale, 'ask-again');
    const view = await slack.until(() => olga.views()[0]);
    expect(visibleText(view)).toContain('cutover');
    const again = await olga.submit(view);
    if (why === 'status')
      return expect(again).toMatchObject({ responseAction: 'errors', errors: { execution: expect.any(String) } });
    expect(again).toMatchObject({ responseAction: 'clear' });
    await card(arn, '70 MiB/s (587 Mbit/s) → 50 MiB/s');
  });

  it('within a minute of the review ends before anything is sent', async () => {
    const { aws, slack, execution, ask, review, card, sent, events, result } = at();
    const arn = execution();
    const asked = await ask(arn);
    const modal = await review(LEAD, asked);
    aws.setLimit(arn, 70 * MiB);
    expect(await slack.as(LEAD).submit(modal, { decision: 'approve' })).toMatchObject({ responseAction: 'clear' });
    expect(visibleText(await card(arn, 'Out of date'))).toContain('The limit was changed meanwhile');
    expect(visibleText(await result(asked))).toContain('nothing was sent');
    expect(await events(arn)).toEqual(['requested', 'approved', 'apply.stale']);
    expect(sent(arn)).toEqual([]);
  });

  it('is said to be so when the modal is opened', async () => {
    const { aws, slack, execution, ask, review, events } = at();
    const arn = execution();
    const asked = await ask(arn);
    aws.setLimit(arn, 70 * MiB);
    await review(LEAD, asked, 'nothing was sent to AWS');
    expect(await events(arn)).toEqual(['requested', 'apply.stale']);
    for (const view of slack.as(LEAD).views()) await slack.as(LEAD).close(view);
  });
});
