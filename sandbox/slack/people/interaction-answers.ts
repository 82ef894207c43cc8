import type { Delivered } from '../delivery/delivery.ts';
import { isObject, type JsonObject, text } from '../json.ts';
import { checkBlocks } from '../limits/block-limits.ts';
import type { SlackView, Views } from '../views.ts';
import { optionsOf } from './form-state.ts';

/** What an answer to a submit led to, or why Slack can't use it. */
export type SubmitAnswer =
  | { readonly responseAction?: string; readonly errors?: Readonly<Record<string, string>> }
  | { readonly wrong: string };

/**
 * Does with the answer to a submit what Slack does: an empty one closes the view; errors keep it open; update and push
 * show another; clear closes all.
 * Source: docs.slack.dev/surfaces/modals, "Handling modal submissions".
 */
export function answerSubmit(views: Views, view: SlackView, reply: Delivered): SubmitAnswer {
  const answer = reply.json ?? {};
  const action = text(answer.response_action);
  if (reply.body.trim() === '' || (reply.json !== undefined && Object.keys(answer).length === 0)) {
    views.close(view.id);
    return {};
  }
  if (action === 'clear') {
    views.close(view.id, true);
    return { responseAction: action };
  }
  if (action === 'update' || action === 'push') {
    const shown = views.answer(view.id, action, answer.view);
    return shown ? { responseAction: action } : { wrong: `${action}: a view that can't be shown` };
  }
  if (action !== 'errors' || !isObject(answer.errors)) return { wrong: `not an answer to a submit: ${reply.body}` };
  const inputs = new Set(view.blocks.filter((block) => block.type === 'input').map((block) => block.block_id));
  const stray = Object.keys(answer.errors).filter((blockId) => !inputs.has(blockId));
  if (stray.length > 0) return { wrong: `errors for what is no input block: ${stray.join(', ')}` };
  const errors = Object.fromEntries(Object.entries(answer.errors).map(([id, said]) => [id, String(said)]));
  return { responseAction: action, errors };
}

/** Why Slack would show nothing of an answer to a search; empty where it can be shown. */
export function suggestionFaults(answer: JsonObject | undefined): string[] {
  if (answer === undefined) return ['no JSON answer to a search'];
  if (!Array.isArray(answer.options) && !Array.isArray(answer.option_groups)) return ['neither options nor groups'];
  if (optionsOf(answer).length === 0) return [];
  const { options, option_groups } = answer;
  const element = { type: 'static_select', options, option_groups };
  return checkBlocks([{ type: 'actions', elements: [element] }], 'modal').map(
    ({ at, message }) => `${message} [json-pointer:${at.replace('/blocks/0/elements/0', '')}]`,
  );
}
