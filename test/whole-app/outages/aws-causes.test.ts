import { afterEach, describe, expect, it } from 'vitest';
import { visibleText } from '../../../sandbox/slack/block-walk.ts';
import { COMMAND, givenWorld, LEAD, MiB, OPERATOR, shows } from '../world.ts';

let ahead = 0;
const at = givenWorld({ serve: { clock: { now: () => new Date(Date.now() + ahead) } } });
afterEach(() => at().aws.recover());

describe('why AWS would not', () => {
  it('stands in its own words on the card, in the result and on record, and wakes nobody', async () => {
    const { aws, execution, ask, approve, result, card, records } = at();
    const arn = execution();
    const asked = await ask(arn);
    aws.fail({ kind: 'rejected', operation: 'UpdateTaskExecution', message: '<!channel> the agent is *offline*' });
    await approve(LEAD, asked);
    const said = 'AWS says: “InvalidRequestException: <!channel> the agent is ∗offline∗”';
    expect(
      visibleText(await result(asked))
        .replaceAll('&lt;', '<')
        .replaceAll('&gt;', '>'),
    ).toContain(said);
    expect(
      visibleText(await card(arn, 'Failed'))
        .replaceAll('&lt;', '<')
        .replaceAll('&gt;', '>'),
    ).toContain(said);
    expect((await records()).at(-1)).toMatchObject({
      event: 'apply.failed',
      detail: { why: 'rejected', refused: { said: 'InvalidRequestException: <!channel> the agent is *offline*' } },
    });
  });

  it.each([
    ['clock', /clock of the machine/],
    ['region', /not enabled for the account/],
    ['html503', /Something other than AWS answered/],
    ['rejected', /could not find this execution.*AWS says: “InvalidRequestException/],
  ] as const)('%s is told to who asks, each as what it is', async (kind, words) => {
    const { slack, aws, told, execution } = at();
    const arn = execution();
    aws.fail({ kind, operation: 'DescribeTaskExecution' });
    const { text } = await told(OPERATOR, () => slack.as(OPERATOR).command('C0OPS', COMMAND, `status ${arn}`));
    expect(text).toMatch(words);
    expect(text).not.toMatch(/did not answer/);
  });

  it('INITIALIZING is a status, and no end', async () => {
    const { slack, aws, told, execution } = at();
    const arn = execution();
    aws.enter(arn, 'INITIALIZING');
    const say = (words: string) => told(OPERATOR, () => slack.as(OPERATOR).command('C0OPS', COMMAND, words));
    const asked = await say(`${arn} 50MiB/s`);
    expect(asked.text).toMatch(/`INITIALIZING`.*can’t be changed now/);
    expect(asked.text).not.toMatch(/ended|any more/);
    const status = await say(`status ${arn}`);
    expect(status.text).toContain('INITIALIZING');
    expect(status.text).not.toContain('it is over');
    await say('list');
    await slack.until(() =>
      slack
        .as(OPERATOR)
        .ephemerals()
        .some((message) => shows(message, arn.slice(-22)) && shows(message, '· INITIALIZING')),
    );
  });
});

describe('while AWS fails, a watched limit', () => {
  it('is looked at once a look, and its card is drawn from that', async () => {
    const { slack, aws, execution, ask, approve, result, card } = at();
    const arn = execution();
    const asked = await ask(arn, '50MiB/s for 12h');
    await approve(LEAD, asked);
    await result(asked);
    await card(arn, 'In force');
    expect(aws.execution(arn).bytesPerSecond).toBe(50 * MiB);
    const describes = () =>
      aws.calls.filter((call) => call.operation === 'DescribeTaskExecution' && call.input.TaskExecutionArn === arn);
    const edits = () =>
      slack.calls.filter(({ method, args }) => method === 'chat.update' && args.ts === asked.ts).length;
    aws.fail({ kind: 'deny', operation: 'DescribeTaskExecution' });
    // The first look is half a minute after the limit was set, and may have a late edit of the result beside it.
    ahead += 31_000;
    await card(arn, 'AWS could not say just now');
    const before = { describes: describes().length, edits: edits() };
    // Each look edits the card once. The clock goes on in steps: when the next look is due is known only after the one before.
    const looks = 5;
    await aws.until(() => {
      ahead += 10_000;
      return edits() >= before.edits + looks;
    });
    const edited = edits() - before.edits;
    // Two may be under way, or late; it was two looks at AWS for each edit.
    expect(describes().length - before.describes).toBeLessThanOrEqual(edited + 2);
  });
});
