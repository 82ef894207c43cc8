import { expect } from 'vitest';
import { elementsOf, visibleText } from '../../sandbox/slack/block-walk.ts';
import type { SlackMessage } from '../../sandbox/slack/workspace.ts';
import { givenFastWorld, PATIENCE } from './fast-world.ts';
import { MiB, POLICY, shows } from './world.ts';

/** A lower limit needs no approval, but in the account 444455556666. */
const policy = `${POLICY.replace('lower: 1, raise: 1, unlimited: 2', 'lower: 0, raise: 1, unlimited: 2')}
  - name: agreed
    match: { accounts: ["444455556666"], channels: [C0OPS] }
    approvers: { groups: [S0LEADS] }
    approvals: 1
    expiresIn: 6m
`;

/** One world for the tests of a file about limits in force, and what these look at. */
export function givenGrantsInSlack() {
  const { at, options } = givenFastWorld({ policy });

  /** Asked for, and in force; the card and the request's id. */
  async function held(arn: string, words: string): Promise<{ card: SlackMessage; id: string }> {
    const asked = await at().ask(arn, words);
    const [id = ''] = /r-[0-9a-z]{10}/.exec(visibleText(asked)) ?? [];
    return { card: await at().card(arn, 'In force'), id };
  }

  const limit = (arn: string) => at().aws.execution(arn).bytesPerSecond / MiB;
  const sent = (arn: string) =>
    at()
      .sent(arn)
      .map((rate) => rate / MiB);
  const inThread = (card: SlackMessage, says: string) =>
    at().slack.until(
      () =>
        at()
          .slack.thread(card.channel, card.ts)
          .find((one) => shows(one, says)),
      PATIENCE,
    );
  /** What takes longer than a few seconds. */
  const atLast = (arn: string, says: string) =>
    expect
      .poll(
        () =>
          at()
            .slack.messages()
            .some((one) => shows(one, arn.slice(-22)) && shows(one, says)),
        { timeout: PATIENCE.timeoutMs },
      )
      .toBe(true);
  /** The result of a card, as it reads now; `says` is in it then. */
  const resultSays = (card: SlackMessage, says: string) =>
    at().slack.until(() => {
      const result = at().slack.thread(card.channel, card.ts)[1];
      return result && shows(result, says) && result;
    }, PATIENCE);
  /** A later line of a card's thread that the channel sees too. */
  const inChannel = (card: SlackMessage, says: string) =>
    at().slack.until(
      () =>
        at()
          .slack.thread(card.channel, card.ts)
          .slice(2)
          .find((one) => one.subtype === 'thread_broadcast' && shows(one, says)),
      PATIENCE,
    );

  return { at, options, held, limit, sent, inThread, atLast, resultSays, inChannel };
}

/** The buttons of a message. */
export const actions = (message: SlackMessage) =>
  elementsOf(JSON.parse(JSON.stringify(message.blocks))).map(({ actionId }) => actionId);
