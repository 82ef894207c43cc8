import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Log } from '../logging/logger.ts';

export type CheckState = 'ok' | 'warn' | 'fail';

/** One condition for the bot to do its work. `detail` is public: no secret, no address with a password. */
export interface ReadinessCheck {
  readonly name: string;
  /** From memory, without I/O. */
  judge(): { readonly state: CheckState; readonly detail: string };
}

/** All checks; ready while none fails. */
export interface ReadinessReport {
  readonly ready: boolean;
  readonly checks: readonly { readonly name: string; readonly state: CheckState; readonly detail: string }[];
}

export interface OpsServerOptions {
  /** 0 = any free port. */
  readonly port: number;
  /** Null: every interface. */
  readonly host: string | null;
  readonly readiness: () => ReadinessReport;
  /** A prom-client Registry. */
  readonly metrics: { readonly contentType: string; metrics(): Promise<string> };
  readonly log: Log;
}

export interface OpsServer {
  readonly port: number;
  /** Closes open connections too, without waiting for them. */
  stop(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/**
 * Serves `/healthz` (200 while the event loop runs), `/readyz` (503 while any check fails) and `/metrics` (Prometheus).
 * `/healthz` and `/readyz` are answered from memory, so that nobody with access to the port can put load on the bot.
 * @throws errors of `listen()`, such as EADDRINUSE
 */
export async function startOpsServer({ port, host, readiness, metrics, log }: OpsServerOptions): Promise<OpsServer> {
  const pages: Readonly<Record<string, () => Promise<Answer>>> = {
    '/healthz': async () => json(200, { alive: true }),
    '/readyz': async () => {
      const report = readiness();
      return json(report.ready ? 200 : 503, report);
    },
    '/metrics': async () => ({ status: 200, type: metrics.contentType, body: await metrics.metrics() }),
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    const page = Object.hasOwn(pages, path) ? pages[path] : undefined;
    if (page === undefined) return send(response, json(404, { error: 'not found' }));
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      return send(response, json(405, { error: 'method not allowed' }));
    }
    send(response, await page());
  };

  const server = createServer((request, response) => {
    answer(request, response).catch((err: unknown) => {
      log.error({ err, path: request.url }, 'an ops page failed');
      if (response.headersSent) response.destroy();
      else send(response, json(500, { error: 'failed, see the log' }));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, ...(host !== null && { host }) }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  server.on('error', (err) => log.error({ err }, 'the ops server failed'));

  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function json(status: number, value: unknown): Answer {
  return { status, type: 'application/json; charset=utf-8', body: `${JSON.stringify(value)}\n` };
}

function send(response: ServerResponse, { status, type, body }: Answer): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  // Node omits the body of an answer to HEAD.
  response.end(body);
}
