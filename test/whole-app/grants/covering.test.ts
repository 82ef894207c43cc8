import { describe, expect, it } from 'vitest';
import { visibleText } from '../../../sandbox/slack/block-walk.ts';
import type { SlackMessage } from '../../../sandbox/slack/workspace.ts';
import { givenFastWorld } from '../fast-world.ts';
import { COMMAND, LEAD, LEAD2, MiB, OPERATOR, POLICY } from '../world.ts';

const { at } = givenFastWorld({
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
  it('applies again after a lower one for an hour and its Revert now', async () => {
    const { arn, card } = await limitedByLead();
    const told = await says(OPERATOR, arn, '9.9MiB/s for 1h');
    expect(told.text).toContain('No approval is needed');
    const lower = await at().card(arn, 'In force*: nightly-archive, 10 MiB/s (83.9 Mbit/s) → 9.9 MiB/s');
    expect(visibleText(lower)).toContain('It goes back to 10 MiB/s');
    const covered = await at().card(arn, 'Covered by a newer limit');
    expect(covered.ts).toBe(card.ts);
    expect(visibleText(covered)).toContain('This one applies again');
    await at().slack.as(OPERATOR).click(lower, 'revert-now');
    await at().card(arn, 'Set back to 10 MiB/s');
    await at().card(arn, 'In force*: nightly-archive, unlimited → 10 MiB/s');
    expect(sent(arn)).toEqual([10, 9.9, 10]);
    expect(at().aws.execution(arn).bytesPerSecond).toBe(10 * MiB);
  });

  it('applies again after a lower one for a minute', async () => {
    const { arn } = await limitedByLead();
    await says(OPERATOR, arn, '9.9MiB/s for 1m');
    await at().card(arn, 'Set back to 10 MiB/s');
    expect(sent(arn)).toEqual([10, 9.9, 10]);
  });

  it('can’t be ended by who extends it', async () => {
    const { arn, card } = await limitedByLead();
    const person = at().slack.as(OPERATOR);
    await person.click(card, 'extend');
    const modal = await at().slack.until(() => person.views().at(-1));
    await person.submit(modal, { duration: '1m' });
    const longer = await at().card(arn, 'In force*: nightly-archive, 10 MiB/s (83.9 Mbit/s) for 1 min more');
    await person.click(longer, 'revert-now');
    await at().card(arn, '*Ended*: nightly-archive');
    const told = await at().told(OPERATOR, () => person.click(card, 'revert-now'));
    expect(told.text).toContain('You can’t end this limit early');
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

  it('is exceeded only with the approvals of a raise, which why tells with the reason', async () => {
    const { arn } = await limitedByLead();
    await says(LEAD2, arn, '20MiB/s for 1h');
    await at().approve(LEAD, await at().card(arn, 'Waiting for 1 approval'));
    await at().card(arn, 'In force*: nightly-archive, 10 MiB/s (83.9 Mbit/s) → 20 MiB/s');
    const told = await at().told(OPERATOR, () =>
      at().slack.as(OPERATOR).command('C0OPS', COMMAND, `why ${arn} 15MiB/s for 2h`),
    );
    expect(told.text).toContain('it needs 1 approval');
    expect(JSON.stringify(told)).toContain(
      'Counts as a raise: without it, the limit would be 10 MiB/s (83.9 Mbit/s) from',
    );
    expect(sent(arn)).toEqual([10, 20]);
  });
});
