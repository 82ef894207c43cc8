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
  'InvalidSignatureException',
  'MissingAuthenticationToken',
  'MissingAuthenticationTokenException',
  'NotAuthorized',
  'OptInRequired',
  'RegionDisabledException',
  'RequestExpired',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
]);
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

/**
 * What an error of the SDK means. It goes by the error's name and HTTP status, never by its message; the action's name is
 * that of the call we made. Whatever came without an HTTP answer is `no-answer`: nobody knows whether it was carried out.
 */
export function toAwsFault(error: unknown, call: AwsCall): AwsFault {
  if (error instanceof AwsFault) return error;
  const metadata = error instanceof Error && '$metadata' in error ? error.$metadata : undefined;
  const status = numberIn(metadata, 'httpStatusCode');
  const requestId = stringIn(metadata, 'requestId');
  const name = error instanceof Error ? error.name : '';
  return new AwsFault(kindOf(name, status, call.operation), { ...call, requestId, cause: error });
}

function kindOf(name: string, status: number | null, operation: string): AwsFaultKind {
  if (BAD_CREDENTIALS.has(name)) return 'credentials';
  if (status === null) return 'no-answer';
  if (THROTTLED.has(name) || status === 429) return 'throttled';
  if (DENIED.has(name) || status === 403) return 'denied';
  if (status >= 500) return 'internal';
  const describes = operation.startsWith('datasync:Describe');
  return name === 'InvalidRequestException' && describes ? 'not-found' : 'rejected';
}

function numberIn(container: unknown, key: string): number | null {
  const value: unknown = typeof container === 'object' && container !== null ? Reflect.get(container, key) : null;
  return typeof value === 'number' ? value : null;
}

function stringIn(container: unknown, key: string): string | null {
  const value: unknown = typeof container === 'object' && container !== null ? Reflect.get(container, key) : null;
  return typeof value === 'string' ? value : null;
}
