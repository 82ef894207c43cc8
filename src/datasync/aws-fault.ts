import { printable } from '../domain/printable.ts';
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
/** What AWS answers to a signature that it can't follow: of another key, or of another time. */
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

/** AWS takes a signature that is up to five minutes off. */
const CLOCK_OFF_MS = 240_000;
const LONGEST_SAID = 300;

/**
 * What an error of the SDK means. It goes by the error's name and code, the HTTP status and headers, never by its message; the
 * action's name is that of the call we made. Whatever came without an HTTP answer is `no-answer`, but for what can't have been
 * sent: nobody knows whether it was carried out.
 * @throws the error itself where it is a fault of this program: AWS has no part in it
 */
export function toAwsFault(error: unknown, call: AwsCall): AwsFault {
  if (error instanceof AwsFault) return error;
  const answer = answerIn(error);
  if (!(error instanceof Error) || isOurs(error, answer)) throw error;
  const kind = kindOf(error, answer, call.operation);
  return new AwsFault(kind, { ...call, requestId: answer.requestId, said: saidIn(error, kind, answer), cause: error });
}

interface Answer {
  /** Null: none came. */
  status: number | null;
  requestId: string | null;
  type: string;
  /** The clock of who answered. */
  date: string;
  /** What could not be read as AWS's. */
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

/** An error in this program, or in a library: whatever AWS said is no cause of it. */
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

/** By the clock of AWS in its answer, or by what the SDK made of it. */
function isClockOff(error: Error, { date }: Answer): boolean {
  if (field(field(error, '$metadata'), 'clockSkewCorrected') === true) return true;
  const at = Date.parse(date);
  return !Number.isNaN(at) && Math.abs(at - Date.now()) > CLOCK_OFF_MS;
}

function saidIn(error: Error, kind: AwsFaultKind, { status, page }: Answer): string | null {
  if (kind === 'not-aws') return clipped(`HTTP ${status}${page === null ? '' : `: ${page}`}`);
  const { name, message } = error;
  if (status !== null || BAD_CREDENTIALS.has(name)) return clipped(message === '' ? name : `${name}: ${message}`);
  // A time limit of ours says nothing that `no-answer` does not.
  const code = codeOf(error);
  return code === null ? null : clipped(message || code);
}

/** A signature that is not taken is answered with all that was signed, the token of the session among it. */
function clipped(words: string): string {
  const open = words.replace(/(x-amz-security-token:)[^\s]*/gi, '$1…');
  const safe = printable(open.trim());
  return safe.length > LONGEST_SAID ? `${safe.slice(0, LONGEST_SAID - 1)}…` : safe;
}

function codeOf(error: Error): string | null {
  const code = field(error, 'code') ?? field(error.cause, 'code');
  return typeof code === 'string' ? code : null;
}

function field(container: unknown, key: string): unknown {
  return typeof container === 'object' && container !== null ? Reflect.get(container, key) : undefined;
}
