import { parseCommand } from '../command-text/command-text.ts';
import { actionPayload, commandPayload, submitPayload, type ViewPayload } from '../connection/payloads.ts';
import type { TrackedInteraction } from './interaction-tracker.ts';
import { ACTIONS, COMMANDS, SUBMITS } from './routes.ts';
import { viewOf } from './view-of.ts';

/** What is on record while it is worked on: of a command. Null where it can't be read, which is told at once. */
export function commandIn(body: unknown): TrackedInteraction | null {
  const { data } = commandPayload.safeParse(body);
  if (!data) return null;
  const { doing } = COMMANDS[parseCommand(data.text).kind];
  return { user: data.user_id, doing, op: `command:${data.trigger_id}` };
}

/** The same of a click. */
export function clickIn(body: unknown): TrackedInteraction | null {
  const { data } = actionPayload.safeParse(body);
  const id = data?.actions[0].action_id ?? '';
  const route = Object.hasOwn(ACTIONS, id) ? ACTIONS[id] : undefined;
  if (!data || !route) return null;
  const op = route.op?.(data.actions[0].value ?? '') ?? `action:${data.trigger_id}`;
  return { user: data.user.id, doing: route.doing, op };
}

/** The same of a form. */
export function submitIn(body: unknown): TrackedInteraction | null {
  const { data } = submitPayload.safeParse(body);
  const id = data?.view.callback_id ?? '';
  const route = Object.hasOwn(SUBMITS, id) ? SUBMITS[id] : undefined;
  if (!data || !route) return null;
  const own = submitOp(data.view);
  return { user: data.user.id, doing: route.doing, op: route.op?.(own, viewOf(data.view)) ?? own };
}

/** The key of one sending of a form. */
export function submitOp({ id, hash }: Pick<ViewPayload, 'id' | 'hash'>): string {
  return `view:${id}:${hash}`;
}
