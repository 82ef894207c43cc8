import { describe, expect, it } from 'vitest';
import { checkView } from '../../../slack/limits/block-limits.ts';
import { button, input, long, modal, mrkdwn, options, plain, section } from './given-blocks.ts';

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
