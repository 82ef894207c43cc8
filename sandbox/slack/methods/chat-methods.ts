import { isObject, type JsonObject, parsed, text } from '../json.ts';
import type { Channel, SlackMessage, Workspace } from '../workspace.ts';
import { type Answer, no, yes } from './answer.ts';
import { checkedContent } from './content.ts';
import { openDirect } from './conversation-methods.ts';
import { channelForBot, type Method, type Methods, type Office } from './method.ts';

/** A message of emulate's, as the channel shows it. */
function shown(office: Office, channel: string, message: unknown): SlackMessage {
  const { app, team } = office.workspace;
  const fields = isObject(message) ? message : {};
  return {
    ...fields,
    type: 'message',
    channel,
    ts: text(fields.ts),
    text: text(fields.text),
    user: app.botUserId,
    bot_id: app.botId,
    app_id: app.appId,
    team: team.id,
  };
}

/** A message without `channel`, as Slack sends it. */
export function onWire({ channel: _channel, ...message }: SlackMessage): JsonObject {
  return message;
}

async function writable(office: Office, id: unknown): Promise<Channel | { refusal: Answer }> {
  const { workspace } = office;
  const person = typeof id === 'string' ? workspace.users.get(id) : undefined;
  const channel = person === undefined ? channelForBot(office, id) : await openDirect(office, person.id);
  if (channel === undefined) return { refusal: no('channel_not_found') };
  if (channel.archived) return { refusal: no('is_archived') };
  const inside = channel.members.includes(workspace.app.botUserId) || workspace.scopes.includes('chat:write.public');
  return inside ? channel : { refusal: no('not_in_channel') };
}

/**
 * Of a message as Slack takes it: an event type without punctuation and an object. Another type is a warning to Slack, and
 * the metadata is left out (docs.slack.dev/messaging/message-metadata): here that is a breach.
 */
function checkedMetadata(
  workspace: Workspace,
  method: string,
  args: JsonObject,
): { metadata: JsonObject | undefined } | { refusal: Answer } {
  const metadata = typeof args.metadata === 'string' ? parsed(args.metadata) : args.metadata;
  if (metadata === undefined || metadata === '') return { metadata: undefined };
  if (!isObject(metadata) || !isObject(metadata.event_payload)) return { refusal: no('invalid_metadata_format') };
  if (/^[\w-]+$/.test(text(metadata.event_type))) return { metadata };
  workspace.breach(method, [`metadata with the event type ${text(metadata.event_type)}`]);
  return { metadata: undefined };
}

/** Posts as the bot into any channel, without asking whether it may: what a response_url can do. */
export async function postAsBot(office: Office, channel: string, args: JsonObject): Promise<Answer> {
  const { app } = office.workspace;
  const thread = text(args.thread_ts) === '' ? {} : { thread_ts: args.thread_ts };
  const broadcast = args.reply_broadcast === true || args.reply_broadcast === 'true';
  const answer = await office.emulated.call('chat.postMessage', {
    channel,
    text: args.text,
    blocks: args.blocks,
    bot_id: app.botId,
    app_id: app.appId,
    ...thread,
    ...(broadcast ? { reply_broadcast: true } : {}),
    ...(args.metadata === undefined ? {} : { metadata: args.metadata }),
  });
  if (answer.ok !== true) return no(text(answer.error));
  const message = shown(office, channel, answer.message);
  const kept = broadcast && 'thread_ts' in thread ? { ...message, subtype: 'thread_broadcast' } : message;
  office.workspace.putMessage(kept);
  return yes({ channel, ts: kept.ts, message: onWire(kept) });
}

/** Edits a message of the bot's. */
export async function updateAsBot(office: Office, channel: string, ts: string, args: JsonObject): Promise<Answer> {
  const before = office.workspace.message(channel, ts);
  if (before === undefined) return no('message_not_found');
  const answer = await office.emulated.call('chat.update', {
    channel,
    ts,
    text: args.text,
    blocks: args.blocks,
    ...(args.metadata === undefined ? {} : { metadata: args.metadata }),
  });
  if (answer.ok !== true) return no(text(answer.error));
  const after = {
    ...(before.metadata === undefined ? {} : { metadata: before.metadata }),
    ...shown(office, channel, answer.message),
    ...(before.subtype ? { subtype: before.subtype } : {}),
  };
  office.workspace.putMessage(after);
  return yes({ channel, ts, text: after.text, message: onWire(after) });
}

/** Deletes a message of the bot's. */
export async function deleteAsBot(office: Office, channel: string, ts: string): Promise<Answer> {
  const answer = await office.emulated.call('chat.delete', { channel, ts });
  if (answer.ok !== true) return no(text(answer.error));
  office.workspace.dropMessage(channel, ts);
  return yes({ channel, ts });
}

/** Writing: emulate keeps the messages; what may be written, and where, is judged here. */
export function chatMethods(office: Office): Methods {
  const { workspace } = office;
  const writing = (run: Method['run']): Method => ({ scopes: () => ['chat:write'], run });
  const own = (args: JsonObject, error: string): { channel: Channel; ts: string } | { refusal: Answer } => {
    const channel = channelForBot(office, args.channel);
    if (channel === undefined) return { refusal: no('channel_not_found') };
    const message = workspace.message(channel.id, text(args.ts));
    if (message === undefined) return { refusal: no('message_not_found') };
    if (message.bot_id !== workspace.app.botId) return { refusal: no(error) };
    return channel.archived ? { refusal: no('is_archived') } : { channel, ts: message.ts };
  };
  return {
    'chat.postMessage': writing(async (args) => {
      const channel = await writable(office, args.channel);
      if ('refusal' in channel) return channel.refusal;
      const content = checkedContent(workspace, 'chat.postMessage', args);
      if ('refusal' in content) return content.refusal;
      const metadata = checkedMetadata(workspace, 'chat.postMessage', args);
      if ('refusal' in metadata) return metadata.refusal;
      return postAsBot(office, channel.id, { ...args, ...content, ...metadata });
    }),
    'chat.update': writing((args) => {
      const target = own(args, 'cant_update_message');
      if ('refusal' in target) return target.refusal;
      const content = checkedContent(workspace, 'chat.update', args);
      if ('refusal' in content) return content.refusal;
      const metadata = checkedMetadata(workspace, 'chat.update', args);
      if ('refusal' in metadata) return metadata.refusal;
      return updateAsBot(office, target.channel.id, target.ts, { ...args, ...content, ...metadata });
    }),
    'chat.delete': writing((args) => {
      const target = own(args, 'cant_delete_message');
      return 'refusal' in target ? target.refusal : deleteAsBot(office, target.channel.id, target.ts);
    }),
    // emulate keeps these for nobody to see: it has no people who read.
    'chat.postEphemeral': writing(async (args) => {
      const channel = await writable(office, args.channel);
      if ('refusal' in channel) return channel.refusal;
      const content = checkedContent(workspace, 'chat.postEphemeral', args);
      if ('refusal' in content) return content.refusal;
      const to = text(args.user);
      if (!workspace.users.has(to)) return no('user_not_found');
      if (!channel.members.includes(to)) return no('user_not_in_channel');
      const ts = showPrivately(office, channel.id, to, { ...args, ...content });
      return yes({ message_ts: ts });
    }),
    'chat.getPermalink': {
      run: async (args) => {
        const channel = channelForBot(office, args.channel);
        if (channel === undefined) return no('channel_not_found');
        const answer = await office.emulated.call('chat.getPermalink', args);
        if (answer.ok !== true) return no(text(answer.error));
        const path = text(answer.permalink).replace(/^https?:\/\/[^/]+/, '');
        return yes({ channel: channel.id, permalink: `https://${workspace.team.domain}.slack.com${path}` });
      },
    },
  };
}

/** Shows one person something in a channel; the answer is its ts. With `ts` it takes the place of what stood there. */
export function showPrivately(office: Office, channel: string, to: string, args: JsonObject, ts?: string): string {
  const { workspace } = office;
  const message = {
    ...shown(office, channel, { text: args.text, blocks: args.blocks }),
    ts: ts ?? workspace.stamp(),
    to,
    ...(text(args.thread_ts) === '' ? {} : { thread_ts: text(args.thread_ts) }),
  };
  workspace.putEphemeral(message);
  return message.ts;
}
