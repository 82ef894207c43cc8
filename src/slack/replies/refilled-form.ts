import type { InputBlock, KnownBlock, ModalView } from '@slack/types';
import { AwsFault, LedgerLost, NotRecorded, PersonUnknown } from '../../workflow/faults.ts';
import type { TypedValue, ViewPayload } from '../connection/payloads.ts';
import { TooBusy } from '../context/look-ups.ts';
import { PROBLEM_BLOCK, plain, problemSection } from '../views/text/blocks.ts';
import { LIMITS } from '../views/text/text.ts';

/** Whether a submit certainly had no effect, so that the same form can be sent again. */
export function canResubmit(fault: unknown): boolean {
  return [AwsFault, NotRecorded, LedgerLost, PersonUnknown, TooBusy].some((kind) => fault instanceof kind);
}

/**
 * The submitted form with everything that was typed and selected, and the problem on top (mrkdwn from `wording/`). It
 * is built from the view that Slack sent, because the facts it was built from may be unavailable now. Null if Slack
 * sent no form.
 */
export function refilledForm(view: ViewPayload, problem: string): ModalView | null {
  const { blocks, title, submit, close, state } = view;
  if (!blocks || !title || !submit) return null;
  const kept = blocks.filter((block) => block.block_id !== PROBLEM_BLOCK);
  return {
    type: 'modal',
    callback_id: view.callback_id,
    private_metadata: view.private_metadata,
    title: plain(title.text, LIMITS.modalTitle),
    submit: plain(submit.text, LIMITS.modalTitle),
    close: plain(close?.text ?? 'Close', LIMITS.modalTitle),
    blocks: [problemSection(problem), ...kept.map((block) => filled(block, state?.values ?? {}))],
  };
}

/** An input with its current value, even if empty, instead of its initial one. */
function filled(block: KnownBlock, values: Readonly<Record<string, Readonly<Record<string, TypedValue>>>>): KnownBlock {
  if (block.type !== 'input') return block;
  const { element } = block;
  const typed = values[block.block_id ?? '']?.[element.action_id ?? ''];
  return typed ? { ...block, element: elementWith(element, typed) } : block;
}

function elementWith(element: InputBlock['element'], typed: TypedValue): InputBlock['element'] {
  switch (element.type) {
    case 'plain_text_input': {
      const { initial_value: _, ...rest } = element;
      return { ...rest, ...(typed.value ? { initial_value: typed.value } : {}) };
    }
    case 'radio_buttons':
    case 'static_select':
    case 'external_select': {
      const { initial_option: _, ...rest } = element;
      const { selected_option: picked } = typed;
      const text = picked?.text?.text;
      if (!picked || text === undefined) return rest;
      return { ...rest, initial_option: { value: picked.value, text: plain(text, LIMITS.option) } };
    }
    case 'users_select': {
      const { initial_user: _, ...rest } = element;
      return { ...rest, ...(typed.selected_user ? { initial_user: typed.selected_user } : {}) };
    }
    case 'conversations_select': {
      const { initial_conversation: _, ...rest } = element;
      const { selected_conversation: picked } = typed;
      return { ...rest, ...(picked ? { initial_conversation: picked } : {}) };
    }
    case 'datepicker': {
      const { initial_date: _, ...rest } = element;
      return { ...rest, ...(typed.selected_date ? { initial_date: typed.selected_date } : {}) };
    }
    default:
      return element;
  }
}
