import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Log } from '../log.ts';

type CheckState = 'ok' | 'warn' | 'fail';

/** One thing that the bot needs to be good for its work. `detail` is public: no secret, no address with a password. */
export interface ReadinessCheck {
  readonly name: string;
  look(): Promise<{ readonly state: CheckState; readonly detail: string }>;
}

export interface OpsOptions {
  /** 0 = any free one. */
  readonly port: number;
  /** Every interface without one. */
  readonly host?: string;
  readonly checks: readonly ReadinessCheck[];
  /** A prom-client Registry. */
  readonly metrics: { readonly contentType: string; metrics(): Promise<string> };
  readonly log: Log;
}

export interface OpsServer {
  readonly port: number;
  /** Ends at once: no answer of these takes longer than a check may. */
  stop(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const CHECK_LIMIT_MS = 1_000;

/**
 * Serves `/healthz` (200 while the event loop turns), `/readyz` (503 while any check fails) and `/metrics` (Prometheus).
 * @throws what listen() throws, a port in use above all
 */
export async function startOps({ port, host, checks, metrics, log }: OpsOptions): Promise<OpsServer> {
  // Probes that come while one is being answered share its look, so that they can't pile work up on a slow Redis.
  let looking: Promise<Answer> | null = null;
  const readiness = () => {
    looking ??= readyz(checks, log).finally(() => {
      looking = null;
    });
    return looking;
  };
  const pages: Readonly<Record<string, () => Promise<Answer>>> = {
    '/healthz': async () => json(200, { alive: true }),
    '/readyz': readiness,
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
    server.listen({ port, ...(host !== undefined && { host }) }, () => {
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

async function readyz(checks: readonly ReadinessCheck[], log: Log): Promise<Answer> {
  const results = await Promise.all(
    checks.map(async (check) => ({ name: check.name, ...(await within(check, log, CHECK_LIMIT_MS)) })),
  );
  const ready = results.every(({ state }) => state !== 'fail');
  return json(ready ? 200 : 503, { ready, checks: results });
}

/** A check that throws or takes too long has failed; its error goes to the log alone, where secrets are taken out. */
async function within(check: ReadinessCheck, log: Log, limitMs: number) {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<{ state: CheckState; detail: string }>((resolve) => {
    timer = setTimeout(() => resolve({ state: 'fail', detail: `no answer within ${limitMs} ms` }), limitMs);
  });
  const looked = (async () => check.look())().then(
    ({ state, detail }) => ({ state, detail }),
    (err: unknown) => {
      log.warn({ err, check: check.name }, 'a readiness check failed');
      return { state: 'fail' as const, detail: 'failed, see the log' };
    },
  );
  try {
    return await Promise.race([looked, late]);
  } finally {
    clearTimeout(timer);
  }
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
  // Node leaves the body of a HEAD out by itself.
  response.end(body);
}
