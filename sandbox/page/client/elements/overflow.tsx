import type { ReactNode } from 'react';
import { optionLabel, optionsOf, optionValue } from './options.ts';
import type { ElementParts } from './use-element.ts';

/** The menu behind three dots, opened and closed by the browser itself. */
export function Overflow({ element, used, labelled }: ElementParts): ReactNode {
  return (
    <div className="overflow">
      <button type="button" className="button" aria-busy={used.busy} aria-label="More" popoverTarget={labelled.id}>
        ⋯
      </button>
      <div id={labelled.id} popover="auto" className="menu">
        {optionsOf(element).map((option) => (
          <button
            key={optionValue(option)}
            type="button"
            popoverTarget={labelled.id}
            popoverTargetAction="hide"
            onClick={() => used.change({ type: 'overflow', selected_option: option })}
          >
            {optionLabel(option)}
          </button>
        ))}
      </div>
    </div>
  );
}
