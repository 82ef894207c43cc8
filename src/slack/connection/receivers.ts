import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { HTTPReceiver, type Receiver, SocketModeReceiver } from '@slack/bolt';
import type { Log } from '../../logging/logger.ts';
import { boltLogger } from '../../logging/logger.ts';
import { trackArrivals } from './arrival-times.ts';
import type { SlackProxy } from './slack-proxy.ts';
import { createSocketPool, type SocketState } from './socket-pool.ts';

export interface Listening {
  receiver: Receiver;
  /** Starts to receive from Slack; resolves to the port in HTTP mode. */
  start(): Promise<number | null>;
  /** Whether requests from Slack can arrive. */
  state(): { kind: 'http'; listening: boolean } | SocketState;
  /** Stops receiving. */
  stop(): Promise<void>;
}

/** Bolt rejects requests that are older than 5 minutes; this is how far Slack's clock may be ahead of ours. */
const MAX_AHEAD_SECONDS = 60;
const CLOSE_IDLE_MS = 50;
/**
 * Slack's forms have 250 kB at most, so a larger body is not from Slack. The body has to be read before its signature
 * can be checked.
 */
const MAX_BYTES = 1024 * 1024;

/**
 * HTTP mode: `POST /slack/events`, signed.
 * @param host every interface if absent
 */
export function httpListening(signingSecret: string, port: number, log: Log, host?: string): Listening {
  const arrivals = trackArrivals();
  const arrivedAt = new WeakMap<IncomingMessage, number>();
  const receiver = new HTTPReceiver({
    signingSecret,
    port,
    endpoints: '/slack/events',
    logger: boltLogger(log),
    bodyLimit: MAX_BYTES,
    customPropertiesExtractor: (request) => ({ arrivedAt: arrivedAt.get(request) }),
  });
  const listen = receiver.requestListener;
  receiver.requestListener = (request, response) => {
    arrivedAt.set(request, arrivals.arrivedAt());
    if (isFromTheFuture(request)) return refuse(response, 401);
    normaliseContentType(request);
    listen(request, response);
  };
  let server: Server | null = null;
  return {
    receiver,
    async start() {
      server = await receiver.start({ port, ...(host === undefined ? {} : { host }) });
      return (server.address() as AddressInfo).port;
    },
    state: () => ({ kind: 'http', listening: server?.listening ?? false }),
    async stop() {
      arrivals.stop();
      if (!server) return;
      // Idle keep-alive sockets would keep the server open for seconds.
      const http = server as Server & { closeIdleConnections(): void };
      const closing = setInterval(() => http.closeIdleConnections(), CLOSE_IDLE_MS);
      await receiver.stop().finally(() => clearInterval(closing));
    },
  };
}

function isFromTheFuture({ headers }: IncomingMessage): boolean {
  const seconds = Number(headers['x-slack-request-timestamp']);
  return !Number.isFinite(seconds) || seconds > Date.now() / 1000 + MAX_AHEAD_SECONDS;
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status).end();
}

/** Bolt parses a form only if its content type has no parameters. */
function normaliseContentType({ headers }: IncomingMessage): void {
  const form = 'application/x-www-form-urlencoded';
  if (headers['content-type']?.startsWith(`${form};`)) headers['content-type'] = form;
}

/** Two connections, because one may be lost without any notice. */
const SOCKETS = 2;
const CONNECT_MS = 10_000;

/** Socket Mode: the bot connects to Slack. */
export function socketListening(
  appToken: string,
  apiUrl: string | null,
  proxy: SlackProxy | null,
  log: Log,
): Listening {
  const arrivals = trackArrivals();
  const clientOptions = {
    ...(apiUrl === null ? {} : { slackApiUrl: apiUrl }),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: CONNECT_MS,
  };
  const make = () =>
    new SocketModeReceiver({
      appToken,
      logger: boltLogger(log),
      autoReconnectEnabled: false,
      installerOptions: { clientOptions },
      customPropertiesExtractor: () => ({ arrivedAt: arrivals.arrivedAt() }),
      ...(proxy === null ? {} : { dispatcher: proxy }),
    });
  const receiver = createSocketPool({ make, log, size: SOCKETS });
  // A disconnect can leave an unhandled rejection (observed in socket-mode 3.1.0). It must not end the process.
  const survive = (err: unknown) => log.error({ err }, 'a rejection that nobody held');
  return {
    receiver,
    async start() {
      process.on('unhandledRejection', survive);
      await receiver.start();
      return null;
    },
    state: receiver.state,
    async stop() {
      arrivals.stop();
      await receiver.stop();
      // Unhandled rejections are reported only after everything that is due now has run.
      await nextTurn();
      process.off('unhandledRejection', survive);
    },
  };
}
