import { describe, expect, it } from 'vitest';
import { checkBlocks, checkView } from '../../slack/block-limits.ts';

const plain = (text: string) => ({ type: 'plain_text', text });
const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });
const long = (length: number) => 'x'.repeat(length);
const options = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ text: plain(`o${index}`), value: String(index) }));
const button = (rest: object = {}) => ({ type: 'button', action_id: 'go', text: plain('Go'), ...rest });
const actions = (...elements: object[]) => ({ type: 'actions', elements });
const section = (rest: object) => ({ type: 'section', ...rest });
const input = (element: object, rest: object = {}) => ({ type: 'input', label: plain('L'), element, ...rest });
const select = (rest: object) => ({ type: 'static_select', action_id: 's', ...rest });
const confirm = (rest: object = {}) => ({
  title: plain('Sure?'),
  text: mrkdwn('it will'),
  confirm: plain('Yes'),
  deny: plain('No'),
  ...rest,
});
const modal = (rest: object = {}) => ({ type: 'modal', title: plain('T'), blocks: [], ...rest });

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

describe('a view', () => {
  const field = (rest: object = {}) => input({ type: 'plain_text_input', action_id: 'a', ...rest });
  it('takes what fits', () => {
    const fits = modal({
      title: plain(long(24)),
      submit: plain(long(24)),
      close: plain(long(24)),
      private_metadata: long(3000),
      callback_id: long(255),
      notify_on_close: true,
      blocks: [
        input(
          { type: 'plain_text_input', action_id: 'a', multiline: true },
          { hint: plain(long(2000)), optional: true },
        ),
        input({ type: 'external_select', action_id: 'b', min_query_length: 0, placeholder: plain('find') }),
        input({ type: 'radio_buttons', options: options(2) }),
      ],
    });
    expect(checkView(fits)).toEqual([]);
    expect(checkView({ type: 'home', blocks: [section({ text: plain('x') })] })).toEqual([]);
  });

  it.each([
    ['inputs without submit', modal({ blocks: [field()] }), '/view', 'missing required field: submit'],
    ['no title', { type: 'modal', blocks: [] }, '/view', 'missing required field: title'],
    ['no blocks', { type: 'modal', title: plain('x') }, '/view', 'missing required field: blocks'],
    ['a title of 25', modal({ title: plain(long(25)) }), '/view/title/text', 'must be less than 25 characters'],
    ['a title in mrkdwn', modal({ title: mrkdwn('x') }), '/view/title/type', 'unsupported type: mrkdwn'],
    ['a submit of 25', modal({ submit: plain(long(25)) }), '/view/submit/text', 'must be less than 25 characters'],
    ['a close of 25', modal({ close: plain(long(25)) }), '/view/close/text', 'must be less than 25 characters'],
    [
      'a private_metadata of 3001',
      modal({ private_metadata: long(3001) }),
      '/view/private_metadata',
      'must be less than 3001 characters',
    ],
    [
      'a callback_id of 256',
      modal({ callback_id: long(256) }),
      '/view/callback_id',
      'must be less than 256 characters',
    ],
    ['its own id sent back', modal({ id: 'V1' }), '/view', 'invalid additional property: id'],
    [
      'a label of 2001',
      modal({ submit: plain('s'), blocks: [{ ...field(), label: plain(long(2001)) }] }),
      '/view/blocks/0/label/text',
      'must be less than 2001 characters',
    ],
    [
      'a button as input',
      modal({ submit: plain('s'), blocks: [input(button())] }),
      '/view/blocks/0/element/type',
      'unsupported type: button',
    ],
    [
      'an initial value of 3001',
      modal({ submit: plain('s'), blocks: [field({ initial_value: long(3001) })] }),
      '/view/blocks/0/element/initial_value',
      'must be less than 3001 characters',
    ],
    ['a table', modal({ blocks: [{ type: 'table', rows: [[]] }] }), '/view/blocks/0/type', 'unsupported type: table'],
    [
      '101 blocks',
      modal({ blocks: Array.from({ length: 101 }, () => ({ type: 'divider' })) }),
      '/view/blocks',
      'no more than 100 items allowed',
    ],
    ['another type', { type: 'dialog', blocks: [] }, '/view/type', 'unsupported type: dialog'],
    ['no object', 'x', '/view', 'must be an object'],
  ])('refuses %s', (_name, view, at, message) => {
    expect(checkView(view)).toContainEqual({ at, message: expect.stringContaining(message) });
  });
});
