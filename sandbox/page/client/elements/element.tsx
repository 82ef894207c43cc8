import { type ReactNode, useId, useState } from 'react';
import type { Json } from '../../page-state.ts';
import { asJson, stringIn, wordsIn } from '../json.ts';
import { failureWords } from '../text/failure-words.ts';
import { Unrenderable } from '../text/unrenderable.tsx';
import { ConfirmDialog } from '../views/confirm-dialog.tsx';
import { Choices } from './choices.tsx';
import { Overflow } from './overflow.tsx';
import { SearchSelect } from './search-select.tsx';
import { Select } from './select.tsx';
import { TextInput } from './text-input.tsx';
import { type ElementParts, type Labelled, type Used, useElement } from './use-element.ts';

/** An element that can be used, with its confirmation, and with what went wrong beneath it. */
export function Element(of: { element: Json; block: string; tells: boolean; labelled?: Labelled }): ReactNode {
  const { element, block } = of;
  const own = useId();
  const used = useElement(element, block, of.tells);
  const [asked, setAsked] = useState<(() => void) | null>(null);
  const guarded = (run: () => void): void => (element.confirm === undefined ? run() : setAsked(() => run));
  const held: Used = {
    ...used,
    change: (value) => guarded(() => used.change(value)),
    press: () => guarded(used.press),
  };
  const labelled = of.labelled ?? { id: own, describedBy: undefined, invalid: false, optional: false };
  return (
    <div className="element">
      <Kind element={element} used={held} labelled={labelled} />
      {used.failure === null ? null : (
        <p className="failed" role="alert">
          {failureWords(used.failure)}
        </p>
      )}
      {asked === null ? null : (
        <ConfirmDialog
          of={asJson(element.confirm)}
          onAnswer={(yes) => {
            setAsked(null);
            if (yes) asked();
          }}
        />
      )}
    </div>
  );
}

function Kind(parts: ElementParts): ReactNode {
  switch (parts.element.type) {
    case 'button':
      return <Button {...parts} />;
    case 'overflow':
      return <Overflow {...parts} />;
    case 'static_select':
    case 'users_select':
    case 'conversations_select':
      return <Select {...parts} />;
    case 'external_select':
      return <SearchSelect {...parts} />;
    case 'radio_buttons':
    case 'checkboxes':
      return <Choices {...parts} />;
    case 'plain_text_input':
    case 'number_input':
    case 'email_text_input':
    case 'url_text_input':
    case 'datepicker':
    case 'timepicker':
      return <TextInput {...parts} />;
    default:
      return <Unrenderable what={`an element of type ${String(parts.element.type)}`} />;
  }
}

function Button({ element, used }: ElementParts): ReactNode {
  const style = stringIn(element, 'style');
  const spoken = stringIn(element, 'accessibility_label');
  return (
    <button
      type="button"
      className={`button ${style}`}
      aria-busy={used.busy}
      aria-disabled={used.busy}
      aria-label={spoken || undefined}
      onClick={() => (used.busy ? undefined : used.press())}
    >
      {wordsIn(element, 'text')}
    </button>
  );
}
