import type { EmulatedSlack } from '../emulated.ts';
import type { JsonObject } from '../json.ts';
import type { Views } from '../views.ts';
import type { Channel, Workspace } from '../workspace.ts';
import type { Answer } from './answer.ts';

/** What the methods of the Web API work on. */
export interface Office {
  readonly workspace: Workspace;
  readonly views: Views;
  readonly emulated: EmulatedSlack;
}

/** One method: the scopes that it needs for these arguments (all of them), and what it does. */
export interface Method {
  readonly scopes?: (args: JsonObject) => readonly string[];
  readonly run: (args: JsonObject) => Answer | Promise<Answer>;
}

export type Methods = Readonly<Record<string, Method>>;

/** The channel as far as the bot can know of it: a private one that it isn't in doesn't exist for it. */
export function channelForBot({ workspace }: Office, id: unknown): Channel | undefined {
  const channel = typeof id === 'string' ? workspace.channels.get(id) : undefined;
  if (channel?.private === true && !channel.members.includes(workspace.app.botUserId)) return undefined;
  return channel;
}

/** The kind of a channel, as it stands in the name of a scope: `channels:read`, `groups:read`, `im:read`, `mpim:read`. */
export function scopeKind({ workspace }: Office, id: unknown): string {
  const channel = typeof id === 'string' ? workspace.channels.get(id) : undefined;
  if (channel?.im !== undefined) return 'im';
  if (channel?.mpim) return 'mpim';
  return channel?.private === true ? 'groups' : 'channels';
}
