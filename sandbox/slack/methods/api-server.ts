import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Outage, Outages } from '../faults/outages.ts';
import type { PostRates } from '../faults/post-rates.ts';
import { isObject, type JsonObject, parsed, text } from '../json.ts';
import type { Workspace } from '../workspace.ts';
import { type Answer, no } from './answer.ts';
import type { Methods } from './method.ts';

/** What the server is made of; the rest of the paths are `other`'s. */
export interface ApiParts {
  readonly workspace: Workspace;
  readonly methods: Methods;
  readonly outages: Outages;
  readonly postRates: PostRates;
  /** A method that isn't in the table. */
  readonly unlisted: (method: string, args: JsonObject) => Promise<Answer>;
  /** A response_url; undefined for a path that is none. */
  readonly respond: (path: string, body: JsonObject) => Promise<Answer | undefined>;
  /** A file's bytes. */
  readonly upload: (path: string, type: string, bytes: Buffer) => Promise<{ status: number; body: string }>;
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Arguments come as a form, as JSON or in the address; anything nested in a form is JSON text. */
function argumentsOf(request: IncomingMessage, url: URL, body: string): JsonObject {
  const fields = Object.fromEntries(url.searchParams);
  if ((request.headers['content-type'] ?? '').startsWith('application/json')) {
    const json = parsed(body);
    return { ...fields, ...(isObject(json) ? json : {}) };
  }
  return { ...fields, ...Object.fromEntries(new URLSearchParams(body)) };
}

function send(response: ServerResponse, status: number, headers: Record<string, string>, body: string): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

/** Slack's HTTP side: the Web API under /api/, response_urls, and addresses to upload files to. */
export class ApiServer {
  #parts: ApiParts | undefined;
  readonly #server: Server;

  constructor(onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void) {
    this.#server = createServer((request, response) => {
      this.#handle(request, response).catch((fault: unknown) => {
        // A fault of the sandbox itself: as a 500 with its stack it shows in the bot's log and fails the test.
        const stack = fault instanceof Error ? (fault.stack ?? fault.message) : String(fault);
        if (!response.headersSent) send(response, 500, { 'content-type': 'text/plain' }, stack);
        else response.destroy();
      });
    });
    this.#server.keepAliveTimeout = 60_000;
    this.#server.on('upgrade', onUpgrade);
  }

  /** Listens on loopback; the answer is the origin, `http://127.0.0.1:…`. */
  async listen(port: number): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', resolve);
    });
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  serve(parts: ApiParts): void {
    this.#parts = parts;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts = this.#parts;
    const url = new URL(request.url ?? '/', 'http://local');
    const bytes = await bytesOf(request);
    if (parts === undefined) return send(response, 503, {}, '');
    if (url.pathname.startsWith('/api/')) {
      const args = argumentsOf(request, url, bytes.toString('utf8'));
      return this.#call(parts, url.pathname.slice('/api/'.length), args, request, response);
    }
    if (url.pathname.startsWith('/upload/')) {
      const stored = await parts.upload(url.pathname, request.headers['content-type'] ?? '', bytes);
      return send(response, stored.status, { 'content-type': 'text/plain' }, stored.body);
    }
    const body = parsed(bytes.toString('utf8'));
    await this.#logged(parts, 'response_url', isObject(body) ? body : {}, response, async () => {
      if (!isObject(body)) return { status: 400, answer: no('invalid_payload'), headers: {} };
      const answer = await parts.respond(url.pathname, body);
      if (answer === undefined) return { status: 404, answer: no('no_team'), headers: {} };
      const gone = answer.error === 'used_url' || answer.error === 'expired_url';
      return { status: answer.ok ? 200 : gone ? 404 : 400, answer, headers: {} };
    });
  }

  async #call(
    parts: ApiParts,
    name: string,
    args: JsonObject,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const { workspace, methods } = parts;
    const method = methods[name];
    const token = (request.headers.authorization ?? '').replace(/^Bearer /, '') || text(args.token);
    const { token: _token, ...said } = args;
    const needed = method?.scopes?.(said) ?? [];
    await this.#logged(parts, name, said, response, async () => {
      const refusal = refused(workspace, name, token, needed);
      const answer = refusal ?? (await (method?.run(said) ?? parts.unlisted(name, said)));
      const granted = name === 'apps.connections.open' ? 'connections:write' : workspace.scopes.join(',');
      const known = refusal === undefined || refusal.error === 'missing_scope';
      const scopes = known ? { 'x-oauth-scopes': granted, 'x-accepted-oauth-scopes': needed.join(',') } : {};
      return { status: 200, answer, headers: scopes };
    });
  }

  /** Carries out a call under the outage that meets it, answers, and writes it down. */
  async #logged(
    { workspace, outages, postRates }: ApiParts,
    method: string,
    args: JsonObject,
    response: ServerResponse,
    run: () => Promise<{ status: number; answer: Answer; headers: Record<string, string> }>,
  ): Promise<void> {
    const at = workspace.now();
    const from = performance.now();
    const log = (ok: boolean, error: string): void => {
      const ms = performance.now() - from;
      workspace.calls.push({ at, method, args, ok, ms, ...(ok ? {} : { error }) });
      workspace.changed('call', method);
    };
    const outage = outages.meet(method) ?? postRates.meet(method, args);
    if (outage !== undefined && (await struck(outage, outages, response))) return log(false, `outage: ${outage.kind}`);
    const { status, answer, headers } = await run();
    if (outage?.kind === 'lost') {
      response.destroy();
      return log(false, `outage: lost (carried out: ${answer.ok ? 'ok' : text(answer.error)})`);
    }
    if (outage?.kind === 'late') await outages.wait(outage.ms);
    const type = {
      'content-type': 'application/json; charset=utf-8',
      'x-slack-req-id': workspace.id('').toLowerCase(),
    };
    send(response, status, { ...type, ...headers }, JSON.stringify(answer));
    log(answer.ok, text(answer.error));
  }
}

function refused(workspace: Workspace, name: string, token: string, needed: readonly string[]): Answer | undefined {
  const { app, scopes } = workspace;
  if (token === '') return no('not_authed');
  if (token !== app.botToken && token !== app.appToken) return no('invalid_auth');
  if ((token === app.appToken) !== (name === 'apps.connections.open')) return no('not_allowed_token_type');
  const missing = needed.filter((scope) => !scopes.includes(scope));
  if (missing.length === 0) return undefined;
  return no('missing_scope', { needed: missing.join(','), provided: scopes.join(',') });
}

/** Lets an outage strike; true where the call ends with it. */
async function struck(outage: Outage, outages: Outages, response: ServerResponse): Promise<boolean> {
  const { kind } = outage;
  if (kind === 'lost' || kind === 'late') return false;
  if (kind === 'slow' || kind === 'hang') await outages.wait(outage.ms);
  if (kind === 'slow') return false;
  if (kind === 'down' || kind === 'hang') response.destroy();
  else if (kind === 'ratelimited') {
    const headers = { 'retry-after': String(outage.retryAfter ?? 1), 'content-type': 'application/json' };
    send(response, 429, headers, JSON.stringify(no('ratelimited')));
  } else if (outage.status !== undefined) {
    send(response, outage.status, { 'content-type': 'text/html' }, `<html><body>${outage.status}</body></html>`);
  } else {
    send(response, 200, { 'content-type': 'application/json' }, JSON.stringify(no(outage.error ?? 'internal_error')));
  }
  return true;
}
