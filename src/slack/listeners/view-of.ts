import type { ViewPayload } from '../connection/payloads.ts';
import { type View, valueKey } from '../context/interaction.ts';

/** A modal as Slack sends it back, with what was typed and picked. */
export function viewOf({ id, hash, private_metadata, state }: ViewPayload): View {
  const values = new Map<string, string>();
  for (const [block, fields] of Object.entries(state?.values ?? {})) {
    for (const [action, typed] of Object.entries(fields)) {
      const { value, selected_option } = typed;
      const picked = typed.selected_user ?? typed.selected_conversation ?? typed.selected_date;
      const text = value ?? selected_option?.value ?? picked;
      if (text != null) values.set(valueKey({ block, action }), text);
      if (selected_option?.text) values.set(`${valueKey({ block, action })} label`, selected_option.text.text);
    }
  }
  return { id, hash, metadata: private_metadata, values };
}
