import { describe, expect, it } from 'vitest';
import { toAwsFault } from '../../src/aws/aws-fault.ts';
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
    ['RequestTimeTooSkewed', 403, 'clock'],
    ['InvalidSignatureException', 403, 'credentials'],
    ['OptInRequired', 403, 'region'],
    ['RegionDisabledException', 403, 'region'],
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

  it('is no fault of AWS where this program has one', () => {
    for (const error of [new TypeError('x is not a function'), new RangeError('x'), new SyntaxError('x'), 'a text']) {
      expect(() => toAwsFault(error, UPDATE)).toThrow(error instanceof Error ? error : 'a text');
    }
    const page = Object.assign(new SyntaxError('Unexpected token <'), { $metadata: { httpStatusCode: 502 } });
    expect(toAwsFault(page, UPDATE).kind).toBe('not-aws');
  });

  it('is a clock that is off where AWS’s own is minutes from ours, and else a wrong key', () => {
    const answered = (at: number) => {
      const headers = { date: new Date(at).toUTCString() };
      return Object.assign(sdkError('InvalidSignatureException', 403), { $response: { headers } });
    };
    expect(toAwsFault(answered(Date.now() + 600_000), UPDATE).kind).toBe('clock');
    expect(toAwsFault(answered(Date.now() - 600_000), UPDATE).kind).toBe('clock');
    expect(toAwsFault(answered(Date.now()), UPDATE).kind).toBe('credentials');
  });

  it('keeps what was said, and no session token that AWS repeats', () => {
    const error = sdkError('SignatureDoesNotMatch', 403);
    error.message = "should have been\n'POST\nx-amz-security-token:FwoGZXIvYXdzEXAMPLE\nhost:x'";
    expect(toAwsFault(error, UPDATE).said).toBe(
      "SignatureDoesNotMatch: should have been\\n'POST\\nx-amz-security-token:…\\nhost:x'",
    );
    const unresolved = Object.assign(new Error('getaddrinfo EAI_AGAIN sts.example'), { code: 'EAI_AGAIN' });
    expect(toAwsFault(unresolved, UPDATE)).toMatchObject({
      kind: 'unresolved',
      said: 'getaddrinfo EAI_AGAIN sts.example',
    });
    expect(toAwsFault(sdkError('TimeoutError'), UPDATE).said).toBeNull();
  });

  it('keeps the request id, and the fault of an earlier step as it is', () => {
    expect(toAwsFault(sdkError('InternalException', 500), UPDATE).requestId).toBe('id-1');
    const assumed = new AwsFault('denied', { operation: 'sts:AssumeRole', role: 'arn' });
    expect(toAwsFault(assumed, UPDATE)).toBe(assumed);
  });
});
