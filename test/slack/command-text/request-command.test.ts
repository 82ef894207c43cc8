import { describe, expect, it } from 'vitest';
import { MAX_REASON_LENGTH } from '../../../src/slack/command-text/command-request.ts';
import { parseCommand } from '../../../src/slack/command-text/command-text.ts';
import { ARN, ask, MiB } from './given-command.ts';

describe('requesting a limit', () => {
  it.each([
    ['a rate', '50MiB/s', 50 * MiB, null, null],
    ['a rate with a space', '50 MB/s', 50 * MiB, null, null],
    ['bits with a space', '400 Mbit/s', 50_000_000, null, null],
    ['a percentage', '50%', '50%', null, null],
    ['a percentage with a space', '50 % backup', '50%', null, 'backup'],
    ['bytes', '52428800', 52428800, null, null],
    ['unlimited', 'UNLIMITED', -1, null, null],
    ['a duration', '50MiB/s for 2h', 50 * MiB, 7200, null],
    ['a duration and a reason', '50 MB/s FOR 1h30m cutover weekend', 50 * MiB, 5400, 'cutover weekend'],
    ['a reason', '50MiB/s cutover weekend', 50 * MiB, null, 'cutover weekend'],
    ['a reason that begins with for', '50MiB/s for the cutover', 50 * MiB, null, 'for the cutover'],
    ['a time in a quoted reason', '50MiB/s "quiet for 2h please"', 50 * MiB, null, 'quiet for 2h please'],
    ['a quoted reason after bytes', '52428800 "bandwidth is short"', 52428800, null, 'bandwidth is short'],
    ['a duration after bytes', '52428800 for 2h bandwidth is short', 52428800, 7200, 'bandwidth is short'],
    ['a reason that begins with digits', '50MiB/s 3 links down', 50 * MiB, null, '3 links down'],
    ['an ordinal', '50MiB/s for a second attempt tonight', 50 * MiB, null, 'for a second attempt tonight'],
    ['a path', '50MiB/s /data is slow', 50 * MiB, null, '/data is slow'],
    ['a full-width duration', '50MiB/s for ２h', 50 * MiB, 7200, null],
    ['a quoted duration', '50MiB/s for “2h” cutover', 50 * MiB, 7200, 'cutover'],
    [
      'an hour of the day in a reason',
      '50MiB/s for the customer call at 9',
      50 * MiB,
      null,
      'for the customer call at 9',
    ],
    ['an until in a reason', '50MiB/s for ACME until they are done', 50 * MiB, null, 'for ACME until they are done'],
    [
      'a call at some time',
      '50MiB/s call with Bo at 18:00 on Monday',
      50 * MiB,
      null,
      'call with Bo at 18:00 on Monday',
    ],
    ['an hourly report', '50MiB/s for an hourly report', 50 * MiB, null, 'for an hourly report'],
    ['a day’s work', '50MiB/s for one day’s backlog of 3 tasks', 50 * MiB, null, 'for one day’s backlog of 3 tasks'],
    [
      'the end of something',
      '50MiB/s quiet until the end of the backup',
      50 * MiB,
      null,
      'quiet until the end of the backup',
    ],
    ['invisible characters', '\ufeff50\u200bMiB/s\ufeff for\u200b 2\u00adh', 50 * MiB, 7200, null],
    ['a reason in quotes', '50MiB/s "cutover weekend"', 50 * MiB, null, 'cutover weekend'],
    ['a reason in smart quotes', '50MiB/s for 2h “cutover weekend”', 50 * MiB, 7200, 'cutover weekend'],
    ['a reason with two quoted words', '50MiB/s "a" and "b"', 50 * MiB, null, '"a" and "b"'],
    ['a reason over lines', '50MiB/s  cutover\n\tweekend ', 50 * MiB, null, 'cutover weekend'],
    ['a rate as code, with a comma', '`50MiB/s`, cutover', 50 * MiB, null, 'cutover'],
    ['entities', '50MiB/s R&amp;D needs &lt;1 s', 50 * MiB, null, 'R&D needs <1 s'],
    ['an entity that was typed', '50MiB/s &amp;lt;', 50 * MiB, null, '&lt;'],
    ['a mention', '50MiB/s asked by <@U0123|jane> in <#C0123|ops>', 50 * MiB, null, 'asked by @jane in #ops'],
    [
      'a link',
      '50MiB/s see <https://example.com/a?b&amp;c|the ticket>',
      50 * MiB,
      null,
      'see https://example.com/a?b&c',
    ],
    ['a group', '50MiB/s <!subteam^S012|@ops> agreed', 50 * MiB, null, '@ops agreed'],
    ['characters that turn the text', '50MiB/s a\u202eb\u0000c', 50 * MiB, null, 'a b c'],
  ])('%s', (_what, words, rate, durationSeconds, reason) => {
    expect(ask(`${ARN} ${words}`)).toEqual({ arn: ARN, rate, durationSeconds, reason });
  });

  it.each([`\`${ARN}\``, `&lt;${ARN}&gt;`, `<${ARN}>`, `"${ARN}",`, `  ${ARN}. `, `“${ARN}”`])(
    'takes the ARN out of %s',
    (typed) => {
      expect(ask(`${typed} 50%`).arn).toBe(ARN);
    },
  );

  it('keeps the rate as it was typed', () => {
    expect(parseCommand(`${ARN} 50 MB/s`)).toMatchObject({ kind: 'ask', rateText: '50 MB/s' });
  });

  it('takes a reason of 500 characters, whatever they are', () => {
    const reason = '🚚'.repeat(MAX_REASON_LENGTH);
    expect(ask(`${ARN} 50% ${reason}`).reason).toBe(reason);
  });
});
