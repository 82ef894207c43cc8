import { expect, it } from 'vitest';
import { judgeFault } from '../../../src/serve/work/judge-fault.ts';
import {
  AwsFault,
  ClaimLost,
  LedgerLost,
  NotRead,
  NotRecorded,
  OutcomeUnknown,
  PersonUnknown,
  RequestUnreadable,
  RunUnreadable,
} from '../../../src/workflow/faults.ts';

/** As Slack's client throws it. */
const slack = (error: string) =>
  Object.assign(new Error(`An API error occurred: ${error}`), {
    code: 'slack_webapi_platform_error',
    data: { ok: false, error },
  });

it.each([
  ['Redis can’t be reached', new NotRecorded('x')],
  ['Redis does not answer a read', new NotRead('x')],
  ['Redis did not answer a write', new OutcomeUnknown('op', Promise.resolve('recorded'), null)],
  ['a command broke off', new Error('Connection is closed.')],
  ['the log is lost', new LedgerLost('x')],
  ['another worker has the claim', new ClaimLost('x')],
  ['Slack can’t say who somebody is', new PersonUnknown('U1')],
  ['AWS does not answer', new AwsFault('no-answer', { operation: 'datasync:DescribeTaskExecution' })],
  ['Slack has trouble', slack('internal_error')],
  ['the app is to be fixed', slack('invalid_auth')],
  ['Slack did not answer', Object.assign(new Error('x'), { code: 'slack_webapi_request_error' })],
])('is an outage: %s', (_, fault) => {
  expect(judgeFault(fault)).toBe('outage');
});

it.each([
  ['a bug', new TypeError('x is not a function')],
  ['what is no error', 'x'],
  ['a message that Slack refuses', slack('invalid_blocks')],
])('is the work’s own: %s', (_, fault) => {
  expect(judgeFault(fault)).toBe('failed');
});

it.each([
  ['a run of a newer schema', new RunUnreadable('arn', 'x')],
  ['a state that can’t be read', new RequestUnreadable('r-1', null)],
])('is for a newer bot: %s', (_, fault) => {
  expect(judgeFault(fault)).toBe('left');
});
