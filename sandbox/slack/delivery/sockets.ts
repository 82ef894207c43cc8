import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { isObject, type JsonObject, parsed, text } from '../json.ts';
import type { Workspace } from '../workspace.ts';

export type EnvelopeType = 'slash_commands' | 'interactive' | 'events_api';

/** At most this many connections at once (docs.slack.dev/apis/events-api/using-socket-mode). */
const mostConnections = 10;
const pingMs = 5000;
/** How long a connection lives on that was told to be renewed. */
const renewalMs = 10_000;
const closeMs = 500;

/** Socket Mode's side of Slack: connections, envelopes to one of them in turn, acknowledgements with payloads. */
export class Sockets {
  readonly #workspace: Workspace;
  readonly #server = new WebSocketServer({ noServer: true });
  readonly #open: WebSocket[] = [];
  /** Told to be renewed: the others are used first. */
  readonly #ending = new Set<WebSocket>();
  readonly #tickets = new Set<string>();
  readonly #waiting = new Map<string, (payload: JsonObject) => void>();
  #turn = 0;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  /** How many connections are open. */
  get count(): number {
    return this.#open.length;
  }

  /** A web socket address that is good for one connection. */
  ticket(origin: string): string {
    const ticket = this.#workspace.id('');
    this.#tickets.add(ticket);
    return `${origin.replace(/^http/, 'ws')}/link/?ticket=${ticket}&app_id=${this.#workspace.app.appId}`;
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const ticket = new URL(request.url ?? '/', 'http://local').searchParams.get('ticket') ?? '';
    if (!this.#tickets.delete(ticket) || this.#open.length >= mostConnections) {
      socket.end('HTTP/1.1 408 Request Timeout\r\nconnection: close\r\n\r\n');
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (connection) => this.#welcome(connection));
  }

  #welcome(connection: WebSocket): void {
    this.#open.push(connection);
    const ping = setInterval(() => connection.ping(), pingMs);
    connection.on('message', (data) => {
      const message = parsed(String(data));
      if (!isObject(message)) return;
      this.#waiting.get(text(message.envelope_id))?.(isObject(message.payload) ? message.payload : {});
    });
    connection.on('error', () => connection.terminate());
    connection.on('close', () => {
      clearInterval(ping);
      this.#ending.delete(connection);
      const index = this.#open.indexOf(connection);
      if (index >= 0) this.#open.splice(index, 1);
      this.#workspace.changed('socket', 'closed');
    });
    const hello = {
      type: 'hello',
      num_connections: this.#open.length,
      connection_info: { app_id: this.#workspace.app.appId },
      debug_info: { host: 'applink-local', approximate_connection_time: 18_060 },
    };
    connection.send(JSON.stringify(hello));
    this.#workspace.changed('socket', 'open');
  }

  /** Sends an envelope over one connection; the answer is the acknowledgement's payload, undefined after `ms`. */
  send(type: EnvelopeType, payload: JsonObject, ms: number): Promise<JsonObject | undefined> {
    this.#turn += 1;
    const lasting = this.#open.filter((one) => !this.#ending.has(one));
    const usable = lasting.length > 0 ? lasting : this.#open;
    const connection = usable[this.#turn % Math.max(1, usable.length)];
    const id = `${this.#workspace.id('')}-${this.#turn}`.toLowerCase();
    const retry = type === 'events_api' ? { retry_attempt: 0, retry_reason: '' } : {};
    const envelope = { envelope_id: id, type, payload, accepts_response_payload: type !== 'events_api', ...retry };
    return new Promise((resolve) => {
      const done = (answer: JsonObject | undefined): void => {
        clearTimeout(timer);
        this.#waiting.delete(id);
        resolve(answer);
      };
      const timer = setTimeout(() => done(undefined), ms);
      this.#waiting.set(id, done);
      connection?.send(JSON.stringify(envelope));
    });
  }

  /** Tells every connection that it is to be renewed, as Slack does every few hours, and cuts it a little later. */
  refresh(): void {
    for (const connection of this.#open) {
      this.#ending.add(connection);
      setTimeout(() => connection.terminate(), renewalMs).unref();
      connection.send(JSON.stringify({ type: 'disconnect', reason: 'refresh_requested', debug_info: {} }));
    }
  }

  /** Ends every connection in good order; who doesn't answer the closing in time is cut off. */
  async close(): Promise<void> {
    const ended = [...this.#open].map(
      (connection) =>
        new Promise<void>((resolve) => {
          const timer = setTimeout(() => connection.terminate(), closeMs);
          connection.once('close', () => {
            clearTimeout(timer);
            resolve();
          });
          connection.close(1000);
        }),
    );
    await Promise.all(ended);
  }

  /** Cuts every connection without a word. */
  drop(): void {
    for (const connection of [...this.#open]) connection.terminate();
  }
}
