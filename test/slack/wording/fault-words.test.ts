import { describe, expect, it } from 'vitest';
import { faultWords } from '../../../src/slack/wording/fault-words.ts';
import {
  AwsFault,
  type AwsFaultKind,
  ClaimLost,
  LedgerLost,
  NotRecorded,
  OutcomeUnknown,
  PersonUnknown,
  RequestUnreadable,
  RunUnreadable,
} from '../../../src/workflow/faults.ts';
import { good } from './given-words.ts';

const slackSaid = (error: string) => Object.assign(new Error(error), { data: { ok: false, error } });

describe('faultWords', () => {
  const role = 'arn:aws:iam::111122223333:role/datasync-throttle';
  const aws = (kind: AwsFaultKind, operation = 'datasync:DescribeTaskExecution') =>
    new AwsFault(kind, { operation, role, requestId: 'req-1' });

  it.each<[unknown, string[]]>([
    [aws('throttled'), ['too often', 'Try again']],
    [aws('denied'), ['no permission for `datasync:DescribeTaskExecution` with', role]],
    [aws('denied', 'sts:AssumeRole'), ['`sts:AssumeRole` on the role']],
    [aws('credentials'), ['credentials']],
    [aws('not-found'), ['Region', '30 days', 'req-1']],
    [aws('rejected'), ['rejected']],
    [aws('no-answer'), ['did not answer in time']],
    [aws('gone'), ['no longer lists']],
    [aws('region'), ['not enabled for the account']],
    [aws('clock'), ['clock']],
    [aws('unresolved'), ['could not be resolved', 'DNS']],
    [aws('proxy'), ['HTTPS_PROXY']],
    [aws('not-aws'), ['Something other than AWS answered']],
    [
      new AwsFault('denied', { operation: 'datasync:DescribeTask', said: 'AccessDenied: <!channel> *may* not' }),
      ['AWS says: “AccessDenied: &lt;!channel&gt; ∗may∗ not”.'],
    ],
    [aws('internal'), ['a fault of its own']],
    [new NotRecorded('away'), ['Nothing was recorded']],
    [new LedgerLost('gone'), ['records may be lost']],
    [
      new RequestUnreadable('r-0123456789', null),
      ['`r-0123456789` can’t be read', 'newer version', 'whoever runs the bot'],
    ],
    [
      new RunUnreadable('arn:aws:datasync:…', 'record 3 is missing'),
      ['missing or altered', 'newer version', '`audit verify`', 'whoever runs the bot'],
    ],
    [new PersonUnknown('away'), ['who you are']],
    [new OutcomeUnknown('op', Promise.resolve('recorded'), null), ['not known yet', 'The truth will follow here']],
    ...['expired_trigger_id', 'trigger_expired', 'exchanged_trigger_id'].map((error): [unknown, string[]] => [
      slackSaid(error),
      ['took too long to open', 'Press the button or type the command again'],
    ]),
    ...['not_found', 'view_not_found', 'hash_conflict'].map((error): [unknown, string[]] => [
      slackSaid(error),
      ['The form was closed', 'Open it again'],
    ]),
    [slackSaid('push_limit_reached'), ['three forms']],
    [slackSaid('error_of_tomorrow'), ['`error_of_tomorrow`', '`/datasync-throttle audit` shows']],
    [Object.assign(new Error('x'), { code: 'slack_webapi_request_error' }), ['Slack did not answer']],
    [Object.assign(new Error('x'), { retryAfter: 3 }), ['Slack limits how often']],
    [new ClaimLost('gone'), ['Something went wrong here']],
    ['a string', ['Nothing was sent to AWS']],
  ])('%s', (fault, parts) => {
    for (const doing of ['asking', 'deciding', 'looking'] as const) {
      const text = good(faultWords(fault, doing));
      for (const part of parts) expect(text).toContain(part);
    }
  });

  it('never says that nothing was recorded where that is not known', () => {
    const fault = new OutcomeUnknown('op', Promise.resolve('recorded'), null);
    for (const doing of ['asking', 'deciding', 'looking'] as const) {
      expect(faultWords(fault, doing).text).not.toMatch(/nothing was|not recorded/i);
    }
  });

  it('says what it means for what the person was at, and gives a reference', () => {
    expect(faultWords(aws('throttled'), 'asking').text).toContain('the transfer goes on as it is');
    expect(faultWords(aws('throttled'), 'deciding').text).toContain('Your decision was not recorded');
    expect(faultWords(new Error('x'), 'asking', 'ref-1').text).toContain('`ref-1`');
    expect(faultWords(aws('not-found'), 'asking').field).toBe('execution');
  });
});
