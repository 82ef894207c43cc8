import { describe, expect, it } from 'vitest';
import { checkBlocks } from '../../../slack/limits/block-limits.ts';
import { actions, button, confirm, input, long, mrkdwn, options, plain, section, select } from './given-blocks.ts';

describe('a message', () => {
  it.each([
    ['a section of 3000', section({ text: mrkdwn(long(3000)) })],
    ['ten fields of 2000', section({ fields: Array.from({ length: 10 }, () => mrkdwn(long(2000))) })],
    ['a header of 150', { type: 'header', text: plain(long(150)) }],
    ['a divider', { type: 'divider' }],
    ['a context of ten', { type: 'context', elements: Array.from({ length: 10 }, () => mrkdwn(long(2000))) }],
    ['a button with all it can have', actions(button({ value: long(2000), style: 'danger', confirm: confirm() }))],
    ['25 elements', actions(...Array.from({ length: 25 }, (_, index) => button({ action_id: `a${index}` })))],
    ['100 options', actions(select({ options: options(100), initial_option: options(1)[0] }))],
    ['an accessory', section({ text: plain('x'), accessory: { type: 'overflow', options: options(5) } })],
    ['an image', { type: 'image', image_url: 'https://example.com/a.png', alt_text: 'a' }],
    ['a table', { type: 'table', rows: [[{ type: 'raw_text', text: 'a' }]] }],
    ['markdown', { type: 'markdown', text: long(12_000) }],
    ['rich text', { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [] }] }],
  ])('takes %s', (_name, block) => {
    expect(checkBlocks([block], 'message')).toEqual([]);
  });

  it.each([
    ['an unknown block', { type: 'carpet' }, '/blocks/0/type', 'unsupported type: carpet'],
    ['no type', {}, '/blocks/0', 'missing required field: type'],
    ['an inherited name as type', { type: 'constructor' }, '/blocks/0/type', 'unsupported type: constructor'],
    ['an empty section', section({}), '/blocks/0', 'missing required field: text or fields'],
    ['an empty text', section({ text: mrkdwn('') }), '/blocks/0/text/text', 'must be more than 0 characters'],
    ['no fields', section({ fields: [] }), '/blocks/0/fields', 'no fewer than 1 items allowed'],
    [
      'a section of 3001',
      section({ text: mrkdwn(long(3001)) }),
      '/blocks/0/text/text',
      'must be less than 3001 characters',
    ],
    [
      'an eleventh field',
      section({ fields: Array.from({ length: 11 }, () => plain('x')) }),
      '/blocks/0/fields',
      'no more than 10 items allowed',
    ],
    [
      'a field of 2001',
      section({ fields: [plain(long(2001))] }),
      '/blocks/0/fields/0/text',
      'must be less than 2001 characters',
    ],
    ['a header in mrkdwn', { type: 'header', text: mrkdwn('x') }, '/blocks/0/text/type', 'unsupported type: mrkdwn'],
    [
      'a header of 151',
      { type: 'header', text: plain(long(151)) },
      '/blocks/0/text/text',
      'must be less than 151 characters',
    ],
    [
      'an eleventh context element',
      { type: 'context', elements: Array.from({ length: 11 }, () => plain('x')) },
      '/blocks/0/elements',
      'no more than 10 items allowed',
    ],
    [
      'a button in a context',
      { type: 'context', elements: [button()] },
      '/blocks/0/elements/0/type',
      'unsupported type: button',
    ],
    ['no actions', actions(), '/blocks/0/elements', 'no fewer than 1 items allowed'],
    [
      '26 elements',
      actions(...Array.from({ length: 26 }, (_, index) => button({ action_id: `a${index}` }))),
      '/blocks/0/elements',
      'no more than 25 items allowed',
    ],
    [
      'a button of 76',
      actions(button({ text: plain(long(76)) })),
      '/blocks/0/elements/0/text/text',
      'must be less than 76 characters',
    ],
    [
      'a value of 2001',
      actions(button({ value: long(2001) })),
      '/blocks/0/elements/0/value',
      'must be less than 2001 characters',
    ],
    ['a blue button', actions(button({ style: 'blue' })), '/blocks/0/elements/0/style', 'must be a valid enum value'],
    [
      'an unknown field',
      actions(button({ colour: 'blue' })),
      '/blocks/0/elements/0',
      'invalid additional property: colour',
    ],
    [
      'an action_id of 256',
      actions(button({ action_id: long(256) })),
      '/blocks/0/elements/0/action_id',
      'must be less than 256 characters',
    ],
    [
      'a block_id of 256',
      { type: 'divider', block_id: long(256) },
      '/blocks/0/block_id',
      'must be less than 256 characters',
    ],
    ['an action_id twice', actions(button(), button()), '/blocks/0', 'action_id already exists: go'],
    [
      '101 options',
      actions(select({ options: options(101) })),
      '/blocks/0/elements/0/options',
      'no more than 100 items allowed',
    ],
    ['no options', actions(select({ options: [] })), '/blocks/0/elements/0/options', 'no fewer than 1 items allowed'],
    ['neither options nor groups', actions(select({})), '/blocks/0/elements/0', 'must have exactly one of options'],
    [
      'an option value of 151',
      actions(select({ options: [{ text: plain('x'), value: long(151) }] })),
      '/blocks/0/elements/0/options/0/value',
      'must be less than 151 characters',
    ],
    [
      'an option text of 76',
      actions(select({ options: [{ text: plain(long(76)), value: 'x' }] })),
      '/blocks/0/elements/0/options/0/text/text',
      'must be less than 76 characters',
    ],
    [
      'an initial option that is not offered',
      actions(select({ options: options(1), initial_option: { text: plain('y'), value: 'y' } })),
      '/blocks/0/elements/0',
      'initial option must be one of options',
    ],
    [
      'a placeholder of 151',
      actions({ type: 'external_select', placeholder: plain(long(151)) }),
      '/blocks/0/elements/0/placeholder/text',
      'must be less than 151 characters',
    ],
    [
      'a confirm title of 101',
      actions(button({ confirm: confirm({ title: plain(long(101)) }) })),
      '/blocks/0/elements/0/confirm/title/text',
      'must be less than 101 characters',
    ],
    [
      'a confirm text of 301',
      actions(button({ confirm: confirm({ text: plain(long(301)) }) })),
      '/blocks/0/elements/0/confirm/text/text',
      'must be less than 301 characters',
    ],
    [
      'a confirm button of 31',
      actions(button({ confirm: confirm({ deny: plain(long(31)) }) })),
      '/blocks/0/elements/0/confirm/deny/text',
      'must be less than 31 characters',
    ],
    ['an input', input({ type: 'plain_text_input' }), '/blocks/0/type', 'unsupported type: input'],
    [
      'eleven radio buttons',
      actions({ type: 'radio_buttons', options: options(11) }),
      '/blocks/0/elements/0/options',
      'no more than 10 items allowed',
    ],
    [
      'six in an overflow',
      actions({ type: 'overflow', options: options(6) }),
      '/blocks/0/elements/0/options',
      'no more than 5 items allowed',
    ],
  ])('refuses %s', (_name, block, at, message) => {
    expect(checkBlocks([block], 'message')).toContainEqual({ at, message: expect.stringContaining(message) });
  });

  it('has 50 blocks at most, each block_id once', () => {
    const dividers = (count: number) => Array.from({ length: count }, () => ({ type: 'divider' }));
    expect(checkBlocks(dividers(50), 'message')).toEqual([]);
    expect(checkBlocks(dividers(51), 'message')).toEqual([{ at: '/blocks', message: 'no more than 50 items allowed' }]);
    const twice = [
      { type: 'divider', block_id: 'b' },
      { type: 'divider', block_id: 'b' },
    ];
    expect(checkBlocks(twice, 'message')).toEqual([
      { at: '/blocks/1/block_id', message: 'block_id already exists: b' },
    ]);
  });
});
