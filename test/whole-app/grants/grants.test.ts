import { describe, expect, it } from 'vitest';
import { visibleText } from '../../../sandbox/slack/block-walk.ts';
import { actions, givenGrantsInSlack } from '../given-grants.ts';
import { LEAD, MiB, OPERATOR, shows } from '../world.ts';

const { at, held, limit, sent, inThread, atLast, resultSays, inChannel } = givenGrantsInSlack();

describe('a limit for a while', () => {
  it('counts down on its card, and goes back by itself', async () => {
    const arn = at().execution();
    const { card } = await held(arn, '50MiB/s for 5m video call');
    expect(limit(arn)).toBe(50);
    expect(visibleText(card)).toMatch(/It goes back to 100 MiB\/s \(839 Mbit\/s\) by itself <!date\^\d+/);
    expect(visibleText(card)).toMatch(/Goes back by itself\*\n<!date.*, in about/);
    expect(visibleText(card)).toContain('this one run only');
    expect(actions(card)).toEqual(['revert-now', 'extend']);
    await atLast(arn, 'Set back to 100 MiB/s');
    const done = await at().card(arn, 'Set back to 100 MiB/s');
    expect(done.ts).toBe(card.ts);
    expect(actions(done)).toEqual([]);
    expect(limit(arn)).toBe(100);
    // The channel's newest line is how it ended, and the one that said "in force" says so no more.
    await inChannel(card, 'is in force again, read back from AWS');
    const result = await resultSays(card, 'Reverted: nightly-archive → 100 MiB/s');
    expect(result.subtype).toBe('thread_broadcast');
    expect(shows(result, 'In force')).toBe(false);
    expect(actions(result)).toEqual([]);
    expect(sent(arn)).toEqual([50, 100]);
    expect(await at().events(arn)).toEqual([
      'requested',
      'apply.started',
      'applied',
      'revert.scheduled',
      'revert.started',
      'reverted',
    ]);
    const update = at().aws.calls.findLast(({ operation }) => operation === 'UpdateTaskExecution');
    expect(update?.identity?.session).toMatchObject({ role: 'arn:aws:iam::111122223333:role/datasync-throttle' });
  });

  it('ends where somebody changes it outside the bot, which is left alone, and that is said', async () => {
    const arn = at().execution();
    const { card } = await held(arn, '50MiB/s for 5m');
    at().aws.setLimit(arn, 7 * MiB);
    const drift = await inChannel(card, 'Every limit that was requested here for this execution has ended');
    await resultSays(card, 'Limit changed outside the bot (console or CLI): nightly-archive → 7 MiB/s');
    const end = await at().card(arn, '*Limit changed outside the bot*');
    expect(actions(end)).toEqual([]);
    // It names the record that it rests on, not the last one.
    const seqOf = async (event: string) =>
      (await at().records()).find((record) => record.execution === arn && record.event === event)?.seq;
    expect(visibleText(drift)).toContain(`audit record ${await seqOf('drift.detected')} ·`);
    expect(limit(arn)).toBe(7);
    expect(await at().events(arn)).toEqual(expect.arrayContaining(['drift.detected', 'revert.skipped']));
    expect(sent(arn)).toEqual([50]);
  });

  it('warns ten minutes before, once', async () => {
    const arn = at().execution();
    const { card } = await held(arn, '50MiB/s for 12m');
    const warned = await inThread(card, 'goes back to 100 MiB/s (839 Mbit/s) in about');
    expect(actions(warned)).toEqual(['revert-now', 'extend']);
    await at().slack.as(OPERATOR).click(warned, 'revert-now');
    await at().card(arn, 'Set back to 100 MiB/s');
    expect(
      at()
        .slack.thread(card.channel, card.ts)
        .filter((one) => shows(one, 'in about')),
    ).toHaveLength(1);
  });
});

describe('Revert now', () => {
  it('is done for the requester at once, and refused to others, with who could', async () => {
    const arn = at().execution();
    const { card } = await held(arn, '50MiB/s for 1h');
    const told = await at().told('U0AUDIT', () => at().slack.as('U0AUDIT').click(card, 'revert-now'));
    expect(told.text).toMatch(/You can’t end this limit early/);
    expect(told.text).toContain('<@U0OPER>');
    const lead = await at().told(LEAD, () => at().slack.as(LEAD).click(card, 'revert-now'));
    expect(lead.text).toMatch(/You can’t end this limit early/);
    await at().slack.as(OPERATOR).click(card, 'revert-now');
    await at().card(arn, 'wanted it back');
    await inChannel(card, 'wanted it back');
    await resultSays(card, 'Reverted: nightly-archive');
    expect(limit(arn)).toBe(100);
    expect(sent(arn)).toEqual([50, 100]);
  });
});
