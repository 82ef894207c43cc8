import { afterEach, describe, expect, it } from 'vitest';
import { visibleText } from '../../../sandbox/slack/block-walk.ts';
import type { JsonObject } from '../../../sandbox/slack/json.ts';
import type { SlackView } from '../../../sandbox/slack/views.ts';
import { forwardClock } from '../forward-clock.ts';
import { COMMAND, givenWorld, LEAD, MiB, OPERATOR, shows } from '../world.ts';

const { clock, pass } = forwardClock();
const at = givenWorld({ aws: clock, serve: { clock } });

afterEach(() => at().aws.recover());

/** From now on, and what was read before is too old. */
const throttled = () => {
  pass(61);
  at().aws.fail({ kind: 'throttle', operation: 'DescribeTaskExecution' });
};
/** The person's form, once it says what went wrong. */
const again = (user: string) =>
  at().slack.until(() =>
    at()
      .slack.as(user)
      .views()
      .find((view) => shows(view, 'AWS is asked too often')),
  );
const typed = (view: SlackView, block: string) => Object.values(view.state.values[block] ?? {})[0] as JsonObject;

describe('a form whose submit fails for now', () => {
  it('keeps a decision and its comment, and takes them when AWS answers again', async () => {
    const { slack, aws, execution, ask, review, result, sent, events } = at();
    const arn = execution();
    const card = await ask(arn);
    const lena = slack.as(LEAD);
    const modal = await review(LEAD, card);
    throttled();
    await lena.submit(modal, { decision: 'approve', comment: 'fine until six' });
    const kept = await again(LEAD);
    expect(shows(kept, 'Your decision was not recorded')).toBe(true);
    expect(typed(kept, 'decision')).toMatchObject({ selected_option: { value: 'approve' } });
    expect(typed(kept, 'comment')).toMatchObject({ value: 'fine until six' });
    expect(await events(arn)).toEqual(['requested']);
    aws.recover();
    expect(await lena.submit(kept)).toMatchObject({ responseAction: 'clear' });
    // What the form promises: the whole channel sees the comment.
    expect(visibleText(await result(card))).toMatch(/Comment by \S.*: fine until six/);
    expect(sent(arn)).toEqual([50 * MiB]);
  });

  it('keeps what is wrong only once, however often it fails', async () => {
    const { slack, execution, ask, review } = at();
    const modal = await review(LEAD, await ask(execution()));
    throttled();
    await slack.as(LEAD).submit(modal, { decision: 'approve' });
    const first = await again(LEAD);
    await slack.as(LEAD).submit(first);
    const second = await slack.until(() =>
      slack
        .as(LEAD)
        .views()
        .find((view) => view.hash !== first.hash && shows(view, 'AWS is asked too often')),
    );
    expect(second.blocks.length).toBe(first.blocks.length);
  });

  it('keeps a request', async () => {
    const { slack, aws, execution, card } = at();
    const arn = execution();
    const olga = slack.as(OPERATOR);
    await olga.command('C0OPS', COMMAND, arn);
    const modal = await slack.until(() => olga.views().find((view) => shows(view, 'New limit')));
    throttled();
    await olga.submit(modal, { rate: '50MiB/s', duration: '2h', reason: 'video call' });
    const kept = await again(OPERATOR);
    expect(shows(kept, 'Nothing was asked')).toBe(true);
    aws.recover();
    expect(await olga.submit(kept)).toMatchObject({ responseAction: 'clear' });
    expect(shows(await card(arn, 'video call'), '50 MiB/s')).toBe(true);
  });
});
