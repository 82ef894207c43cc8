import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  clip,
  code,
  dateToken,
  entities,
  escapeText,
  link,
  listed,
  mentionGroup,
  mentionUser,
  oneLine,
} from '../../../../src/slack/views/text/text.ts';
import { expectHarmless, funny } from './given-facts.ts';

describe('escapeText', () => {
  it.each([
    ['<!channel> & <@U0VICTIM>', '&lt;!channel&gt; &amp; &lt;@U0VICTIM&gt;'],
    ['&lt;', '&amp;lt;'],
    ['*bold* ~gone~ `code`', '∗bold∗ ∼gone∼ ˋcodeˋ'],
    ['_italic_ but nightly_sync_2', 'ˍitalicˍ but nightly_sync_2'],
    ['two\nlines\u202e', 'two lines'],
    ['half \ud83d a character', 'half a character'],
  ])('%j', (text, escaped) => {
    expect(escapeText(text)).toBe(escaped);
  });

  it('leaves nothing that Slack would read as something', () => {
    fc.assert(
      fc.property(funny(500), (text) => {
        expectHarmless([escapeText(text), code(text)]);
        expect(escapeText(text)).not.toMatch(/[*~`\n<>]/);
      }),
    );
  });
});

describe('clip', () => {
  it.each([
    ['short', 5, 'short'],
    ['longer', 5, 'long…'],
    ['🚀🚀🚀', 4, '🚀…'],
    ['a b c', 4, 'a b…'],
  ])('%s to %i', (text, max, cut) => {
    expect(clip(text, max)).toBe(cut);
  });

  it('never returns more than requested, nor half a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 20 }), (text, max) => {
        expect(clip(text, max).length).toBeLessThanOrEqual(max);
        expect(clip(text, max)).not.toMatch(/\p{Cs}/u);
      }),
    );
  });
});

describe('tokens', () => {
  it('says a time in each reader’s own, with a text for where that is not shown', () => {
    expect(dateToken('2023-11-14T22:13:20.900Z')).toBe(
      '<!date^1700000000^{date_short_pretty} {time}|2023-11-14 22:13 UTC>',
    );
  });

  it('mentions and links', () => {
    expect(mentionUser('U1')).toBe('<@U1>');
    expect(mentionGroup('S1')).toBe('<!subteam^S1>');
    expect(link('https://a.test/?b=1&c=<|>', 'the card')).toBe('<https://a.test/?b=1&amp;c=%3C%7C%3E|the card>');
  });

  it('small words', () => {
    expect([listed([]), listed(['a']), listed(['a', 'b', 'c'])]).toEqual(['', 'a', 'a, b and c']);
    expect(entities('`<a>` & b')).toBe('`&lt;a&gt;` &amp; b');
    expect(oneLine('  a\r\n\tb ')).toBe('a b');
  });
});
