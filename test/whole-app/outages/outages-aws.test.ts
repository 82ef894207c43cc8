import { afterEach, describe, expect, it } from 'vitest';
import { visibleText } from '../../../sandbox/slack/block-walk.ts';
import { forwardClock } from '../forward-clock.ts';
import { COMMAND, givenWorld, LEAD, MiB, OPERATOR, SLACK_WAITS_MS, shows } from '../world.ts';

const lines: string[] = [];
const { clock, pass } = forwardClock();
const at = givenWorld({
  env: { LOG_LEVEL: 'info' },
  aws: clock,
  serve: { clock, logTo: { write: (line) => lines.push(line) } },
});
/** What the review form showed is too old to approve by. */
const formIsOld = () => pass(61);
/** What the bot's log says of a request. */
const logged = (request: string | null) =>
  lines.map((line): Record<string, unknown> => JSON.parse(line)).filter((line) => line.request === request);

afterEach(() => at().aws.recover());

describe('AWS while a change is made', () => {
  it('carries it out and never answers: found by reading back', async () => {
    const { aws, execution, ask, approve, result, sent, events } = at();
    const arn = execution();
    const card = await ask(arn);
    aws.fail({ kind: 'lost-update', ms: 50, times: 1 });
    await approve(LEAD, card);
    expect(visibleText(await result(card))).toContain('In force');
    expect(sent(arn)).toEqual([50 * MiB]);
    expect(await events(arn)).toEqual(['requested', 'approved', 'apply.started', 'applied']);
  });

  it('falls silent after it was sent: called not known, until it is known', async () => {
    const { slack, aws, execution, ask, approve, card, sent, events, records } = at();
    const arn = execution();
    const first = await ask(arn);
    aws.fail({ kind: 'lost-update', ms: 200, times: 1 });
    await approve(LEAD, first);
    await aws.until(() => sent(arn).length > 0);
    aws.fail({ kind: 'reset', operation: 'DescribeTaskExecution' });
    const unknown = await card(arn, 'not known yet');
    expect(visibleText(unknown)).not.toMatch(/nothing was (sent|recorded)/i);
    expect(await events(arn)).toEqual(['requested', 'approved', 'apply.started', 'apply.unknown']);
    expect(slack.thread(first.channel, first.ts)).toHaveLength(1);
    aws.recover();
    const told = await slack.until(() => slack.thread(first.channel, first.ts)[1]);
    expect(visibleText(told)).toContain('In force');
    expect(sent(arn)).toEqual([50 * MiB]);
    expect((await records()).at(-1)).toMatchObject({ event: 'applied', detail: { rate: 50 * MiB } });
  });

  it('is throttled: tried again, set once', async () => {
    const { aws, execution, ask, approve, result, events } = at();
    const arn = execution();
    const card = await ask(arn);
    aws.fail({ kind: 'throttle', operation: 'UpdateTaskExecution', times: 1 });
    await approve(LEAD, card);
    await result(card);
    const updates = aws.calls.filter(
      ({ operation, input }) => operation.startsWith('Update') && input.TaskExecutionArn === arn,
    );
    expect(updates.map(({ outcome }) => outcome)).toEqual(['ThrottlingException', 'ok']);
    expect(await events(arn)).toEqual(['requested', 'approved', 'apply.started', 'applied']);
  });

  it('refuses it by IAM: failed, with the action and the role', async () => {
    const { aws, execution, ask, approve, result, card, events } = at();
    const arn = execution();
    const asked = await ask(arn);
    aws.fail({ kind: 'deny', operation: 'UpdateTaskExecution' });
    await approve(LEAD, asked);
    const told = await result(asked);
    expect(visibleText(told)).toMatch(
      /no permission for `datasync:UpdateTaskExecution` with the role `arn:aws:iam::111122223333:role\/datasync-throttle`/,
    );
    expect(visibleText(told)).toContain('Last read back from AWS: 100 MiB/s');
    expect(told.subtype).toBe('thread_broadcast');
    await card(arn, 'Failed');
    expect(aws.execution(arn).bytesPerSecond).toBe(100 * MiB);
    expect(await events(arn)).toEqual(['requested', 'approved', 'apply.started', 'apply.failed']);
  });

  it('takes it and ignores it: said to be waiting, and not said to be in force', async () => {
    const { aws, execution, ask, approve, card, events } = at();
    const arn = execution();
    const asked = await ask(arn);
    aws.fail({ kind: 'ignored-update', times: 1 });
    await approve(LEAD, asked);
    await card(arn, 'waiting for AWS to show it');
    expect(await events(arn)).toEqual(['requested', 'approved', 'apply.started']);
    // Somebody else sets a third rate before AWS showed ours.
    aws.setLimit(arn, 70 * MiB);
    await card(arn, 'Somebody set another limit meanwhile');
    expect(await events(arn)).toEqual(['requested', 'approved', 'apply.started', 'apply.failed']);
  });

  it('lets nobody in: agreed and not yet in force, and set when it does', async () => {
    const { slack, aws, execution, ask, approve, card, sent, events, records } = at();
    const arn = execution();
    const asked = await ask(arn);
    const { request } = (await records()).at(-1) ?? { request: null };
    aws.fail({ kind: 'reset', operation: 'AssumeRole' });
    await approve(LEAD, asked);
    const waiting = await card(arn, 'Agreed, not yet in force');
    expect(visibleText(waiting)).toContain('as soon as it can');
    expect(sent(arn)).toEqual([]);
    await slack.until(() =>
      logged(request).some(({ effect, why }) => effect === 'apply' && /AssumeRole/.test(`${why}`)),
    );
    aws.recover();
    await slack.until(() => slack.thread(asked.channel, asked.ts)[1]);
    expect(sent(arn)).toEqual([50 * MiB]);
    expect(await events(arn)).toEqual(['requested', 'approved', 'apply.started', 'applied']);
    const recorded = logged(request).filter(({ seq }) => seq !== undefined);
    expect(recorded.map(({ event }) => event)).toEqual(['requested', 'approved', 'apply.started', 'applied']);
  });
});

describe('AWS does not answer', () => {
  it('when somebody asks: a first word within 3 s, and then the truth', async () => {
    const { slack, aws, told, execution, records } = at();
    const arn = execution();
    const before = (await records()).length;
    aws.fail({ kind: 'hang', operation: 'DescribeTaskExecution' });
    const said = await told(OPERATOR, () => slack.as(OPERATOR).command('C0OPS', COMMAND, `${arn} 50MiB/s`));
    expect(said.ms).toBeLessThan(SLACK_WAITS_MS);
    expect(said.first).toContain('Still checking');
    expect(said.text).toMatch(/AWS did not answer in time \(`datasync:DescribeTaskExecution`\).*Nothing was asked/);
    expect(await records()).toHaveLength(before);
  });

  it.each([
    ['refuses to say', 'deny', 'AWS refused `datasync:DescribeTaskExecution`'],
    ['does not answer', 'reset', 'no answer in time'],
  ] as const)(
    'or %s, when somebody presses Review: they can deny, which needs nothing of AWS, and not approve',
    async (_, kind, words) => {
      const { slack, aws, execution, ask, review, events, records, sent } = at();
      const arn = execution();
      const card = await ask(arn);
      aws.fail({ kind, operation: 'DescribeTaskExecution' });
      const lena = slack.as(LEAD);
      const modal = await review(LEAD, card, 'You can deny');
      const { request } = (await records()).at(-1) ?? { request: null };
      expect(visibleText(modal)).toContain(words);
      expect(JSON.stringify(modal.blocks)).not.toContain('"approve"');
      expect(logged(request).map(({ msg }) => msg)).toContain('a review without what AWS says');
      expect(await lena.submit(modal, { decision: 'deny', comment: 'not tonight' })).toMatchObject({
        responseAction: 'clear',
      });
      expect(await events(arn)).toEqual(['requested', 'denied']);
      expect(sent(arn)).toEqual([]);
    },
  );

  it('when somebody approves after all: not blindly, and the request stays open', async () => {
    const { slack, aws, execution, ask, review, events } = at();
    const arn = execution();
    const modal = await review(LEAD, await ask(arn));
    formIsOld();
    aws.fail({ kind: 'deny', operation: 'DescribeTaskExecution' });
    await slack.as(LEAD).submit(modal, { decision: 'approve' });
    await slack.until(() =>
      slack
        .as(LEAD)
        .views()
        .some((view) => shows(view, 'Your decision was not recorded')),
    );
    expect(await events(arn)).toEqual(['requested']);
  });

  it('when somebody presses Review: the modal is open within 3 s, and filled when it answers', async () => {
    const { slack, aws, execution, ask, review } = at();
    const card = await ask(execution());
    aws.fail({ kind: 'hang', operation: 'DescribeTaskExecution', ms: 2_500 });
    const from = performance.now();
    await review(LEAD, card, 'Asking AWS');
    expect(performance.now() - from).toBeLessThan(2_500);
    aws.recover();
    await slack.until(() =>
      slack
        .as(LEAD)
        .views()
        .some((view) => shows(view, 'Decision')),
    );
  });

  it('when somebody decides: answered within 3 s, and the truth in the modal', async () => {
    const { slack, aws, execution, ask, review, result, sent } = at();
    const arn = execution();
    const card = await ask(arn);
    const modal = await review(LEAD, card);
    formIsOld();
    aws.fail({ kind: 'hang', operation: 'DescribeTaskExecution', ms: 2700 });
    const submitted = await slack.as(LEAD).submit(modal, { decision: 'approve' });
    aws.recover();
    expect(submitted).toMatchObject({ status: 200, responseAction: 'update' });
    expect(submitted.ms).toBeLessThan(SLACK_WAITS_MS);
    expect(
      slack
        .as(LEAD)
        .views()
        .some((view) => shows(view, 'Checking…')),
    ).toBe(true);
    await slack.until(() =>
      slack
        .as(LEAD)
        .views()
        .some((view) => shows(view, 'Approved. The limit is being set now')),
    );
    await result(card);
    expect(sent(arn)).toEqual([50 * MiB]);
  });

  it('and the modal was closed meanwhile: the truth comes as a direct message', async () => {
    const { slack, aws, execution, ask, review, result } = at();
    const card = await ask(execution());
    const modal = await review(LEAD, card);
    formIsOld();
    aws.fail({ kind: 'hang', operation: 'DescribeTaskExecution', ms: 2700 });
    await slack.as(LEAD).submit(modal, { decision: 'approve' });
    aws.recover();
    await slack.as(LEAD).close(modal);
    const told = await slack.until(() => slack.as(LEAD).dms()[0]);
    expect(told.text).toContain('Approved');
    await result(card);
  });
});
