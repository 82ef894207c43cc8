import type { PlacedElement } from './block-walk.ts';
import { type Delivered, Delivery } from './delivery/delivery.ts';
import { type SignedRequest, signedRequest } from './delivery/signing.ts';
import { Sockets } from './delivery/sockets.ts';
import { startEmulated } from './emulated.ts';
import { type Outage, Outages } from './faults/outages.ts';
import { type PostRate, PostRates } from './faults/post-rates.ts';
import { type JsonObject, text } from './json.ts';
import { type Answer, no, yes } from './methods/answer.ts';
import { ApiServer } from './methods/api-server.ts';
import { chatMethods } from './methods/chat-methods.ts';
import { conversationMethods, inChannel, inThread, openDirect } from './methods/conversation-methods.ts';
import { fileMethods, takeUpload, type Uploads } from './methods/file-methods.ts';
import type { Methods, Office } from './methods/method.ts';
import { peopleMethods } from './methods/people-methods.ts';
import { Responses } from './methods/responses.ts';
import { Person } from './people/person.ts';
import { defaultSeed, newSecrets, type RunningSeed, type SeedUser, type SlackSeed } from './seed.ts';
import { until } from './until.ts';
import { type SlackView, Views } from './views.ts';
import {
  type ApiCall,
  type Breach,
  type Change,
  type Channel,
  type EphemeralMessage,
  type InteractionFailure,
  type Notified,
  type SlackMessage,
  type UploadedFile,
  Workspace,
} from './workspace.ts';

export interface LocalSlackOptions {
  readonly seed?: Partial<SlackSeed>;
  /** 0, the default, takes a free port. */
  readonly port?: number;
  /** How long the bot has to acknowledge; Slack gives it 3000 ms. */
  readonly ackMs?: number;
  /** The clock that triggers, response_urls and signatures go by, in ms. */
  readonly now?: () => number;
}

/** A Slack on this machine: people act in it, and the bot is the real one. */
export interface LocalSlack {
  /** To be set as SLACK_API_URL. */
  readonly apiUrl: string;
  readonly seed: RunningSeed;
  /** The bot's environment: SLACK_API_URL, SLACK_BOT_TOKEN and the secret, or the app token for Socket Mode. */
  environment(mode?: 'http' | 'socket'): Record<string, string>;
  /** Where the bot listens, such as `http://127.0.0.1:3000/slack/events`. */
  connectBot(bot: { readonly requestUrl: string }): void;
  as(user: string): Person;
  /** Has somebody's direct message with the app there, though nothing was said in it yet. */
  openMessages(user: string): Promise<void>;
  /** What stands in a channel (with broadcast replies, without the others), oldest first; without a channel, all. */
  messages(channel?: string): SlackMessage[];
  /** A message and the replies to it. */
  thread(channel: string, ts: string): SlackMessage[];
  message(channel: string, ts: string): SlackMessage | undefined;
  /** When a message came for the first time: ms, never twice the same. */
  arrivedAt(message: Pick<SlackMessage, 'channel' | 'ts'>): number;
  /** An element as it was shown once, also where its message or view has been edited since. */
  elementShown(blockId: string, actionId: string): PlacedElement | undefined;
  view(viewId: string): SlackView | undefined;
  users(): SeedUser[];
  channels(): Channel[];
  readonly ephemerals: readonly EphemeralMessage[];
  readonly files: readonly UploadedFile[];
  readonly calls: readonly ApiCall[];
  /** What the bot sent and Slack refused for its content. */
  readonly breaches: readonly Breach[];
  /** What Slack takes but advises against. */
  readonly warnings: readonly Breach[];
  readonly failures: readonly InteractionFailure[];
  /** Whom the messages in channels called when they were posted. */
  readonly notified: readonly Notified[];
  /** How many Socket Mode connections are open. */
  connections(): number;
  until<T>(look: () => T | undefined | null | false, options?: { readonly timeoutMs?: number }): Promise<T>;
  /** Hears of every change; the answer ends it. */
  on(event: 'change', hear: (change: Change) => void): () => void;
  /** Sends a request to the bot as it is, over HTTP. */
  sendRaw(request: Pick<SignedRequest, 'headers' | 'body'>): Promise<Delivered>;
  /** Sends the last interaction of anybody once more, over whatever carried it. What is answered changes nothing. */
  redeliver(): Promise<Delivered>;
  /** A form, signed. @param options.timestamp Unix seconds */
  signed(
    fields: Readonly<Record<string, string>>,
    options?: { readonly timestamp?: number; readonly secret?: string },
  ): SignedRequest;
  outage(outage: Outage): void;
  recover(): void;
  /** From now on a channel takes only so many messages; null, as at first: all. */
  limitPosts(rate: PostRate | null): void;
  /** How many calls an outage holds up at the moment. */
  hanging(): number;
  /** Asks every Socket Mode connection to be renewed. */
  refreshSockets(): void;
  /** Cuts every Socket Mode connection. */
  dropSockets(): void;
  setUser(id: string, patch: Partial<SeedUser>): void;
  /** Who is in a group; null deletes it. */
  setGroup(id: string, users: readonly string[] | null): void;
  /** Lets somebody into a channel; the bot where nobody is named. */
  invite(channel: string, user?: string): void;
  remove(channel: string, user?: string): void;
  archive(channel: string, archived?: boolean): void;
  /** Opens a channel to others (Slack Connect); null takes it back. */
  share(channel: string, shared: NonNullable<Channel['shared']> | null): void;
  setScopes(scopes: readonly string[]): void;
  stop(): Promise<void>;
}

/** Starts a local Slack on loopback. */
export async function startSlack(options: LocalSlackOptions = {}): Promise<LocalSlack> {
  const given = { ...defaultSeed, ...options.seed };
  const seed: RunningSeed = { ...given, app: { ...given.app, ...newSecrets() } };
  const workspace = new Workspace(seed, options.now ?? Date.now);
  const sockets = new Sockets(workspace);
  const server = new ApiServer((request, socket, head) => sockets.upgrade(request, socket, head));
  const origin = await server.listen(options.port ?? 0);
  const emulated = await startEmulated(seed, origin);
  const views = new Views(workspace);
  const office: Office = { workspace, views, emulated };
  const outages = new Outages(workspace);
  const postRates = new PostRates();
  const responses = new Responses(office, origin);
  const delivery = new Delivery(workspace, sockets, options.ackMs ?? 3000);
  const uploads: Uploads = new Map();
  const methods: Methods = {
    ...peopleMethods(office),
    ...conversationMethods(office),
    ...chatMethods(office),
    ...fileMethods(office, uploads),
    'views.open': { run: (args) => views.open(args, 'open') },
    'views.push': { run: (args) => views.open(args, 'push') },
    'views.update': { run: (args) => views.update(args) },
    'views.publish': { run: (args) => views.publish(args) },
    // emulate has no Socket Mode.
    'apps.connections.open': { run: () => yes({ url: sockets.ticket(origin) }) },
  };
  const unlisted = async (method: string, args: JsonObject): Promise<Answer> => {
    const answer = await emulated.call(method, args);
    return answer.ok === true ? yes(answer) : no(text(answer.error) || 'unknown_method');
  };
  server.serve({
    workspace,
    methods,
    outages,
    postRates,
    unlisted,
    respond: (path, body) => responses.use(path, body),
    upload: (path, type, bytes) => takeUpload(office, uploads, path, type, bytes),
  });
  const people = new Map<string, Person>();
  const { app } = seed;
  const missing = (id: string): never => {
    throw new Error(`there is no channel ${id}`);
  };
  const channel = (id: string, change: (members: readonly string[]) => readonly string[], archived?: boolean): void => {
    const found = workspace.channels.get(id) ?? missing(id);
    workspace.channels.set(id, { ...found, members: change(found.members), archived: archived ?? found.archived });
    workspace.changed('workspace', id);
  };

  return {
    apiUrl: `${origin}/api/`,
    seed,
    environment: (mode = 'http') => ({
      SLACK_API_URL: `${origin}/api/`,
      SLACK_BOT_TOKEN: app.botToken,
      ...(mode === 'http' ? { SLACK_SIGNING_SECRET: app.signingSecret } : { SLACK_APP_TOKEN: app.appToken }),
    }),
    connectBot: ({ requestUrl }) => delivery.connect(requestUrl),
    as: (user) => {
      const person = people.get(user) ?? new Person(user, office, delivery, responses);
      people.set(user, person);
      return person;
    },
    openMessages: async (user) => {
      await openDirect(office, user);
    },
    messages: (id) => (id === undefined ? [...workspace.messages] : inChannel(workspace.messages, id)),
    thread: (id, ts) => inThread(workspace.messages, id, ts),
    message: (id, ts) => workspace.message(id, ts),
    arrivedAt: (message) => workspace.arrivedAt(message),
    elementShown: (blockId, actionId) => workspace.elementShown(blockId, actionId),
    view: (id) => views.find(id),
    users: () => [...workspace.users.values()],
    channels: () => [...workspace.channels.values()],
    ephemerals: workspace.ephemerals,
    notified: workspace.notified,
    files: workspace.files,
    calls: workspace.calls,
    breaches: workspace.breaches,
    warnings: workspace.warnings,
    failures: workspace.failures,
    connections: () => sockets.count,
    until: (look, { timeoutMs = 40_000 } = {}) => until(workspace, look, timeoutMs),
    on: (_event, hear) => workspace.onChange(hear),
    sendRaw: (request) => delivery.raw(request),
    redeliver: () => delivery.again(),
    signed: (fields, { timestamp = Math.floor(workspace.now() / 1000), secret = app.signingSecret } = {}) =>
      signedRequest(new URLSearchParams(fields).toString(), secret, timestamp),
    outage: (outage) => outages.begin(outage),
    recover: () => outages.end(),
    limitPosts: (rate) => postRates.set(rate),
    hanging: () => outages.waiting,
    refreshSockets: () => sockets.refresh(),
    dropSockets: () => sockets.drop(),
    setUser: (id, patch) => {
      const found = workspace.users.get(id);
      if (found === undefined) throw new Error(`there is no user ${id}`);
      workspace.users.set(id, { ...found, ...patch });
      workspace.changed('workspace', id);
    },
    setGroup: (id, users) => {
      const handle = workspace.groups.get(id)?.handle ?? id.toLowerCase();
      if (users === null) workspace.groups.delete(id);
      else workspace.groups.set(id, { id, handle, users });
      workspace.changed('workspace', id);
    },
    invite: (id, user = app.botUserId) => channel(id, (members) => [...new Set([...members, user])]),
    remove: (id, user = app.botUserId) => channel(id, (members) => members.filter((one) => one !== user)),
    archive: (id, archived = true) => channel(id, (members) => members, archived),
    share: (id, shared) => {
      const { shared: _before, ...found } = workspace.channels.get(id) ?? missing(id);
      workspace.channels.set(id, { ...found, ...(shared ? { shared } : {}) });
      workspace.changed('workspace', id);
    },
    setScopes: (scopes) => {
      workspace.scopes = scopes;
    },
    stop: async () => {
      outages.end();
      await sockets.close();
      await server.close();
      await emulated.stop();
    },
  };
}
