import { describe, expect, it } from 'vitest';
import { toAwsFault } from '../../src/datasync/aws-fault.ts';
import { AwsFault } from '../../src/workflow/faults.ts';

const UPDATE = { operation: 'datasync:UpdateTaskExecution', role: null };

function sdkError(name: string, httpStatusCode?: number) {
  const $metadata = { attempts: 1, ...(httpStatusCode === undefined ? {} : { httpStatusCode, requestId: 'id-1' }) };
  return Object.assign(new Error('is not authorized to perform: nothing here is to be read'), { name, $metadata });
}

describe('what an error of the SDK means', () => {
  it.each([
    ['ThrottlingException', 400, 'throttled'],
    ['Throttling', 400, 'throttled'],
    ['Unheard', 429, 'throttled'],
    ['AccessDenied', 403, 'denied'],
    ['AccessDeniedException', 400, 'denied'],
    ['Unheard', 403, 'denied'],
    ['SignatureDoesNotMatch', 403, 'credentials'],
    ['ExpiredTokenException', 400, 'credentials'],
    ['UnrecognizedClientException', 400, 'credentials'],
    ['CredentialsProviderError', undefined, 'credentials'],
    ['InvalidRequestException', 400, 'rejected'],
    ['ValidationException', 400, 'rejected'],
    ['InternalException', 500, 'internal'],
    ['SyntaxError', 503, 'internal'],
    ['AbortError', undefined, 'no-answer'],
    ['TimeoutError', undefined, 'no-answer'],
    ['Error', undefined, 'no-answer'],
  ])('%s with status %s is %s', (name, status, kind) => {
    const cause = sdkError(name, status);
    expect(toAwsFault(cause, UPDATE)).toMatchObject({ kind, ...UPDATE, cause });
  });

  it('is an unknown execution where a describe is refused as invalid, and nowhere else', () => {
    const kindAt = (operation: string) =>
      toAwsFault(sdkError('InvalidRequestException', 400), { operation, role: null });
    expect(kindAt('datasync:DescribeTaskExecution').kind).toBe('not-found');
    expect(kindAt('datasync:ListTaskExecutions').kind).toBe('rejected');
  });

  it('keeps the request id, and the fault of an earlier step as it is', () => {
    expect(toAwsFault(sdkError('InternalException', 500), UPDATE).requestId).toBe('id-1');
    const assumed = new AwsFault('denied', { operation: 'sts:AssumeRole', role: 'arn' });
    expect(toAwsFault(assumed, UPDATE)).toBe(assumed);
  });
});
