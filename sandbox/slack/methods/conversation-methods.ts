import { type JsonObject, text } from '../json.ts';
import type { Channel, SlackMessage } from '../workspace.ts';
import { no, yes } from './answer.ts';
import { channelForBot, type Methods, type Office, scopeKind } from './method.ts';

/** "Maximum of 999" (docs.slack.dev/reference/methods/conversations.history). */
const mostAtOnce = 999;

function register(office: Office, id: string, people: readonly string[]): Channel {
  const { workspace } = office;
  const known = workspace.channels.get(id);
  if (known !== undefined) return known;
  const [first = ''] = people;
  const channel: Channel = {
    id,
    name: people.length === 1 ? 'directmessage' : `mpdm-${people.join('-').toLowerCase()}`,
    private: true,
    archived: false,
    members: [workspace.app.botUserId, ...people],
    ...(people.length === 1 ? { im: first } : { mpim: true }),
  };
  workspace.channels.set(id, channel);
  return channel;
}

/** The direct message between the bot and a person, opened where it wasn't. Undefined for somebody who has left. */
export async function openDirect(office: Office, user: string): Promise<Channel | undefined> {
  if (office.workspace.users.get(user)?.deleted === true) return undefined;
  const open = [...office.workspace.channels.values()].find((channel) => channel.im === user);
  if (open !== undefined) return open;
  const answer = await office.emulated.call('conversations.open', { users: user });
  const channel = answer.channel as JsonObject | undefined;
  return answer.ok === true ? register(office, text(channel?.id), [user]) : undefined;
}

function described({ workspace }: Office, channel: Channel): JsonObject {
  const inside = channel.members.includes(workspace.app.botUserId);
  const common = { id: channel.id, created: 1_700_000_000, is_archived: channel.archived };
  if (channel.im !== undefined) return { ...common, is_im: true, user: channel.im, is_open: true };
  return {
    ...common,
    name: channel.name,
    name_normalized: channel.name,
    is_channel: !channel.private,
    is_group: channel.private,
    is_im: false,
    is_mpim: channel.mpim ?? false,
    is_private: channel.private,
    is_general: false,
    is_shared: channel.shared === 'external' || channel.shared === 'organization',
    is_ext_shared: channel.shared === 'external',
    is_org_shared: channel.shared === 'organization',
    is_pending_ext_shared: channel.shared === 'pending',
    pending_shared: channel.shared === 'pending' ? ['T0OTHER'] : [],
    is_member: inside,
    context_team_id: workspace.team.id,
    topic: { value: '', creator: '', last_set: 0 },
    purpose: { value: '', creator: '', last_set: 0 },
  };
}

/** Where people talk. Who is in is ours (emulate puts everybody in every channel); direct messages are emulate's. */
export function conversationMethods(office: Office): Methods {
  const { workspace } = office;
  const reading = (args: JsonObject): string[] => [`${scopeKind(office, args.channel)}:read`];
  const history = (args: JsonObject): string[] => [`${scopeKind(office, args.channel)}:history`];
  const page = (all: readonly SlackMessage[], args: JsonObject) => {
    const oldest = text(args.oldest) || '0';
    const latest = text(args.latest) || '9999999999';
    const edge = args.inclusive === true || args.inclusive === 'true';
    const inside = all.filter(({ ts }) => (edge ? ts >= oldest && ts <= latest : ts > oldest && ts < latest));
    const limit = Number(args.limit ?? 100);
    if (!Number.isInteger(limit) || limit < 1 || limit > mostAtOnce) return no('invalid_limit');
    const from = Number(text(args.cursor) || 0);
    const more = inside.length > from + limit;
    const withMetadata = args.include_all_metadata === true || args.include_all_metadata === 'true';
    const wire = ({ channel: _channel, metadata, ...message }: SlackMessage) =>
      withMetadata && metadata !== undefined ? { ...message, metadata } : message;
    return yes({
      messages: inside.slice(from, from + limit).map(wire),
      has_more: more,
      response_metadata: { next_cursor: more ? String(from + limit) : '' },
    });
  };
  return {
    'conversations.info': {
      scopes: reading,
      run: (args) => {
        const channel = channelForBot(office, args.channel);
        return channel === undefined ? no('channel_not_found') : yes({ channel: described(office, channel) });
      },
    },
    'conversations.members': {
      scopes: reading,
      run: (args) => {
        const channel = channelForBot(office, args.channel);
        if (channel === undefined) return no('channel_not_found');
        return yes({ members: channel.members, response_metadata: { next_cursor: '' } });
      },
    },
    'conversations.open': {
      scopes: (args) => [text(args.users).includes(',') ? 'mpim:write' : 'im:write'],
      run: async (args) => {
        const people = text(args.users).split(',').filter(Boolean);
        for (const id of people) {
          const person = workspace.users.get(id);
          if (person === undefined) return no('user_not_found');
          if (person.deleted === true) return no('user_disabled');
        }
        const known = people.length === 1 && [...workspace.channels.values()].find(({ im }) => im === people[0]);
        const answer = await office.emulated.call('conversations.open', args);
        if (answer.ok !== true) return no(text(answer.error));
        const channel = answer.channel as JsonObject;
        register(office, text(channel.id), people);
        return yes({ ...(known ? { no_op: true, already_open: true } : {}), channel });
      },
    },
    // emulate leaves replies that were broadcast out of the channel, and knows no oldest, latest and inclusive.
    'conversations.history': {
      scopes: history,
      run: (args) => {
        const channel = channelForBot(office, args.channel);
        if (channel === undefined) return no('channel_not_found');
        if (!channel.members.includes(workspace.app.botUserId)) return no('not_in_channel');
        return page(inChannel(workspace.messages, channel.id).reverse(), args);
      },
    },
    'conversations.replies': {
      scopes: history,
      run: (args) => {
        const channel = channelForBot(office, args.channel);
        if (channel === undefined) return no('channel_not_found');
        if (!channel.members.includes(workspace.app.botUserId)) return no('not_in_channel');
        const thread = inThread(workspace.messages, channel.id, text(args.ts));
        return thread.length === 0 ? no('thread_not_found') : page(thread, args);
      },
    },
  };
}

/** What stands in a channel itself: first messages of threads, and replies that were broadcast. Oldest first. */
export function inChannel(messages: readonly SlackMessage[], channel: string): SlackMessage[] {
  return messages.filter(
    (one) =>
      one.channel === channel &&
      (one.thread_ts === undefined || one.thread_ts === one.ts || one.subtype === 'thread_broadcast'),
  );
}

/** A message and the replies to it, oldest first. */
export function inThread(messages: readonly SlackMessage[], channel: string, ts: string): SlackMessage[] {
  return messages.filter((one) => one.channel === channel && (one.ts === ts || one.thread_ts === ts));
}
