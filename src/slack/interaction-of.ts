import { parseCommand } from './command-text.ts';
import { actionPayload, commandPayload, submitPayload } from './payloads.ts';
import { ACTIONS, COMMANDS, SUBMITS } from './routes.ts';
import type { Interaction } from './unfinished.ts';

/** What is on record while it is worked on: of a command. Null where it can't be read, which is told at once. */
export function commandIn(body: unknown): Interaction | null {
  const { data } = commandPayload.safeParse(body);
  if (!data) return null;
  const { doing } = COMMANDS[parseCommand(data.text).kind];
  return { user: data.user_id, doing, op: `command:${data.trigger_id}` };
}

/** The same of a click. */
export function clickIn(body: unknown): Interaction | null {
  const { data } = actionPayload.safeParse(body);
  const id = data?.actions[0].action_id ?? '';
  const route = Object.hasOwn(ACTIONS, id) ? ACTIONS[id] : undefined;
  return data && route ? { user: data.user.id, doing: route.doing, op: `action:${data.trigger_id}` } : null;
}

/** The same of a form: what it is recorded under depends on what was typed. */
export function submitIn(body: unknown): Interaction | null {
  const { data } = submitPayload.safeParse(body);
  const id = data?.view.callback_id ?? '';
  const route = Object.hasOwn(SUBMITS, id) ? SUBMITS[id] : undefined;
  return data && route ? { user: data.user.id, doing: route.doing, op: null } : null;
}
