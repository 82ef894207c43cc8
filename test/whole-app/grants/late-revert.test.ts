import { expect, it } from 'vitest';
import { visibleText } from '../../../sandbox/slack/block-walk.ts';
import type { SlackMessage } from '../../../sandbox/slack/workspace.ts';
import { givenFastWorld, PATIENCE } from '../fast-world.ts';
import { MiB, POLICY, shows } from '../world.ts';

const { at } = givenFastWorld({
  policy: POLICY.replace('lower: 1', 'lower: 0'),
});

/** A line of a card's thread that the channel sees too, other than the result. */
const inChannel = ({ channel, ts }: SlackMessage, says: string) =>
  at().slack.until(
    () =>
      at()
        .slack.thread(channel, ts)
        .slice(2)
        .find((one) => one.subtype === 'thread_broadcast' && shows(one, says)),
    PATIENCE,
  );

it('says that a revert is overdue, on the card and in the channel, with why; and how late it was', async () => {
  const { aws, ask, card: cardOf, execution } = at();
  const arn = execution();
  await ask(arn, '50MiB/s for 5m');
  const card = await cardOf(arn, 'In force');
  aws.fail({ kind: 'reset', operation: 'DescribeTaskExecution' });
  const overdue = await inChannel(card, 'Revert overdue: nightly-archive');
  expect(visibleText(overdue)).toMatch(/The limit of 50 MiB\/s .* still applies: no answer in time/);
  expect(visibleText(await cardOf(arn, '*Revert overdue*'))).toContain('still applies');
  aws.recover();
  const done = await inChannel(card, 'is in force again, read back from AWS');
  expect(visibleText(done)).toMatch(/Late: due <!date.*, reverted <!date/);
  expect(shows(await cardOf(arn, 'Set back to 100 MiB/s'), 'Late: due')).toBe(true);
  expect(aws.execution(arn).bytesPerSecond).toBe(100 * MiB);
});
