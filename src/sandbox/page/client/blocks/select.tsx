import type { ReactNode } from 'react';
import type { Json } from '../../page-state.ts';
import { stringIn, wordsIn } from '../json.ts';
import { usePage } from '../page-context.ts';
import { optionLabel, optionsOf, optionValue } from './options.ts';
import type { ElementParts } from './use-element.ts';

interface Choice {
  value: string;
  label: string;
  /** What `view.state` holds when it is picked. */
  picked: Json;
}

/** A list that is known beforehand: the options that the app gave, or the people of the workspace. */
export function Select({ element, used, labelled }: ElementParts): ReactNode {
  const people = usePeople();
  const type = stringIn(element, 'type');
  const choices = type === 'users_select' ? people : optionsOf(element).map((option) => offered(type, option));
  const current =
    type === 'users_select' ? stringIn(used.value, 'selected_user') : optionValue(used.value.selected_option);
  const placeholder = wordsIn(element, 'placeholder') || 'Choose …';
  return (
    <select
      id={labelled.id}
      className="field"
      aria-label={labelled.describedBy === undefined ? placeholder : undefined}
      aria-describedby={labelled.describedBy}
      aria-invalid={labelled.invalid}
      aria-busy={used.busy}
      value={current}
      onChange={(event) => {
        const choice = choices.find(({ value }) => value === event.target.value);
        if (choice) used.change(choice.picked);
      }}
    >
      <option value="" disabled>
        {placeholder}
      </option>
      {choices.map(({ value, label }) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </select>
  );
}

function offered(type: string, option: Json): Choice {
  return { value: optionValue(option), label: optionLabel(option), picked: { type, selected_option: option } };
}

function usePeople(): Choice[] {
  const { slack } = usePage();
  return Object.entries(slack.names)
    .filter(([id]) => /^[UW]/.test(id))
    .map(([id, name]) => ({ value: id, label: name, picked: { type: 'users_select', selected_user: id } }));
}
