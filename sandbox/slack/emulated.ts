import { randomBytes } from 'node:crypto';
import { Agent } from 'node:http';
import { createEmulator } from 'emulate';
import { type HttpReply, post } from './http-call.ts';
import { isObject, type JsonObject, objects, parsed, text } from './json.ts';
import type { SlackSeed } from './seed.ts';

/** `emulate`'s Slack: keeps messages, threads, direct messages and files. */
export interface EmulatedSlack {
  /** Calls a Web API method with our ids; the answer has our ids too. An unknown method answers `unknown_method`. */
  call(method: string, args: JsonObject): Promise<JsonObject>;
  /** Hands on the bytes of a file to the upload address of the given path. */
  upload(path: string, contentType: string, bytes: Buffer): Promise<HttpReply>;
  stop(): Promise<void>;
}

/**
 * Starts emulate with the people and channels of the seed. Its seed takes names but no ids, of users, channels and the
 * team: the ids that it made are learned by name and translated on the way in and out. Scopes and membership are judged
 * in front of it, so to emulate every channel is open and the token may do everything.
 * @param origin where its upload addresses are to point
 */
export async function startEmulated(seed: SlackSeed, origin: string): Promise<EmulatedSlack> {
  const token = `xoxb-inside-${randomBytes(16).toString('hex')}`;
  const emulator = await createEmulator({
    service: 'slack',
    port: 0,
    seed: {
      slack: {
        team: { name: seed.team.name, domain: seed.team.domain },
        users: seed.users.map((user) => ({ name: user.name, real_name: user.realName })),
        channels: seed.channels.map((channel) => ({ name: channel.name })),
        oauth_apps: [
          {
            app_id: seed.app.appId,
            client_id: 'local',
            client_secret: 'local',
            name: 'DataSync Throttle',
            redirect_uris: [],
            bot_id: seed.app.botId,
            bot_user_id: seed.app.botUserId,
            bot_name: 'datasync-throttle',
          },
        ],
        tokens: [{ token, user_id: seed.app.botUserId, bot_id: seed.app.botId, app_id: seed.app.appId }],
        strict_scopes: false,
      },
    },
  });
  // With a baseUrl of ours it would not say where it listens, so its addresses are rewritten in the answers.
  const url = emulator.url.replace('localhost', '127.0.0.1');
  const agent = new Agent({ keepAlive: true });
  const inward = new Map<string, string>();
  const outward = new Map<string, string>();

  const raw = async (method: string, args: JsonObject): Promise<JsonObject> => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const reply = await post(`${url}/api/${method}`, headers, JSON.stringify(args), { agent });
    if (reply.status === 404) return { ok: false, error: 'unknown_method' };
    const answer = parsed(
      reply.body.replaceAll(emulator.url, origin).replace(/\b[A-Z][A-Z0-9]{9,}\b/g, (id) => outward.get(id) ?? id),
    );
    if (!isObject(answer))
      throw new Error(`emulate answered ${reply.status} to ${method}: ${reply.body.slice(0, 200)}`);
    return answer;
  };
  const learn = (theirs: JsonObject[], ours: readonly { readonly id: string; readonly name: string }[]): void => {
    for (const { id, name } of ours) {
      const found = theirs.find((one) => one.name === name);
      if (found !== undefined) inward.set(id, text(found.id));
    }
  };
  const [people, places, self] = await Promise.all([
    raw('users.list', { limit: 1000 }),
    raw('conversations.list', { limit: 1000 }),
    raw('auth.test', {}),
  ]);
  learn(objects(people.members), seed.users);
  learn(objects(places.channels), seed.channels);
  inward.set(seed.team.id, text(self.team_id));
  for (const [ours, theirs] of inward) outward.set(theirs, ours);

  const translated = (value: unknown): unknown =>
    typeof value === 'string'
      ? value
          .split(',')
          .map((id) => inward.get(id) ?? id)
          .join(',')
      : value;

  return {
    call: (method, args) => {
      const known = ['channel', 'channel_id', 'channels', 'user', 'users', 'team_id'].filter((name) => name in args);
      return raw(method, { ...args, ...Object.fromEntries(known.map((name) => [name, translated(args[name])])) });
    },
    upload: (path, contentType, bytes) => post(url + path, { 'content-type': contentType }, bytes, { agent }),
    stop: async () => {
      agent.destroy();
      await emulator.close();
    },
  };
}
