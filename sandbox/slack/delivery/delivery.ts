import { post } from '../http-call.ts';
import { isObject, type JsonObject, parsed } from '../json.ts';
import type { InteractionFailure, Workspace } from '../workspace.ts';
import { type SignedRequest, signedRequest } from './signing.ts';
import type { EnvelopeType, Sockets } from './sockets.ts';

/** What came back from the bot. `status` 0 = nothing within 3 s, or no connection. */
export interface Delivered {
  readonly status: number;
  readonly body: string;
  /** The body where it is a JSON object. */
  readonly json: JsonObject | undefined;
  readonly ms: number;
  readonly failure: InteractionFailure['error'] | undefined;
}

/** An interaction on its way: form fields for a command, `payload` for a click or submit, JSON for an event. */
export interface Outgoing {
  readonly type: EnvelopeType;
  readonly payload: JsonObject;
}

/** The request that carries an interaction, signed with the app's secret. */
export function asRequest(workspace: Workspace, { type, payload }: Outgoing, seconds?: number): SignedRequest {
  const at = seconds ?? Math.floor(workspace.now() / 1000);
  const secret = workspace.app.signingSecret;
  if (type === 'events_api') return signedRequest(JSON.stringify(payload), secret, at, 'application/json');
  const fields =
    type === 'interactive'
      ? { payload: JSON.stringify(payload) }
      : Object.fromEntries(Object.entries(payload).map(([name, value]) => [name, String(value)]));
  return signedRequest(new URLSearchParams(fields).toString(), secret, at);
}

/** Brings people's interactions to the bot: over Socket Mode where it is connected, else to its request URL. */
export class Delivery {
  readonly #workspace: Workspace;
  readonly #sockets: Sockets;
  readonly #ackMs: number;
  #requestUrl: string | undefined;
  #last: Outgoing | undefined;

  constructor(workspace: Workspace, sockets: Sockets, ackMs: number) {
    this.#workspace = workspace;
    this.#sockets = sockets;
    this.#ackMs = ackMs;
  }

  connect(requestUrl: string): void {
    this.#requestUrl = requestUrl;
  }

  /** Sends a request as it is, over HTTP. */
  async raw(request: Pick<SignedRequest, 'headers' | 'body'>): Promise<Delivered> {
    if (this.#requestUrl === undefined) throw new Error('no request URL: call connectBot first, or open Socket Mode');
    const from = performance.now();
    const ms = (): number => performance.now() - from;
    try {
      const reply = await post(this.#requestUrl, request.headers, request.body, { timeoutMs: this.#ackMs });
      const json = parsed(reply.body);
      const failure = reply.status === 200 ? undefined : 'http_service_error';
      return { status: reply.status, body: reply.body, json: isObject(json) ? json : undefined, ms: ms(), failure };
    } catch (fault) {
      const late = fault instanceof Error && fault.name === 'TimeoutError';
      const failure = late ? 'operation_timeout' : 'dispatch_failed';
      return { status: 0, body: '', json: undefined, ms: ms(), failure };
    }
  }

  /** Sends an interaction; a bot that is late or answers no 200 is a failure that the person sees. */
  async send(user: string, what: string, outgoing: Outgoing): Promise<Delivered> {
    this.#last = outgoing;
    const delivered = await this.#carry(outgoing);
    if (delivered.failure !== undefined) this.failed(user, what, delivered.failure, delivered.status);
    return delivered;
  }

  /** Sends the last interaction once more, as Slack does when an acknowledgement got lost: same ids, new signature. */
  again(): Promise<Delivered> {
    if (this.#last === undefined) throw new Error('nothing was sent yet');
    return this.#carry(this.#last);
  }

  #carry(outgoing: Outgoing): Promise<Delivered> {
    return this.#sockets.count > 0 ? this.#overSocket(outgoing) : this.raw(asRequest(this.#workspace, outgoing));
  }

  failed(user: string, what: string, error: InteractionFailure['error'], status: number): void {
    this.#workspace.failures.push({ at: this.#workspace.now(), user, what, error, status });
    this.#workspace.changed('failure', user);
  }

  async #overSocket({ type, payload }: Outgoing): Promise<Delivered> {
    const from = performance.now();
    const json = await this.#sockets.send(type, payload, this.#ackMs);
    const ms = performance.now() - from;
    if (json === undefined) return { status: 0, body: '', json, ms, failure: 'operation_timeout' };
    const body = Object.keys(json).length === 0 ? '' : JSON.stringify(json);
    return { status: 200, body, json: body === '' ? undefined : json, ms, failure: undefined };
  }
}
