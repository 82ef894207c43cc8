import { describe, expect, it } from 'vitest';
import { paint, styled } from '../../demo/ink.ts';
import { mrkdwnLines, type Reader } from '../../demo/mrkdwn.ts';

const noon = new Date(2026, 10, 22, 12, 0, 0);
const reader: Reader = {
  user: (id) => ({ U0OPER: 'olga' })[id] ?? id,
  group: (id) => ({ S0LEADS: 'leads' })[id] ?? id,
  channel: (id) => ({ C0OPS: 'ops-transfers' })[id] ?? id,
  now: () => noon,
};
const shown = (text: string) =>
  mrkdwnLines(text, reader)
    .map((line) => paint(line, false))
    .join('\n');

describe('mrkdwn on a terminal', () => {
  it.each([
    [
      'mentions by name',
      '<@U0OPER> of <!subteam^S0LEADS> in <#C0OPS>, <!here>',
      '@olga of @leads in #ops-transfers, @here',
    ],
    [
      'links by their words',
      '<https://example.com/a?b&amp;c|the card>, <https://example.com>',
      'the card, https://example.com',
    ],
    ['entities once', '&amp;lt; &lt;b&gt;', '&lt; <b>'],
    ['marks taken away', '*bold* _italic_ ~gone~ `code*`', 'bold italic gone code*'],
    ['marks inside words left alone', 'task_name_x 2*3*4', 'task_name_x 2*3*4'],
    ['emoji that are known, and the others by name', ':white_check_mark: :parrot: 12:30:45', '✅ :parrot: 12:30:45'],
    ['lines', 'a\nb', 'a\nb'],
  ])('shows %s', (_what, text, wanted) => {
    expect(shown(text)).toBe(wanted);
  });

  it.each([
    ['today', 0, 'today 12:00'],
    ['yesterday', -1, 'yesterday 12:00'],
    ['another day', -40, 'Oct 13, 2026 12:00'],
  ])('shows a date token in local time: %s', (_what, days, wanted) => {
    const at = new Date(noon);
    at.setDate(at.getDate() + days);
    expect(shown(`<!date^${at.getTime() / 1000}^{date_short_pretty} {time}|fallback>`)).toBe(wanted);
  });

  it('keeps a token’s fallback where it can’t be read', () => {
    expect(shown('<!date^soon^{time}|a &amp; b>')).toBe('a & b');
  });

  it('gives what is nested both looks', () => {
    expect(mrkdwnLines('*see `x`*', reader)).toEqual([styled('see ', 'bold') + styled('x', 'bold', 'code')]);
    expect(mrkdwnLines('*a* b', reader, 'dim')).toEqual([styled('a', 'dim', 'bold') + styled(' b', 'dim')]);
  });
});
