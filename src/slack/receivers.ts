import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { type App, HTTPReceiver, type Receiver, SocketModeReceiver } from '@slack/bolt';
import type { Log } from '../log.ts';
import { boltLogger } from '../log.ts';
import type { SlackProxy } from './proxied.ts';

export interface Listening {
  receiver: Receiver;
  /** Starts to take what Slack sends; the port in HTTP mode. */
  start(): Promise<number | null>;
  /** Takes nothing more. */
  stop(): Promise<void>;
}

/** Bolt refuses what is older than 5 minutes; this is how far ahead of ours Slack's clock may be. */
const MOST_AHEAD_SECONDS = 60;
const CLOSE_IDLE_MS = 50;

/** HTTP mode: `POST /slack/events`, signed. */
export function httpListening(signingSecret: string, port: number, log: Log): Listening {
  const receiver = new HTTPReceiver({ signingSecret, port, endpoints: '/slack/events', logger: boltLogger(log) });
  const listen = receiver.requestListener;
  receiver.requestListener = (request, response) => {
    if (isFromTheFuture(request)) return refuse(response, 401);
    normaliseContentType(request);
    listen(request, response);
  };
  let server: Server | null = null;
  return {
    receiver,
    async start() {
      server = await receiver.start(port);
      return (server.address() as AddressInfo).port;
    },
    async stop() {
      if (!server) return;
      // Keep-alive sockets would hold the server open for seconds.
      const http = server as Server & { closeIdleConnections(): void };
      const closing = setInterval(() => http.closeIdleConnections(), CLOSE_IDLE_MS);
      await receiver.stop().finally(() => clearInterval(closing));
    },
  };
}

function isFromTheFuture({ headers }: IncomingMessage): boolean {
  const seconds = Number(headers['x-slack-request-timestamp']);
  return !Number.isFinite(seconds) || seconds > Date.now() / 1000 + MOST_AHEAD_SECONDS;
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status).end();
}

/** Bolt reads a form only under its bare content type. */
function normaliseContentType({ headers }: IncomingMessage): void {
  const form = 'application/x-www-form-urlencoded';
  if (headers['content-type']?.startsWith(`${form};`)) headers['content-type'] = form;
}

/** How many connections: one loses acks for seconds while Slack refreshes it. */
const SOCKETS = 2;

/** Socket Mode: the bot connects to Slack. */
export function socketListening(
  appToken: string,
  apiUrl: string | null,
  proxy: SlackProxy | null,
  log: Log,
): Listening {
  const clientOptions = apiUrl === null ? {} : { slackApiUrl: apiUrl };
  const sockets = Array.from(
    { length: SOCKETS },
    () =>
      new SocketModeReceiver({
        ...{ appToken, logger: boltLogger(log), installerOptions: { clientOptions } },
        ...(proxy === null ? {} : { dispatcher: proxy }),
      }),
  );
  const each = (step: (socket: SocketModeReceiver) => Promise<unknown>) => Promise.all(sockets.map(step));
  const receiver: Receiver = {
    init: (app: App) => {
      for (const socket of sockets) socket.init(app);
    },
    start: () => each((socket) => socket.start()),
    stop: () => each((socket) => socket.stop()),
  };
  // A disconnect can leave a rejection that nobody holds (seen in socket-mode 3.1.0): the bot lives through it.
  const survive = (err: unknown) => log.error({ err }, 'a rejection that nobody held');
  return {
    receiver,
    async start() {
      process.on('unhandledRejection', survive);
      await receiver.start();
      return null;
    },
    async stop() {
      await receiver.stop();
      process.off('unhandledRejection', survive);
    },
  };
}
