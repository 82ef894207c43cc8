import { describe, expect, it } from 'vitest';
import { visibleText } from '../../../sandbox/slack/block-walk.ts';
import { writeUntil } from '../../../src/domain/time/until.ts';
import { COMMAND, givenWorld, MiB, OPERATOR } from '../world.ts';

const at = givenWorld();
/** Olga's clock, in the seed of the workspace. */
const ZONE = 'Europe/Berlin';
const HOUR = 3600;

const typed = (text: string) => at().told(OPERATOR, () => at().slack.as(OPERATOR).command('C0OPS', COMMAND, text));

/** A full minute, some hours from now: as it is typed, and as Slack's date token has it. */
function hoursAhead(hours: number) {
  const instant = new Date(Math.ceil(Date.now() / 60_000) * 60_000 + hours * HOUR * 1000);
  return { words: `until ${writeUntil(instant, ZONE)}`, token: `until <!date^${instant.getTime() / 1000}^` };
}

describe('every answer says when the limit ends', () => {
  it('at a time on the person’s own clock: in the answer, on the card, in the review and on the record', async () => {
    const { execution, card, review, records } = at();
    const arn = execution();
    const { words, token } = hoursAhead(2);
    expect((await typed(`${arn} 50MiB/s ${words} cutover`)).text).toContain(token);
    const asked = await card(arn, 'Waiting');
    expect(visibleText(asked)).toContain(token);
    expect(visibleText(await review('U0LEAD', asked))).toContain(token);
    const record = (await records()).find((one) => one.event === 'requested' && one.execution === arn);
    expect(record?.reason).toBe('cutover');
    expect(token).toContain(String(Date.parse(String(record?.event === 'requested' && record.detail.until)) / 1000));
  });

  it('after a duration, or never', async () => {
    const { execution, card } = at();
    const [timed, lasting] = [execution(), execution()];
    expect((await typed(`${timed} 50MiB/s for 2h`)).text).toMatch(/for 2 h .*until <!date\^\d+.* if it is set now/);
    expect(visibleText(await card(timed, 'Waiting'))).toMatch(/for 2 h .*until <!date\^\d+.* at the earliest/);
    expect((await typed(`${lasting} 50MiB/s`)).text).toContain('no end: until the execution ends');
    expect(visibleText(await card(lasting, 'Waiting'))).toContain('it has no other end');
  });

  it('in a dry run', async () => {
    const { execution } = at();
    const arn = execution();
    const { words, token } = hoursAhead(3);
    expect((await typed(`why ${arn} 50MiB/s ${words}`)).text).toContain(token);
    expect((await typed(`why ${arn} 50MiB/s`)).text).toContain('no end: until the execution ends');
  });

  it('by the form, whose reason may not hold the time instead', async () => {
    const { slack, execution, card } = at();
    const olga = slack.as(OPERATOR);
    const arn = execution();
    await olga.command('C0OPS', COMMAND, arn);
    const view = await slack.until(() => olga.views().at(-1));
    const { words, token } = hoursAhead(2);
    const wrong = await olga.submit(view, { rate: '50MiB/s', duration: '6pm' });
    expect(wrong).toMatchObject({ responseAction: 'errors', errors: { duration: expect.stringContaining('6pm') } });
    const past = await olga.submit(view, { rate: '50MiB/s', duration: 'until 2020-01-01 06:00' });
    expect(past).toMatchObject({
      responseAction: 'errors',
      errors: { duration: expect.stringContaining('until 2020-01-01 06:00 can’t be used') },
    });
    const kept = await olga.submit(view, { rate: '50MiB/s', duration: '', reason: 'cutover for 2h' });
    expect(kept).toMatchObject({ responseAction: 'errors', errors: { duration: expect.stringContaining('for 2h') } });
    expect(await olga.submit(view, { rate: '50MiB/s', duration: words, reason: '' })).toMatchObject({
      responseAction: 'clear',
    });
    expect(visibleText(await card(arn, 'Waiting'))).toContain(token);
  });

  it('and asked again after it went stale, the form has the same time in it', async () => {
    const { aws, slack, execution, card, review } = at();
    const arn = execution();
    const { words, token } = hoursAhead(2);
    await typed(`${arn} 50MiB/s ${words}`);
    const modal = await review('U0LEAD', await card(arn, 'Waiting'));
    aws.setLimit(arn, 70 * MiB);
    await slack.as('U0LEAD').submit(modal, { decision: 'approve' });
    const olga = slack.as(OPERATOR);
    const before = new Set(olga.views().map(({ id }) => id));
    await olga.click(await card(arn, 'Out of date'), 'ask-again');
    const again = await slack.until(() => olga.views().find(({ id }) => !before.has(id)));
    expect(await olga.submit(again)).toMatchObject({ responseAction: 'clear' });
    expect(visibleText(await card(arn, '70 MiB/s (587 Mbit/s) → 50 MiB/s'))).toContain(token);
  });

  it('and what looks like a time and was not read is refused, with the part quoted', async () => {
    const { execution, events } = at();
    const arn = execution();
    for (const [words, quote] of [
      ['for two hours', '`for two hours`'],
      ['until 6pm', '`6pm`'],
      ['cutover for 2h', '`for 2h`'],
      ['until 2020-01-01 06:00', '`until 2020-01-01 06:00`'],
    ]) {
      expect((await typed(`${arn} 50MiB/s ${words}`)).text).toContain(quote);
    }
    expect(await events(arn)).toEqual([]);
  });
});
