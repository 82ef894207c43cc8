import type { HttpReply } from '../http-call.ts';
import { isObject, type JsonObject, objects, parsed, text } from '../json.ts';
import { no, yes } from './answer.ts';
import { channelForBot, type Methods, type Office } from './method.ts';

/** Bytes that were uploaded and not yet shared, by file id. */
export type Uploads = Map<string, Buffer>;

/** A file is sent as it is, or as the one part of a form. */
async function content(type: string, bytes: Buffer): Promise<Buffer> {
  if (!type.startsWith('multipart/form-data')) return bytes;
  const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } }).formData();
  const [part] = [...form.values()];
  return part instanceof Blob ? Buffer.from(await part.arrayBuffer()) : Buffer.from(part ?? '');
}

/** Takes a file at its upload address, `/upload/v1/F…`; emulate keeps it, and its text is kept to look at. */
export async function takeUpload(
  office: Office,
  uploads: Uploads,
  path: string,
  type: string,
  bytes: Buffer,
): Promise<HttpReply> {
  uploads.set(path.split('/').at(-1) ?? '', await content(type, bytes));
  return office.emulated.upload(path, type, bytes);
}

/** When and where a file was shared, from emulate's `shares`: {public|private: {channel: [{ts}]}}. */
function shareStamp(file: JsonObject, channel: string): string {
  const kinds = isObject(file.shares) ? Object.values(file.shares).filter(isObject) : [];
  return kinds.map((kind) => text(objects(kind[channel])[0]?.ts)).find((ts) => ts !== '') ?? '';
}

/** Files in the way that Slack has them since 2024: an upload address, the bytes, and the completion that shares. */
export function fileMethods(office: Office, uploads: Uploads): Methods {
  const { workspace } = office;
  const scopes = () => ['files:write'];
  return {
    'files.getUploadURLExternal': {
      scopes,
      run: async (args) => {
        const answer = await office.emulated.call('files.getUploadURLExternal', args);
        return answer.ok === true ? yes(answer) : no(text(answer.error));
      },
    },
    'files.completeUploadExternal': {
      scopes,
      run: async (args) => {
        const channelId = text(args.channel_id) || text(args.channels);
        const channel = channelId === '' ? undefined : channelForBot(office, channelId);
        if (channelId !== '' && channel === undefined) return no('channel_not_found');
        if (channel?.archived === true) return no('is_archived');
        if (channel !== undefined && !channel.members.includes(workspace.app.botUserId)) return no('not_in_channel');
        const wanted = objects(typeof args.files === 'string' ? parsed(args.files) : args.files);
        const answer = await office.emulated.call('files.completeUploadExternal', { ...args, files: wanted });
        if (answer.ok !== true) return no(text(answer.error));
        const files = objects(answer.files);
        const thread = text(args.thread_ts) === '' ? {} : { threadTs: text(args.thread_ts) };
        for (const file of files) {
          workspace.files.push({
            id: text(file.id),
            name: text(file.name),
            title: text(file.title),
            content: (uploads.get(text(file.id)) ?? Buffer.alloc(0)).toString('utf8'),
            ...(channel === undefined ? {} : { channel: channel.id }),
            ...thread,
          });
          uploads.delete(text(file.id));
        }
        const [first] = files;
        if (channel !== undefined && first !== undefined) {
          workspace.putMessage({
            type: 'message',
            subtype: 'file_share',
            channel: channel.id,
            ts: shareStamp(first, channel.id) || workspace.stamp(),
            user: workspace.app.botUserId,
            bot_id: workspace.app.botId,
            app_id: workspace.app.appId,
            team: workspace.team.id,
            text: text(args.initial_comment),
            files,
            ...(thread.threadTs === undefined ? {} : { thread_ts: thread.threadTs }),
          });
        }
        workspace.changed('file', channelId);
        return yes({ files });
      },
    },
  };
}
