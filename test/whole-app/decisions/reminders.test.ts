import { describe, expect, it } from 'vitest';
import { visibleText } from '../../../sandbox/slack/block-walk.ts';
import { COMMAND, givenWorld, LEAD, LEAD2, OPERATOR, POLICY, shows } from '../world.ts';

let ahead = 0;
const clock = { now: () => new Date(Date.now() + ahead * 1000) };

const at = givenWorld({
  serve: { clock },
  policy: `${POLICY}
  - name: quiet
    match: { accounts: ["444455556666"], channels: [C0OPS] }
    approvers: { groups: [S0LEADS] }
    approvals: 1
    reminders: false
`,
});

const dms = (user: string, arn: string) =>
  at()
    .slack.as(user)
    .dms()
    .filter((one) => shows(one, nameOf(arn)));
const nameOf = (arn: string) => at().aws.execution(arn).taskName;

describe('reminders', () => {
  it('reach each approver once after a third and once after two thirds of the time, from two bots', async () => {
    const { slack, execution, ask, startBot, approve, card } = at();
    await startBot();
    const arn = execution({ name: 'reminded-of' });
    const quiet = execution({ name: 'quiet-one', account: '444455556666' });
    const asked = await ask(arn, '50MiB/s video call');
    await ask(quiet);
    expect(dms(LEAD, arn)).toEqual([]);

    ahead += 601;
    for (const lead of [LEAD, LEAD2]) await slack.until(() => dms(lead, arn).length === 1);
    const [first] = dms(LEAD, arn);
    if (!first) throw new Error('no reminder');
    const text = visibleText(first);
    for (const words of ['waits for you to decide', 'olga', 'video call', 'open the card', 'Review'])
      expect(text).toContain(words);

    ahead += 600;
    for (const lead of [LEAD, LEAD2]) await slack.until(() => dms(lead, arn).length === 2);
    expect(slack.as(OPERATOR).dms()).toEqual([]);

    // It can be decided there and then.
    await slack.as(LEAD).click(first, 'review');
    const modal = await slack.until(() =>
      slack
        .as(LEAD)
        .views()
        .find((view) => shows(view, 'Decision')),
    );
    await slack.as(LEAD).submit(modal, { decision: 'approve' });
    await card(arn, 'In force');

    ahead += 500;
    const later = await ask(execution({ name: 'another-one' }));
    await approve(LEAD2, later);
    expect(dms(LEAD, arn)).toHaveLength(2);
    expect(dms(LEAD2, arn)).toHaveLength(2);
    expect(dms(LEAD, quiet)).toEqual([]);
    expect(shows(asked, 'Request ')).toBe(true);
    await slack.as(OPERATOR).command('C0OPS', COMMAND, 'help');
  });
});
