import { useState } from 'react';
import type { Json, ShownView } from '../../page-state.ts';
import type { ViewForm } from '../blocks/place-context.ts';

type Values = ShownView['values'];

/**
 * What stands in a view's fields. When the app shows the view anew, what was typed stays wherever its field is still
 * there, as in Slack; the rest begins with what the app gave.
 */
export function useForm(view: ShownView): ViewForm & { showErrors(errors: ViewForm['errors']): void } {
  const [typed, setTyped] = useState<Values>({});
  const [errors, showErrors] = useState<ViewForm['errors']>({});
  const values: Values = Object.fromEntries(
    Object.entries(view.values).map(([block, fields]) => [
      block,
      Object.fromEntries(Object.entries(fields).map(([action, value]) => [action, typed[block]?.[action] ?? value])),
    ]),
  );
  return {
    values,
    errors,
    showErrors,
    enter: (block: string, action: string, value: Json) => {
      setTyped((before) => ({ ...before, [block]: { ...before[block], [action]: value } }));
      showErrors(({ [block]: _gone, ...others }) => others);
    },
  };
}
