import type { ModalView } from '@slack/types';
import type { Log } from '../../logging/logger.ts';
import type { MessageView } from '../views/text/text.ts';

/** Who does something, and how to answer them privately. */
export interface Caller {
  user: string;
  /** The operation key of this interaction: a repeat has the same. */
  op: string;
  triggerId: string | null;
  channel: string | null;
  /** What it is about, if that is known before anything is looked up. */
  about: { request: string | null; execution: string | null };
  /** Answers this person alone. */
  say(message: MessageView | string): Promise<void>;
  log: Log;
}

/** A click on a button, or a choice in a select. */
export interface Click {
  value: string;
  /** The message that it is in; null: it is in a modal, or in an ephemeral message. */
  message: { channel: string; ts: string } | null;
  view: View | null;
  /** Replaces the message; null if Slack gave no way to. */
  replace: ((message: MessageView) => Promise<void>) | null;
}

/** A modal as it comes back, with what was typed. */
export interface View {
  id: string;
  hash: string;
  metadata: string;
  /** By `valueKey`; fields that were left empty are absent. */
  values: ReadonlyMap<string, string>;
}

/** The key of a field in `View.values`. */
export function valueKey({ block, action }: { block: string; action: string }): string {
  return `${block}/${action}`;
}

/** The answer to a submitted modal: `now` in time, or `later` in the modal if the work took too long. */
export interface SubmitAnswer {
  now:
    | { response_action: 'clear' }
    | { response_action: 'update'; view: ModalView }
    | FieldErrors
    /** Nothing came of it, and it can be submitted again: the form stays as it is, with `later.text` on top. */
    | { response_action: 'keep' };
  /** `text`: for a person who has closed the modal meanwhile. */
  later: { view: ModalView; text: string };
}

interface FieldErrors {
  response_action: 'errors';
  errors: Record<string, string>;
}
