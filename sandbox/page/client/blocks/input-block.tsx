import { type ReactNode, useId } from 'react';
import type { Json } from '../../page-state.ts';
import { Element } from '../elements/element.tsx';
import { asJson, wordsIn } from '../json.ts';
import { usePlace } from './place-context.ts';

const GROUPS = ['radio_buttons', 'checkboxes'];

/** A field of a form: label, element, hint, and what is wrong with what was entered. */
export function InputBlock({ block, id }: { block: Json; id: string }): ReactNode {
  const own = useId();
  const error = usePlace().form?.errors[id];
  const element = asJson(block.element);
  const hint = wordsIn(block, 'hint');
  const isGroup = GROUPS.includes(String(element.type));
  const describedBy = [error === undefined ? '' : `${own}-error`, hint === '' ? '' : `${own}-hint`]
    .filter((part) => part !== '')
    .join(' ');
  const label = (
    <>
      {wordsIn(block, 'label')}
      {block.optional === true ? <span className="optional"> (optional)</span> : null}
    </>
  );
  const body = (
    <>
      <Element
        element={element}
        block={id}
        tells={block.dispatch_action === true}
        labelled={{ id: own, describedBy, invalid: error !== undefined, optional: block.optional === true }}
      />
      {error === undefined ? null : (
        <p className="error" id={`${own}-error`}>
          {error}
        </p>
      )}
      {hint === '' ? null : (
        <p className="hint" id={`${own}-hint`}>
          {hint}
        </p>
      )}
    </>
  );
  return isGroup ? (
    <fieldset className="block input">
      <legend>{label}</legend>
      {body}
    </fieldset>
  ) : (
    <div className="block input">
      <label htmlFor={own}>{label}</label>
      {body}
    </div>
  );
}
