import type { JsonObject } from '../json.ts';
import { onWire } from '../methods/chat-methods.ts';
import type { SeedUser } from '../seed.ts';
import type { SlackView } from '../views.ts';
import type { Channel, EphemeralMessage, SlackMessage, Workspace } from '../workspace.ts';

/** The verification token that Slack still sends, and that nobody is to rely on. */
const token = 'verification-token-unused';

export function isView(target: SlackMessage | EphemeralMessage | SlackView): target is SlackView {
  return 'root_view_id' in target;
}

export function isEphemeral(target: SlackMessage | EphemeralMessage | SlackView): target is EphemeralMessage {
  return 'to' in target;
}

/** How a channel is called in payloads: only public ones by their name. */
function channelName(channel: Channel | undefined): string {
  if (channel?.im !== undefined) return 'directmessage';
  return channel?.private === true ? 'privategroup' : (channel?.name ?? '');
}

/** What every interaction of a person begins with. */
function base({ team, app }: Workspace, type: string, user: SeedUser, triggerId: string | undefined): JsonObject {
  return {
    type,
    user: { id: user.id, username: user.name, name: user.name, team_id: user.teamId ?? team.id },
    api_app_id: app.appId,
    token,
    team: { id: team.id, domain: team.domain },
    enterprise: null,
    is_enterprise_install: false,
    ...(triggerId === undefined ? {} : { trigger_id: triggerId }),
  };
}

/** Where an element that was used stands: in a view, in a message, or in a message that one person sees. */
function place(workspace: Workspace, target: SlackMessage | EphemeralMessage | SlackView): JsonObject {
  if (isView(target)) return { container: { type: 'view', view_id: target.id }, view: target };
  const channel = { id: target.channel, name: channelName(workspace.channels.get(target.channel)) };
  const ephemeral = isEphemeral(target);
  return {
    container: {
      type: 'message',
      message_ts: target.ts,
      channel_id: target.channel,
      is_ephemeral: ephemeral,
      ...(target.thread_ts === undefined ? {} : { thread_ts: target.thread_ts }),
    },
    channel,
    // An ephemeral message is kept nowhere, so its payload can't be relied on to carry it.
    ...(ephemeral ? {} : { message: onWire(target) }),
    state: { values: {} },
  };
}

/** block_actions (docs.slack.dev/reference/interaction-payloads/block_actions-payload). */
export function actionsPayload(
  workspace: Workspace,
  user: SeedUser,
  target: SlackMessage | EphemeralMessage | SlackView,
  action: JsonObject,
  triggerId: string,
  responseUrl: string | undefined,
): JsonObject {
  return {
    ...base(workspace, 'block_actions', user, triggerId),
    ...place(workspace, target),
    ...(responseUrl === undefined ? {} : { response_url: responseUrl }),
    actions: [{ ...action, action_ts: workspace.stamp() }],
  };
}

/** view_submission and view_closed (docs.slack.dev/reference/interaction-payloads/view-interactions-payload). */
export function viewPayload(
  workspace: Workspace,
  user: SeedUser,
  view: SlackView,
  rest: { readonly triggerId: string } | { readonly cleared: boolean },
): JsonObject {
  if ('cleared' in rest) {
    return { ...base(workspace, 'view_closed', user, undefined), view, is_cleared: rest.cleared };
  }
  return { ...base(workspace, 'view_submission', user, rest.triggerId), view, response_urls: [] };
}

/** block_suggestion (docs.slack.dev/reference/interaction-payloads/block_suggestion-payload). */
export function suggestionPayload(
  workspace: Workspace,
  user: SeedUser,
  target: SlackMessage | EphemeralMessage | SlackView,
  field: { readonly actionId: string; readonly blockId: string },
  query: string,
): JsonObject {
  return {
    ...base(workspace, 'block_suggestion', user, undefined),
    ...place(workspace, target),
    action_id: field.actionId,
    block_id: field.blockId,
    value: query,
  };
}

/** A slash command's fields (docs.slack.dev/interactivity/implementing-slash-commands). */
export function commandPayload(
  workspace: Workspace,
  user: SeedUser,
  sent: {
    readonly channel: string;
    readonly command: string;
    readonly text: string;
    readonly triggerId: string;
    readonly responseUrl: string;
  },
): JsonObject {
  const { team, app } = workspace;
  return {
    token,
    team_id: team.id,
    team_domain: team.domain,
    channel_id: sent.channel,
    channel_name: channelName(workspace.channels.get(sent.channel)),
    user_id: user.id,
    user_name: user.name,
    command: sent.command,
    text: sent.text,
    api_app_id: app.appId,
    is_enterprise_install: 'false',
    response_url: sent.responseUrl,
    trigger_id: sent.triggerId,
  };
}

/** app_home_opened in the envelope of the Events API (docs.slack.dev/reference/events/app_home_opened). */
export function homeOpened(
  workspace: Workspace,
  user: SeedUser,
  channel: string,
  view: SlackView | undefined,
): JsonObject {
  const { team, app } = workspace;
  return {
    type: 'event_callback',
    token,
    team_id: team.id,
    context_team_id: team.id,
    context_enterprise_id: null,
    api_app_id: app.appId,
    event: {
      type: 'app_home_opened',
      user: user.id,
      channel,
      tab: 'home',
      event_ts: workspace.stamp(),
      ...(view === undefined ? {} : { view }),
    },
    event_id: workspace.id('Ev'),
    event_time: Math.floor(workspace.now() / 1000),
    authorizations: [
      { enterprise_id: null, team_id: team.id, user_id: app.botUserId, is_bot: true, is_enterprise_install: false },
    ],
    is_ext_shared_channel: false,
    event_context: workspace.id('4-').toLowerCase(),
  };
}
