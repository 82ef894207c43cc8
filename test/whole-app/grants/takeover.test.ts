import { describe, expect, it } from 'vitest';
import { visibleText } from '../../../sandbox/slack/block-walk.ts';
import type { SlackMessage } from '../../../sandbox/slack/workspace.ts';
import { givenFastWorld } from '../fast-world.ts';
import { COMMAND, LEAD, LEAD2, MiB, OPERATOR, POLICY } from '../world.ts';

const { at, options } = givenFastWorld({
  policy: POLICY.replace('lower: 1, raise: 1, unlimited: 2', 'lower: 0, raise: 1, unlimited: 2').replace(
    'requesters: { groups: [S0OPS] }',
    `requesters: { groups: [S0OPS, S0LEADS] }`,
  ),
});

/** A lead has set unlimited → 10 MiB/s for 8 hours, which needs no approval: the card in force. */
async function limitedByLead(): Promise<{ arn: string; card: SlackMessage }> {
  const arn = at().execution({ bytesPerSecond: -1 });
  await at().told(LEAD, () => at().slack.as(LEAD).command('C0OPS', COMMAND, `${arn} 10MiB/s for 8h`));
  return { arn, card: await at().card(arn, 'In force') };
}

const says = (user: string, arn: string, words: string) =>
  at().told(user, () => at().slack.as(user).command('C0OPS', COMMAND, `${arn} ${words}`));
const sent = (arn: string) =>
  at()
    .sent(arn)
    .map((rate) => (rate === -1 ? rate : Number((rate / MiB).toFixed(3))));

/** Nothing but the lead's own limit was ever sent, and it is the one at AWS. */
function expectAsTheLeadSet(arn: string): void {
  expect(sent(arn)).toEqual([10]);
  expect(at().aws.execution(arn).bytesPerSecond).toBe(10 * MiB);
}

describe('the limit that a lead has set for 8 hours', () => {
  it('is not lifted by a lower one for an hour and its Revert now', async () => {
    const { arn } = await limitedByLead();
    const why = await says(OPERATOR, arn, '9.9MiB/s for 1h');
    expect(why.text).toContain('It needs 2 approvals');
    expect(why.text).toContain('Needs the approvals for a change to unlimited: it ends before the running limit');
    const card = await at().card(arn, 'Waiting for 2 approvals');
    expect(visibleText(card)).toContain('Needs the approvals for a change to unlimited');
    // There is no such button on it; pressed all the same, as by a copy of another card, it does nothing.
    await expect(at().slack.as(OPERATOR).click(card, 'revert-now')).rejects.toThrow();
    const modal = await at().review(LEAD, card);
    expect(visibleText(modal)).toContain('2 approvals still needed');
    expect(visibleText(modal)).toContain('it ends before the running limit');
    expectAsTheLeadSet(arn);
    await at().slack.as(LEAD).submit(modal, { decision: 'approve' });
    await at().approve(LEAD2, await at().card(arn, 'Waiting for 1 more approval'));
    await at().card(arn, 'In force*: nightly-archive, 10 MiB/s (83.9 Mbit/s) → 9.9 MiB/s');
    expect(sent(arn)).toEqual([10, 9.9]);
  });

  it('is not lifted by a lower one for a minute', async () => {
    const { arn } = await limitedByLead();
    const told = await says(OPERATOR, arn, '9.9MiB/s for 1m');
    expect(told.text).toContain('It needs 2 approvals');
    // Three minutes of the bot's and AWS's time: three times as long as was asked for.
    const until = options.clock.now().getTime() + 180_000;
    await expect.poll(() => options.clock.now().getTime(), { timeout: 10_000 }).toBeGreaterThan(until);
    expectAsTheLeadSet(arn);
  });

  it('is not lifted by a minute more and Revert now', async () => {
    const { arn, card } = await limitedByLead();
    const person = at().slack.as(OPERATOR);
    await person.click(card, 'extend');
    const modal = await at().slack.until(() => person.views().at(-1));
    await person.submit(modal, { duration: '1m' });
    const longer = await at().card(arn, 'Waiting for 2 approvals');
    expect(visibleText(longer)).toContain('it gives *Revert now* to people who can’t end the running limit');
    await expect(person.click(longer, 'revert-now')).rejects.toThrow();
    const told = await at().told(OPERATOR, () => person.click(card, 'revert-now'));
    expect(told.text).toContain('You may not set this limit back');
    expectAsTheLeadSet(arn);
  });

  it('is lowered for good without approvals, and longer by another lead', async () => {
    const { arn } = await limitedByLead();
    await says(LEAD2, arn, '9MiB/s for 9h');
    await at().card(arn, 'In force*: nightly-archive, 10 MiB/s (83.9 Mbit/s) → 9 MiB/s');
    await says(OPERATOR, arn, '8MiB/s');
    await at().card(arn, 'In force*: nightly-archive, 9 MiB/s (75.5 Mbit/s) → 8 MiB/s');
    expect(sent(arn)).toEqual([10, 9, 8]);
  });

  it('is told by why, with the approvals that count', async () => {
    const { arn } = await limitedByLead();
    const told = await at().told(OPERATOR, () =>
      at().slack.as(OPERATOR).command('C0OPS', COMMAND, `why ${arn} 9.9MiB/s for 1h`),
    );
    expect(told.text).toContain('it needs 2 approvals');
    expect(told.text).toContain('so the execution would revert to unlimited sooner');
    expectAsTheLeadSet(arn);
  });
});
