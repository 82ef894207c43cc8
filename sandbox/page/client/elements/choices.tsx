import type { ReactNode } from 'react';
import { jsonList, stringIn } from '../json.ts';
import { TextObject } from '../text/words.tsx';
import { optionAbout, optionsOf, optionValue } from './options.ts';
import type { ElementParts } from './use-element.ts';

/** Radio buttons and checkboxes. */
export function Choices({ element, used, labelled }: ElementParts): ReactNode {
  const type = stringIn(element, 'type');
  const many = type === 'checkboxes';
  const options = optionsOf(element);
  const chosen = many
    ? jsonList(used.value.selected_options).map(optionValue)
    : [optionValue(used.value.selected_option)];
  const toggle = (value: string): void => {
    const picked = (wanted: readonly string[]) => options.filter((option) => wanted.includes(optionValue(option)));
    const others = chosen.filter((one) => one !== value);
    if (many) used.change({ type, selected_options: picked(chosen.includes(value) ? others : [...chosen, value]) });
    else used.change({ type, selected_option: picked([value])[0] ?? null });
  };
  return (
    <div className="choices" id={labelled.id} tabIndex={-1}>
      {options.map((option) => (
        <label key={optionValue(option)}>
          <input
            type={many ? 'checkbox' : 'radio'}
            name={labelled.id}
            checked={chosen.includes(optionValue(option))}
            aria-describedby={labelled.describedBy}
            onChange={() => toggle(optionValue(option))}
          />
          <span>
            <TextObject of={option.text} />
            {optionAbout(option) === '' ? null : <small>{optionAbout(option)}</small>}
          </span>
        </label>
      ))}
    </div>
  );
}
