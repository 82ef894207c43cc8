import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { elementsOf, mentionsOf, type PlacedElement, withIds } from './block-walk.ts';
import { type JsonObject, text } from './json.ts';
import type { RunningApp, RunningSeed, SeedUser, SlackSeed } from './seed.ts';

/** A message as the channel shows it. Never changed in place: an edit is a new object, so an old card can be kept. */
export interface SlackMessage {
  readonly type: 'message';
  readonly channel: string;
  readonly ts: string;
  readonly user: string;
  readonly bot_id?: string;
  readonly app_id?: string;
  readonly team: string;
  readonly text: string;
  readonly blocks?: readonly JsonObject[];
  readonly thread_ts?: string;
  readonly subtype?: string;
  readonly metadata?: JsonObject;
  readonly edited?: { readonly user: string; readonly ts: string };
  readonly files?: readonly JsonObject[];
}

/** A message that one person alone sees. */
export interface EphemeralMessage extends SlackMessage {
  readonly to: string;
}

export interface Channel {
  readonly id: string;
  readonly name: string;
  readonly private: boolean;
  readonly archived: boolean;
  readonly shared?: 'external' | 'pending' | 'organization';
  readonly members: readonly string[];
  /** The other person, in a direct message. */
  readonly im?: string;
  /** A conversation of several people. */
  readonly mpim?: boolean;
}

export interface UploadedFile {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly content: string;
  readonly channel?: string;
  readonly threadTs?: string;
}

/** One call of the Web API, as the log keeps it. */
export interface ApiCall {
  readonly at: number;
  readonly method: string;
  readonly args: JsonObject;
  readonly ok: boolean;
  readonly error?: string;
  readonly ms: number;
}

/** Something that the bot sent and Slack would not show, or would show otherwise than meant. */
export interface Breach {
  readonly method: string;
  readonly messages: readonly string[];
}

/** What a person was told by Slack itself, because the bot's answer was late, missing or wrong. */
export interface InteractionFailure {
  readonly at: number;
  readonly user: string;
  readonly what: string;
  readonly error: 'operation_timeout' | 'dispatch_failed' | 'http_service_error' | 'invalid_ack';
  readonly status: number;
}

/** Whom a message called when it was posted; edits call nobody. See `mentionsOf`. */
export interface Notified {
  readonly channel: string;
  readonly ts: string;
  readonly called: readonly string[];
}

/** What happened; `id` is the channel, the view, the person or the method that it is about. */
export interface Change {
  readonly what: 'message' | 'ephemeral' | 'view' | 'file' | 'call' | 'failure' | 'workspace' | 'socket';
  readonly id: string;
}

/** The state of the local Slack: who and what there is, and what everybody can see. */
export class Workspace {
  readonly team: SlackSeed['team'];
  readonly app: RunningApp;
  readonly users = new Map<string, SeedUser>();
  readonly channels = new Map<string, Channel>();
  readonly groups = new Map<
    string,
    { readonly id: string; readonly handle: string; readonly users: readonly string[] }
  >();
  readonly messages: SlackMessage[] = [];
  readonly ephemerals: EphemeralMessage[] = [];
  readonly files: UploadedFile[] = [];
  readonly calls: ApiCall[] = [];
  readonly breaches: Breach[] = [];
  readonly warnings: Breach[] = [];
  readonly failures: InteractionFailure[] = [];
  readonly notified: Notified[] = [];
  readonly now: () => number;
  scopes: readonly string[];
  #stamps = 500_000;
  readonly #changes = new EventEmitter();
  /** Channel and ts → when it came, ms. */
  readonly #arrivals = new Map<string, number>();
  #lastArrival = 0;
  /** Block id → what could be used in it when it was shown. */
  readonly #usable = new Map<string, PlacedElement[]>();

  constructor(seed: RunningSeed, now: () => number) {
    this.team = seed.team;
    this.app = seed.app;
    this.scopes = seed.app.scopes;
    this.now = now;
    for (const user of seed.users) this.users.set(user.id, user);
    for (const group of seed.groups) this.groups.set(group.id, group);
    for (const { id, name, members, ...rest } of seed.channels) {
      const { shared, private: closed = false, archived = false } = rest;
      this.channels.set(id, { id, name, members, private: closed, archived, ...(shared ? { shared } : {}) });
    }
    this.#changes.setMaxListeners(0);
  }

  /** A new message timestamp, unique and growing; emulate's own begin at .000001, so the two never meet. */
  stamp(): string {
    this.#stamps += 1;
    return `${Math.floor(this.now() / 1000)}.${this.#stamps}`;
  }

  /**
   * When a message came for the first time, in ms, never twice the same: a ts tells no more than the second, and those
   * of this class and of emulate are counted apart.
   */
  arrivedAt({ channel, ts }: Pick<SlackMessage, 'channel' | 'ts'>): number {
    return this.#arrivals.get(`${channel} ${ts}`) ?? 0;
  }

  #arrives({ channel, ts }: SlackMessage): void {
    const key = `${channel} ${ts}`;
    if (this.#arrivals.has(key)) return;
    this.#lastArrival = Math.max(this.now(), this.#lastArrival + 0.001);
    this.#arrivals.set(key, this.#lastArrival);
  }

  /** A new id such as `V0A1B2C3D4`. */
  id(prefix: string): string {
    return prefix + randomBytes(5).toString('hex').toUpperCase();
  }

  /** Blocks as Slack stores them, each with an id. */
  stored(blocks: readonly JsonObject[]): JsonObject[] {
    const stored = withIds(blocks, () => randomBytes(4).toString('base64url'));
    for (const block of stored) {
      const usable = elementsOf([block]);
      if (usable.length > 0) this.#usable.set(text(block.block_id), usable);
    }
    return stored;
  }

  /** An element as somebody saw it, though an edit may have given its block another id, or taken it away, since. */
  elementShown(blockId: string, actionId: string): PlacedElement | undefined {
    return this.#usable.get(blockId)?.find((one) => one.actionId === actionId);
  }

  changed(what: Change['what'], id: string): void {
    this.#changes.emit('change', { what, id } satisfies Change);
  }

  /** Hears of every change; the answer ends it. */
  onChange(hear: (change: Change) => void): () => void {
    this.#changes.on('change', hear);
    return () => this.#changes.off('change', hear);
  }

  /** Puts a message in, in the place of the one with the same ts where there is one. */
  putMessage(message: SlackMessage): void {
    this.#arrives(message);
    const index = this.messages.findIndex((one) => one.ts === message.ts && one.channel === message.channel);
    if (index >= 0) this.messages[index] = message;
    else {
      this.messages.push(message);
      const called = mentionsOf(message);
      if (called.length > 0) this.notified.push({ channel: message.channel, ts: message.ts, called });
    }
    this.changed('message', message.channel);
  }

  dropMessage(channel: string, ts: string): void {
    const index = this.messages.findIndex((one) => one.ts === ts && one.channel === channel);
    if (index >= 0) this.messages.splice(index, 1);
    this.changed('message', channel);
  }

  message(channel: string, ts: string): SlackMessage | undefined {
    return this.messages.find((one) => one.ts === ts && one.channel === channel);
  }

  putEphemeral(message: EphemeralMessage): void {
    this.#arrives(message);
    const index = this.ephemerals.findIndex((one) => one.ts === message.ts);
    if (index < 0) this.ephemerals.push(message);
    else this.ephemerals[index] = message;
    this.changed('ephemeral', message.to);
  }

  dropEphemeral(ts: string): void {
    const index = this.ephemerals.findIndex((one) => one.ts === ts);
    const [gone] = index < 0 ? [] : this.ephemerals.splice(index, 1);
    if (gone !== undefined) this.changed('ephemeral', gone.to);
  }

  breach(method: string, messages: readonly string[]): void {
    this.breaches.push({ method, messages });
  }
}
