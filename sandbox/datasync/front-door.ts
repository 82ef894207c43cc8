import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { InjectedFault, InjectedFaults } from './injected-faults.ts';
import { accessDenied, operations } from './operations.ts';
import { AwsRefusal, invalidRequest } from './refusal.ts';
import type { Caller, CallIdentity, Sessions } from './sessions.ts';
import { assumeRoleAnswer, callerIdentityAnswer, errorAnswer } from './sts-answers.ts';
import type { World } from './world.ts';

/** One call as it came in, and what became of it. */
export interface DataSyncCall {
  /** ISO 8601. */
  at: string;
  /** `UpdateTaskExecution`, `AssumeRole` … */
  operation: string;
  /** The Region it was signed for. */
  region: string | null;
  input: Record<string, unknown>;
  /** null where it was not signed with keys that are good. */
  identity: CallIdentity | null;
  /** `ok`, AWS's error code, or the kind of an injected fault that left it without an answer of AWS's. */
  outcome: string;
  requestId: string;
}

interface Inside {
  now(): Date;
  world: World;
  sessions: Sessions;
  faults: InjectedFaults;
  onCall(call: DataSyncCall): void;
}

type Answer = { status: number; type: string; body: string; error?: string };

/** DataSync's awsJson1_1 and STS's query protocol behind one port: they tell each other apart by x-amz-target. */
export function createFrontDoor(inside: Inside): Server {
  return createServer((request, response) => {
    receive(inside, request, response).catch((error: unknown) => {
      // Where the caller went away in the middle nobody is left to answer; anything else is a fault of this sandbox.
      if (!request.destroyed && !response.destroyed)
        process.emitWarning(error instanceof Error ? error : String(error));
      response.destroy();
    });
  });
}

async function receive(inside: Inside, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await text(request);
  const requestId = randomUUID();
  const target = request.headers['x-amz-target'];
  const form = typeof target === 'string' ? null : new URLSearchParams(body);
  const operation = form ? (form.get('Action') ?? '?') : String(target).replace(/^FmrsService\./, '');
  const call: DataSyncCall = {
    at: inside.now().toISOString(),
    operation,
    region: null,
    input: {},
    identity: null,
    outcome: 'ok',
    requestId,
  };
  let caller: Caller | null = null;
  let refusal: AwsRefusal | null = null;
  try {
    call.input = form ? Object.fromEntries(form) : parseInput(body);
    const token = request.headers['x-amz-security-token'];
    const { authorization } = request.headers;
    caller = inside.sessions.callerOf({ authorization, token: typeof token === 'string' ? token : null });
    call.region = caller.region;
    call.identity = { accessKey: caller.accessKey, session: caller.session };
  } catch (error) {
    refusal = asRefusal(error);
  }
  const fault = refusal ? null : inside.faults.take(operation, call.region);
  const carryOut = (): Answer => {
    if (refusal || !caller) return refusalAnswer(refusal ?? invalidRequest('Not signed.'), form !== null, requestId);
    return form ? answerSts(inside, form, caller, requestId) : answerDataSync(inside, operation, call.input, caller);
  };
  await respond(inside, { call, caller, form: form !== null, fault, carryOut }, response);
}

interface Exchange {
  call: DataSyncCall;
  caller: Caller | null;
  form: boolean;
  fault: InjectedFault | null;
  carryOut(): Answer;
}

async function respond(inside: Inside, exchange: Exchange, response: ServerResponse): Promise<void> {
  const { call, fault, form, caller } = exchange;
  const finish = (outcome: string) => inside.onCall({ ...call, outcome });
  const send = (answer: Answer) => {
    finish(answer.error ?? 'ok');
    response.writeHead(answer.status, { 'content-type': answer.type, 'x-amzn-requestid': call.requestId });
    response.end(answer.body);
  };
  const refuse = (refusal: AwsRefusal) => send(refusalAnswer(refusal, form, call.requestId));
  const kind = fault?.kind;
  const ms = fault?.ms;
  switch (kind) {
    case undefined:
      return send(exchange.carryOut());
    case 'hang':
      finish('hang');
      if (ms !== undefined) later(response, ms, () => sendQuietly(exchange.carryOut(), call, response));
      return;
    case 'reset':
      finish('reset');
      response.socket?.resetAndDestroy();
      return;
    case 'lost-update':
      finish(exchange.carryOut().error ?? 'lost-update');
      if (ms !== undefined) later(response, ms, () => response.socket?.resetAndDestroy());
      return;
    case 'ignored-update':
      return send({ status: 200, type: JSON_TYPE, body: '{}' });
    case 'html503':
      finish('html503');
      response.writeHead(fault?.status ?? 503, { 'content-type': 'text/html' });
      response.end('<html><body><h1>503 Service Unavailable</h1></body></html>');
      return;
    case 'throttle':
      return refuse(new AwsRefusal('ThrottlingException', 400, 'Rate exceeded'));
    case 'internal':
      return refuse(new AwsRefusal(form ? 'InternalFailure' : 'InternalException', 500, 'Internal error.'));
    case 'rejected':
      return refuse(invalidRequest(fault?.message ?? 'The request is not valid.'));
    case 'clock': {
      const ahead = new Date(Date.now() + AHEAD_MS).toUTCString();
      response.setHeader('date', ahead);
      return refuse(new AwsRefusal('InvalidSignatureException', 403, `Signature expired: it is now ${ahead}`));
    }
    case 'region':
      return refuse(new AwsRefusal('RegionDisabledException', 403, 'This Region is not enabled for the account.'));
    case 'deny':
      if (!caller) return refuse(invalidRequest('Not signed.'));
      if (form) return refuse(new AwsRefusal('AccessDenied', 403, `User: ${caller.arn} is not authorized.`));
      return refuse(accessDenied(`datasync:${call.operation}`, resourceOf(call.input), caller, fault?.message));
    default:
      return kind satisfies never;
  }
}

/** A hanging call is in the log already, so its late answer is not logged again. */
function sendQuietly(answer: Answer, call: DataSyncCall, response: ServerResponse): void {
  if (response.destroyed) return;
  response.writeHead(answer.status, { 'content-type': answer.type, 'x-amzn-requestid': call.requestId });
  response.end(answer.body);
}

function later(response: ServerResponse, ms: number, what: () => void): void {
  const timer = setTimeout(what, ms);
  timer.unref();
  response.once('close', () => clearTimeout(timer));
}

const AHEAD_MS = 600_000;
const JSON_TYPE = 'application/x-amz-json-1.1';

function answerDataSync(inside: Inside, operation: string, input: Record<string, unknown>, caller: Caller): Answer {
  try {
    const handler = operations[operation];
    if (!handler) throw new AwsRefusal('UnknownOperationException', 400, `${operation} is not one of DataSync's.`);
    return { status: 200, type: JSON_TYPE, body: JSON.stringify(handler(inside.world, input, caller)) };
  } catch (error) {
    return refusalAnswer(asRefusal(error), false, '');
  }
}

function answerSts(inside: Inside, form: URLSearchParams, caller: Caller, requestId: string): Answer {
  const xml = (body: string): Answer => ({ status: 200, type: 'text/xml', body });
  try {
    switch (form.get('Action')) {
      case 'AssumeRole':
        return xml(assumeRoleAnswer(inside.sessions.assume(form, caller), requestId));
      case 'GetCallerIdentity':
        return xml(callerIdentityAnswer(caller, requestId));
      default:
        throw new AwsRefusal('InvalidAction', 400, `${form.get('Action')} is not one of STS's.`);
    }
  } catch (error) {
    return refusalAnswer(asRefusal(error), true, requestId);
  }
}

function refusalAnswer(refusal: AwsRefusal, form: boolean, requestId: string): Answer {
  const { code, status, message } = refusal;
  if (form) return { status, type: 'text/xml', body: errorAnswer(refusal, requestId), error: code };
  return { status, type: JSON_TYPE, body: JSON.stringify({ __type: code, message, Message: message }), error: code };
}

/** Anything but a refusal is a fault of this sandbox, and must be seen as one. */
function asRefusal(error: unknown): AwsRefusal {
  if (error instanceof AwsRefusal) return error;
  throw error;
}

function parseInput(body: string): Record<string, unknown> {
  let input: unknown;
  try {
    input = JSON.parse(body);
  } catch {
    throw new AwsRefusal('SerializationException', 400, 'The body is not JSON.');
  }
  if (typeof input !== 'object' || input === null) throw new AwsRefusal('SerializationException', 400, 'No object.');
  return { ...input };
}

function resourceOf(input: Record<string, unknown>): string {
  return String(input.TaskExecutionArn ?? input.TaskArn ?? '*');
}
