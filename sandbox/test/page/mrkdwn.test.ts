import { describe, expect, it } from 'vitest';
import { dateWords } from '../../page/client/text/dates.ts';
import { type Piece, readMrkdwn, readPlain } from '../../page/client/text/mrkdwn.ts';

const words = (text: string): Piece => ({ kind: 'words', text });

describe('mrkdwn', () => {
  it.each<[string, Piece[]]>([
    ['', []],
    ['a &lt;b&gt; &amp;amp;', [words('a <b> &amp;')]],
    ['*bold*', [{ kind: 'bold', inside: [words('bold')] }]],
    ['*a _b_*', [{ kind: 'bold', inside: [words('a '), { kind: 'italic', inside: [words('b')] }] }]],
    ['~gone~.', [{ kind: 'strike', inside: [words('gone')] }, words('.')]],
    ['snake_case_name 2*3*4 * a *', [words('snake_case_name 2*3*4 * a *')]],
    ['`*x* &lt;`', [{ kind: 'code', text: '*x* <' }]],
    ['a\nb', [words('a'), { kind: 'break' }, words('b')]],
    ['```\na *b*\n```after', [{ kind: 'pre', text: 'a *b*' }, words('after')]],
    [
      '&gt; one\n&gt; two\nthree',
      [{ kind: 'quote', inside: [words('one'), { kind: 'break' }, words('two')] }, words('three')],
    ],
    ['<https://a.example/?x=1&amp;y|go>', [{ kind: 'link', url: 'https://a.example/?x=1&y', label: 'go' }]],
    ['<https://a.example/>', [{ kind: 'link', url: 'https://a.example/', label: 'https://a.example/' }]],
    ['<@U1>', [{ kind: 'mention', sign: '@', id: 'U1', label: null }]],
    ['<#C1|ops>', [{ kind: 'mention', sign: '#', id: 'C1', label: 'ops' }]],
    ['<!subteam^S1>', [{ kind: 'mention', sign: '@', id: 'S1', label: null }]],
    ['<!here>', [{ kind: 'mention', sign: '@', id: 'here', label: null }]],
    ['<!date^5^{time}|then>', [{ kind: 'date', seconds: 5, format: '{time}', fallback: 'then' }]],
    [':white_check_mark: :unheard_of:', [{ kind: 'emoji', text: '✅' }, words(' :unheard_of:')]],
    ['<javascript:alert(1)|x>', [words('<javascript:alert(1)|x>')]],
  ])('%j', (source, pieces) => {
    expect(readMrkdwn(source)).toEqual(pieces);
  });

  it('leaves plain text as it is, but for emoji and lines', () => {
    expect(readPlain('*a* &lt;\n:x:')).toEqual([words('*a* &lt;'), { kind: 'break' }, { kind: 'emoji', text: '❌' }]);
  });
});

describe('date tokens', () => {
  const now = new Date(2026, 2, 5, 12, 0);
  const seconds = (day: number) => new Date(2026, 2, day, 9, 30).getTime() / 1000;
  it.each([
    [seconds(5), '{date_short_pretty} {time}', /^today 9:30\sAM$/],
    [seconds(4), '{date_pretty}', /^yesterday$/],
    [seconds(6), '{date_long_pretty}', /^tomorrow$/],
    [seconds(1), '{date_short_pretty}', /^Mar 1, 2026$/],
    [seconds(1), 'on {date_num}', /^on 03\/01\/2026$/],
  ])('%i %s', (at, format, expected) => {
    expect(dateWords(at, format, now)).toMatch(expected);
  });

  it('leaves what Slack does not have to the fallback', () => {
    expect(dateWords(seconds(1), '{century}', now)).toBeNull();
  });
});
