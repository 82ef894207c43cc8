import type { ReactNode } from 'react';
import type { Json, SlackState } from '../../page-state.ts';
import { stringIn, wordsIn } from '../json.ts';
import { usePage } from '../page-context.ts';
import { optionLabel, optionsOf, optionValue } from './options.ts';
import type { ElementParts } from './use-element.ts';

interface Choice {
  value: string;
  label: string;
  /** What `view.state` holds in the kind's field when it is picked. */
  picked: Json | string;
}

/** A list that is known beforehand: the options that the app gave, the people of the workspace, or its channels. */
export function Select({ element, used, labelled }: ElementParts): ReactNode {
  const { slack } = usePage();
  const type = stringIn(element, 'type');
  const { field, choices } = kindOf(type, element, slack);
  const current = used.value[field];
  const placeholder = wordsIn(element, 'placeholder') || 'Choose …';
  return (
    <select
      id={labelled.id}
      className="field"
      aria-label={labelled.describedBy === undefined ? placeholder : undefined}
      aria-describedby={labelled.describedBy}
      aria-invalid={labelled.invalid}
      aria-busy={used.busy}
      value={typeof current === 'string' ? current : optionValue(current)}
      onChange={({ target }) => {
        const choice = choices.find(({ value }) => value === target.value);
        used.change({ type, [field]: choice?.picked ?? null });
      }}
    >
      <option value="" disabled={!labelled.optional}>
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

function kindOf(type: string, element: Json, slack: SlackState): { field: string; choices: Choice[] } {
  if (type === 'users_select') {
    const people = Object.entries(slack.names).filter(([id]) => /^[UW]/.test(id));
    return { field: 'selected_user', choices: people.map(([id, name]) => ({ value: id, label: name, picked: id })) };
  }
  if (type === 'conversations_select') {
    const choices = slack.channels.map(({ id, name, kind }) => ({
      value: id,
      label: kind === 'channel' ? `#${name}` : slack.app.name,
      picked: id,
    }));
    return { field: 'selected_conversation', choices };
  }
  const offered = optionsOf(element);
  const choices = offered.map((option) => ({ value: optionValue(option), label: optionLabel(option), picked: option }));
  return { field: 'selected_option', choices };
}
