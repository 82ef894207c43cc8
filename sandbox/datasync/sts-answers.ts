import type { AwsRefusal } from './refusal.ts';
import type { AssumedRole, Caller } from './sessions.ts';

const NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';

/** The XML of the STS query protocol (API 2011-06-15). */
export function assumeRoleAnswer(role: AssumedRole, requestId: string): string {
  const source = role.sourceIdentity === null ? '' : element('SourceIdentity', role.sourceIdentity);
  const credentials =
    element('AccessKeyId', role.accessKey) +
    element('SecretAccessKey', role.secretKey) +
    element('SessionToken', role.token) +
    element('Expiration', role.expiresAt.toISOString());
  const user = element('AssumedRoleId', role.id) + element('Arn', role.arn);
  const result = `${source}<AssumedRoleUser>${user}</AssumedRoleUser><Credentials>${credentials}</Credentials>`;
  return answer('AssumeRole', result, requestId);
}

export function callerIdentityAnswer(caller: Caller, requestId: string): string {
  const account = caller.account ?? '000000000000';
  const result = element('UserId', caller.accessKey) + element('Account', account) + element('Arn', caller.arn);
  return answer('GetCallerIdentity', result, requestId);
}

export function errorAnswer(refusal: AwsRefusal, requestId: string): string {
  const type = element('Type', refusal.status < 500 ? 'Sender' : 'Receiver');
  // STS names its errors without the ending that the JSON services give them.
  const code = element('Code', refusal.code.replace(/Exception$/, ''));
  const error = `<Error>${type}${code}${element('Message', refusal.message)}</Error>`;
  return `<ErrorResponse xmlns="${NAMESPACE}">${error}${element('RequestId', requestId)}</ErrorResponse>`;
}

function answer(action: string, result: string, requestId: string): string {
  const metadata = `<ResponseMetadata>${element('RequestId', requestId)}</ResponseMetadata>`;
  return `<${action}Response xmlns="${NAMESPACE}"><${action}Result>${result}</${action}Result>${metadata}</${action}Response>`;
}

function element(name: string, text: string): string {
  const escaped = text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
  return `<${name}>${escaped}</${name}>`;
}
