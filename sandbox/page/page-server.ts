import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { isObject, parsed, text } from '../slack/json.ts';
import type { ClientFile } from './client-files.ts';
import type { Act, ActAnswer, Control, Seat } from './page-state.ts';

/** What is behind the page's addresses. */
export interface PageRoutes {
  files: ReadonlyMap<string, ClientFile>;
  seat(id: string): Seat | null;
  /** Tells a page what there is to see, for as long as it is open. `id`: as whom; a stranger gets the first seat. */
  watch(id: string, request: IncomingMessage, socket: Duplex, head: Buffer): void;
  act(seat: Seat, what: Act): Promise<ActAnswer>;
  control(control: Control): Promise<void>;
  /** The text of a file that was shared in Slack. */
  sharedFile(id: string): string | null;
}

type Reply = ClientFile & { status: number };

const LOOPBACK = /^(127\.0\.0\.1|localhost)(:\d+)?$/;
/** Everything from here, nothing from elsewhere. Not every browser counts a web socket to here as `'self'`. */
const policyFor = (host: string): string =>
  `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'${LOOPBACK.test(host) ? ` ws://${host}` : ''}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
const HEADERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};
const MAX_BODY_BYTES = 200_000;

/** Listens on loopback; port 0 takes a free one. */
export async function listen(routes: PageRoutes, port: number): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    answer(routes, request, response).catch((fault: unknown) => {
      // In the demo this is its log file.
      console.error(fault);
      if (!response.headersSent) send(response, said(500, fault instanceof Error ? fault.message : String(fault)));
    });
  });
  server.on('upgrade', (request, socket, head) => {
    const { pathname, searchParams } = addressOf(request);
    if (isForeign(request) || pathname !== '/live') socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n');
    else routes.watch(searchParams.get('as') ?? '', request, socket, head);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The page has no port');
  return { server, url: `http://127.0.0.1:${address.port}/` };
}

async function answer(routes: PageRoutes, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = addressOf(request);
  if (isForeign(request)) send(response, said(403, ''));
  else if (request.method === 'POST') send(response, await posted(routes, pathname, await bodyOf(request)));
  else send(response, got(routes, pathname));
}

function addressOf(request: IncomingMessage): URL {
  return new URL(request.url ?? '/', 'http://page');
}

/** Another site that lets its name point here, or posts or listens here: it gets nothing. */
function isForeign({ headers: { host = '', origin } }: IncomingMessage): boolean {
  return !LOOPBACK.test(host) || (origin ?? `http://${host}`) !== `http://${host}`;
}

async function posted(routes: PageRoutes, path: string, body: unknown): Promise<Reply> {
  if (!isObject(body)) return said(400, 'a JSON object is expected');
  // The page's own code wrote what follows; what doesn't fit is refused by the local Slack and AWS.
  if (path === '/act') {
    const seat = routes.seat(text(body.as));
    if (seat === null || !isObject(body.act)) return said(400, 'as and act are expected');
    return json(await routes.act(seat, body.act as Act));
  }
  if (path !== '/control') return said(404, '');
  await routes.control(body as Control);
  return json({});
}

function got({ files, sharedFile }: PageRoutes, path: string): Reply {
  const shared = path.startsWith('/files/') ? sharedFile(path.slice('/files/'.length)) : null;
  const file = files.get(path);
  if (file) return { status: 200, ...file };
  return shared === null ? said(404, '') : said(200, shared);
}

function said(status: number, words: string): Reply {
  return { status, type: 'text/plain; charset=utf-8', body: words };
}

function json(value: unknown): Reply {
  return { status: 200, type: 'application/json', body: JSON.stringify(value) };
}

function send(response: ServerResponse, { status, type, body }: Reply): void {
  const policy = policyFor(response.req.headers.host ?? '');
  response.writeHead(status, { ...HEADERS, 'content-security-policy': policy, 'content-type': type });
  response.end(body);
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) {
    body += chunk;
    if (body.length > MAX_BODY_BYTES) throw new Error('too much at once');
  }
  return parsed(body);
}
