import { printable } from '../domain/text/printable.ts';
import { AwsFault, type AwsFaultKind } from '../workflow/faults.ts';

/** Which call it was: IAM's name of the action, and the role it was made under. */
export interface AwsCall {
  operation: string;
  role: string | null;
}

const BAD_CREDENTIALS = new Set([
  'CredentialsProviderError',
  'TokenProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'IncompleteSignature',
  'IncompleteSignatureException',
  'InvalidClientTokenId',
  'MissingAuthenticationToken',
  'MissingAuthenticationTokenException',
  'NotAuthorized',
  'UnrecognizedClientException',
]);
/** A signature that AWS can't verify: made with another key, or at another time. */
const BAD_SIGNATURE = new Set(['AuthFailure', 'InvalidSignatureException', 'SignatureDoesNotMatch']);
const OTHER_TIME = new Set(['RequestExpired', 'RequestInTheFuture', 'RequestTimeTooSkewed']);
const REGION_NOT_ENABLED = new Set(['OptInRequired', 'RegionDisabledException']);
const THROTTLED = new Set([
  'BandwidthLimitExceeded',
  'LimitExceededException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'Throttling',
  'ThrottledException',
  'ThrottlingException',
  'TooManyRequestsException',
]);
const DENIED = new Set(['AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation']);
const UNRESOLVED = new Set(['EAI_AGAIN', 'EAI_NODATA', 'EAI_NONAME', 'ENODATA', 'ENOTFOUND']);
const NO_WAY_THROUGH = 'ERR_PROXY_TUNNEL';

/** AWS accepts a signature whose time is up to five minutes off. */
const CLOCK_OFF_MS = 240_000;
const MAX_SAID_LENGTH = 300;

/**
 * What an error of the SDK means. Decided by the error's name and code and by the HTTP status and headers, never by its message.
 * An error without an HTTP answer is `no-answer` (the call may have been carried out), unless the call can't have been sent.
 * @throws the error itself where it is a fault of this program
 */
export function toAwsFault(error: unknown, call: AwsCall): AwsFault {
  if (error instanceof AwsFault) return error;
  const answer = answerIn(error);
  if (!(error instanceof Error) || isOurs(error, answer)) throw error;
  const kind = kindOf(error, answer, call.operation);
  return new AwsFault(kind, { ...call, requestId: answer.requestId, said: saidIn(error, kind, answer), cause: error });
}

interface Answer {
  /** Null: there was no HTTP answer. */
  status: number | null;
  requestId: string | null;
  type: string;
  /** The clock of the server that answered. */
  date: string;
  /** A body that could not be parsed as an answer of AWS. */
  page: string | null;
}

function answerIn(error: unknown): Answer {
  const metadata = field(error, '$metadata');
  const headers = field(field(error, '$response'), 'headers');
  const text = (value: unknown) => (typeof value === 'string' ? value : null);
  const status = field(metadata, 'httpStatusCode') ?? field(field(error, '$response'), 'statusCode');
  return {
    status: typeof status === 'number' ? status : null,
    requestId: text(field(metadata, 'requestId')),
    type: text(field(headers, 'content-type')) ?? '',
    date: text(field(headers, 'date')) ?? '',
    page: text(field(error, '$responseBodyText')) ?? text(field(field(error, '$response'), 'body')),
  };
}

/** An error in this program, or in a library. A SyntaxError with an HTTP answer comes from parsing that answer. */
function isOurs(error: Error, { status }: Answer): boolean {
  if (error instanceof SyntaxError) return status === null;
  return [TypeError, RangeError, ReferenceError, EvalError, URIError].some((type) => error instanceof type);
}

function kindOf(error: Error, answer: Answer, operation: string): AwsFaultKind {
  const { name } = error;
  const { status } = answer;
  if (BAD_CREDENTIALS.has(name)) return 'credentials';
  if (OTHER_TIME.has(name)) return 'clock';
  if (BAD_SIGNATURE.has(name)) return isClockOff(error, answer) ? 'clock' : 'credentials';
  if (REGION_NOT_ENABLED.has(name)) return 'region';
  if (status === null) return unsentKind(codeOf(error));
  if (isForeign(error, answer)) return 'not-aws';
  if (THROTTLED.has(name) || status === 429) return 'throttled';
  if (DENIED.has(name) || status === 403) return 'denied';
  if (status >= 500) return 'internal';
  const describes = operation.startsWith('datasync:Describe');
  return name === 'InvalidRequestException' && describes ? 'not-found' : 'rejected';
}

function unsentKind(code: string | null): AwsFaultKind {
  if (code !== null && UNRESOLVED.has(code)) return 'unresolved';
  return code === NO_WAY_THROUGH ? 'proxy' : 'no-answer';
}

/** Neither the JSON of DataSync nor the XML of STS. */
function isForeign(error: Error, { type }: Answer): boolean {
  return error instanceof SyntaxError || /^text\/(?:html|plain)\b/i.test(type);
}

/** By the time in AWS's answer, or by the SDK's own correction. */
function isClockOff(error: Error, { date }: Answer): boolean {
  if (field(field(error, '$metadata'), 'clockSkewCorrected') === true) return true;
  const at = Date.parse(date);
  return !Number.isNaN(at) && Math.abs(at - Date.now()) > CLOCK_OFF_MS;
}

function saidIn(error: Error, kind: AwsFaultKind, { status, page }: Answer): string | null {
  if (kind === 'not-aws') return clipped(`HTTP ${status}${page === null ? '' : `: ${page}`}`);
  const { name, message } = error;
  if (status !== null || BAD_CREDENTIALS.has(name)) return clipped(message === '' ? name : `${name}: ${message}`);
  // The words of our own time limit say no more than `no-answer`.
  const code = codeOf(error);
  return code === null ? null : clipped(message || code);
}

/** AWS's answer to a bad signature repeats everything that was signed, the session token included. */
function clipped(words: string): string {
  const open = words.replace(/(x-amz-security-token:)[^\s]*/gi, '$1…');
  const safe = printable(open.trim());
  return safe.length > MAX_SAID_LENGTH ? `${safe.slice(0, MAX_SAID_LENGTH - 1)}…` : safe;
}

function codeOf(error: Error): string | null {
  const code = field(error, 'code') ?? field(error.cause, 'code');
  return typeof code === 'string' ? code : null;
}

function field(container: unknown, key: string): unknown {
  return typeof container === 'object' && container !== null ? Reflect.get(container, key) : undefined;
}
