import type { InputHTMLAttributes, ReactNode } from 'react';
import type { Json } from '../../page-state.ts';
import { stringIn, wordsIn } from '../json.ts';
import type { ElementParts } from './use-element.ts';

/** The browser's own field for each kind, and where `view.state` keeps what is typed. */
const KINDS: Readonly<Record<string, { html: InputHTMLAttributes<HTMLInputElement>; field: string }>> = {
  plain_text_input: { html: { type: 'text' }, field: 'value' },
  // Not `number`: that one hides what can't be read, and the app is to say what is wrong with it.
  number_input: { html: { type: 'text', inputMode: 'decimal' }, field: 'value' },
  email_text_input: { html: { type: 'text', inputMode: 'email' }, field: 'value' },
  url_text_input: { html: { type: 'text', inputMode: 'url' }, field: 'value' },
  datepicker: { html: { type: 'date' }, field: 'selected_date' },
  timepicker: { html: { type: 'time' }, field: 'selected_time' },
};

/** Whatever is typed. */
export function TextInput({ element, used, labelled }: ElementParts): ReactNode {
  const type = stringIn(element, 'type');
  const { html, field } = KINDS[type] ?? { html: {}, field: 'value' };
  const common = {
    id: labelled.id,
    className: 'field',
    placeholder: wordsIn(element, 'placeholder'),
    value: stringIn(used.value, field),
    'aria-describedby': labelled.describedBy,
    'aria-invalid': labelled.invalid,
    onChange: (event: { target: { value: string } }) => used.change(entered(type, field, event.target.value)),
  };
  if (element.multiline === true) return <textarea rows={3} {...common} />;
  return <input autoComplete="off" {...html} {...common} />;
}

function entered(type: string, field: string, typed: string): Json {
  return { type, [field]: typed === '' ? null : typed };
}
