import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Takeover } from '../../src/domain/hold.ts';
import { resolveRate } from '../../src/domain/rate.ts';
import type { Refusal } from '../../src/domain/refusal.ts';
import { parseCommand } from '../../src/slack/command-text.ts';
import { faultWords } from '../../src/slack/fault-words.ts';
import { interruptedWords } from '../../src/slack/interrupted-words.ts';
import type { NotUnderstood } from '../../src/slack/not-understood.ts';
import { refusalWords } from '../../src/slack/refusal-words.ts';
import {
  cannotPostWords,
  notUnderstoodWords,
  plainWords,
  problemWords,
  STILL_CHECKING,
  settledWords,
  type Words,
} from '../../src/slack/reply-words.ts';
import { overUseWords } from '../../src/slack/usage-limit-words.ts';
import { noticeModal } from '../../src/slack/views/notices.ts';
import {
  AwsFault,
  type AwsFaultKind,
  ClaimLost,
  LedgerLost,
  NotRecorded,
  OutcomeUnknown,
  PersonUnknown,
} from '../../src/workflow/faults.ts';
import { expectGoodView, expectHarmless, funny, LONGEST, rule, STATUSES } from './views/facts.ts';

function good(words: Words): string {
  expectHarmless([words.text]);
  expectGoodView(noticeModal('Throttle', words.text));
  const plain = plainWords(words);
  // Only where nothing of it would be lost.
  expect(plain === null).toBe(/<(?!!date)/.test(words.text));
  if (plain !== null) {
    expect(plain.length).toBeGreaterThan(0);
    expect(plain.length).toBeLessThanOrEqual(300);
    expect(plain).not.toMatch(/<!date|[`*]/);
  }
  return words.text;
}

const MIB = 1_048_576;
const takeover = (why: Takeover['why']): Takeover => ({
  ...{ request: 'r-0123456789', base: -1, why },
  dueAt: '2026-11-22T18:00:00.000Z',
});
const sameRate = () => {
  const resolved = resolveRate({ kind: 'absolute', bytesPerSecond: 50 * MIB }, 50 * MIB);
  if (resolved.ok) throw new Error('not refused');
  return resolved.problem;
};

describe('overUseWords', () => {
  it('names the limit, and when to try again', () => {
    const person = good({ text: overUseWords({ limit: 'perUser', most: 20, waitSeconds: 41 }), field: null });
    expect(person).toMatch(/limit of 20 commands a minute for each person.*not run.*Try again in 41 seconds\./);
    const channel = good({ text: overUseWords({ limit: 'perChannel', most: 1, waitSeconds: 1 }), field: null });
    expect(channel).toMatch(/limit of 1 command a minute.*Try again in 1 second\. Other channels/);
  });
});

describe('refusalWords', () => {
  it.each<[Refusal, Words['field'], string[]]>([
    [
      { why: 'limit', limit: 'openPerUser', most: 2, open: ['r-0123456789', 'r-1123456789'] },
      null,
      ['2 open requests', '`openPerUser`', '`r-0123456789` and `r-1123456789`', 'Request not created', 'Cancel one'],
    ],
    [
      { why: 'limit', limit: 'openPerUser', most: 900, open: Array.from({ length: 900 }, (_, nth) => `r-${nth}`) },
      null,
      ['900 open requests', '`r-9`', '890 more'],
    ],
    [
      { why: 'no-rule', account: '111122223333', region: 'us-east-1', elsewhere: [] },
      'execution',
      ['account 111122223333 in us-east-1', 'policy file'],
    ],
    [
      { why: 'no-rule', account: '1', region: 'r', elsewhere: [{ rule: 'production', channels: ['C0OPS'] }] },
      'execution',
      ['`production` would, in <#C0OPS>'],
    ],
    [
      { why: 'may-not-ask', denial: 'not-a-requester', rule: rule() },
      null,
      ['`production`', 'Who could ask: <@U0OPER> and <!subteam^S0OPS>.'],
    ],
    [{ why: 'may-not-ask', denial: 'guest', rule: rule({ requesters: null }) }, null, ['guests', 'any full member']],
    [{ why: 'groups-unknown', rule: rule(), unreadable: [] }, null, ['Slack can’t say', 'Try again']],
    [
      { why: 'groups-unknown', rule: rule(), unreadable: ['S0GONE'] },
      null,
      ['The user group `S0GONE` of the rule `production` doesn’t exist, or can’t be read', 'whoever keeps the policy'],
    ],
    [
      { why: 'groups-unknown', rule: rule(), unreadable: ['S0GONE', 'S0OTHER'] },
      null,
      ['The user groups `S0GONE` and `S0OTHER` of', '`usergroups:read`'],
    ],
    [{ why: 'not-held' }, null, ['No time runs for this limit any more']],
    [
      { why: 'cannot-extend', set: 52_428_800, current: 7_340_032 },
      null,
      ['this request set 50 MiB/s (419 Mbit/s), in force now is 7 MiB/s', 'Ask for the rate that you want'],
    ],
    [
      { why: 'may-not-revert', requester: 'U0OPER', rule: rule() },
      null,
      ['You may not set this limit back', 'Who could: <@U0OPER>, who approved it', '`production`'],
    ],
    [{ why: 'not-a-member', kind: 'guest' }, null, ['Only full members', 'Nothing was changed']],
    [{ why: 'approvers-unknown', rule: rule() }, null, ['`production`', 'Try again in a minute']],
    [{ why: 'shared-channel', rule: rule() }, null, ['another organization', '`production`', 'Request not created']],
    [{ why: 'may-not-revert', requester: 'U0OPER', rule: null }, null, ['<@U0OPER> or who approved it']],
    [
      { why: 'duration-too-long', rule: rule(), asked: 14_400, max: 10_800, held: 7200 },
      'duration',
      ['3 h in all', 'it would be 4 h', '`1h` more or less'],
    ],
    [
      { why: 'duration-too-long', rule: rule(), asked: 14_400, max: 7200, held: 7200 },
      'duration',
      ['No more can be added'],
    ],
    [
      { why: 'cannot-undo', request: 'r-0123456789', problem: { kind: 'changed', set: 50 * MIB, current: MIB } },
      null,
      ['`r-0123456789` set 50 MiB/s', 'in force now is 1 MiB/s'],
    ],
    [{ why: 'cannot-undo', request: 'r-0', problem: { kind: 'unknown' } }, null, ['no request `r-0`']],
    [
      { why: 'cannot-undo', request: 'r-0', problem: { kind: 'not-applied', status: 'denied' } },
      null,
      ['set no limit (it was denied already)'],
    ],
    [{ why: 'cannot-undo', request: 'r-0', problem: { kind: 'no-rate' } }, null, ['gave more time', 'Revert now']],
    [
      { why: 'rate-outside', rule: rule(), to: 2048 * MIB, min: MIB, max: 1024 * MIB },
      'rate',
      ['1 MiB/s (8.39 Mbit/s) to 1 GiB/s (8.59 Gbit/s)', 'you asked for 2 GiB/s (17.2 Gbit/s)'],
    ],
    [{ why: 'rate-outside', rule: rule(), to: 1, min: MIB, max: null }, 'rate', ['rates from 1 MiB/s']],
    [{ why: 'rate-outside', rule: rule(), to: 9e9, min: null, max: MIB }, 'rate', ['rates up to 1 MiB/s']],
    [{ why: 'unlimited-not-allowed', rule: rule() }, 'rate', ['doesn’t allow to lift', 'at most 1 GiB/s']],
    [
      { why: 'unlimited-not-allowed', rule: rule(), takeover: takeover('ends-earlier') },
      'duration',
      [
        'doesn’t allow a change to unlimited',
        'it ends before the running limit',
        'without a duration, or with one that ends later',
      ],
    ],
    [
      { why: 'unlimited-not-allowed', rule: rule(), takeover: takeover('revert-now') },
      'duration',
      ['it gives *Revert now* to people who can’t', 'somebody request this who can end the running limit'],
    ],
    [
      { why: 'policies-differ' },
      null,
      ['Another bot runs a policy that can’t be read here', 'only requests that lower a limit', 'Try again'],
    ],
    [{ why: 'rate', problem: sameRate(), current: 50 * MIB }, 'rate', ['`50MiB/s` is the limit in force already']],
    [{ why: 'reason-required', rule: rule() }, 'reason', ['needs a reason']],
    [
      { why: 'duration-too-long', rule: rule(), asked: 86_400, max: 43_200 },
      'duration',
      ['12 h at most', 'you asked for 1 d', '`for 12h`'],
    ],
    [
      { why: 'too-few-approvers', rule: rule(), needed: 2, possible: 1 },
      null,
      ['2 approvals', 'only 1 person beside you'],
    ],
    [{ why: 'too-few-approvers', rule: rule(), needed: 1, possible: 0 }, null, ['nobody but you']],
    [{ why: 'not-updatable', status: 'SUCCESS' }, 'execution', ['has ended (SUCCESS)']],
    [{ why: 'not-updatable', status: 'NEW<!channel>' }, 'execution', ['can’t be changed now', 'NEW&lt;!channel&gt;']],
    [{ why: 'not-updatable', status: 'INITIALIZING' }, 'execution', ['`INITIALIZING`']],
    [{ why: 'already-open', request: 'r-0123456789' }, 'execution', ['`r-0123456789`', '/datasync-throttle requests']],
    [{ why: 'unknown-request' }, null, ['no such request']],
    [
      { why: 'may-not-decide', denial: 'requester', rule: rule() },
      null,
      ['you asked for it yourself', 'Who could decide: <@U0LEAD>'],
    ],
    [{ why: 'decided-already' }, null, ['approved this request already']],
    [{ why: 'comment-required' }, 'comment', ['say why']],
    [{ why: 'not-the-requester', requester: 'U0OPER' }, null, ['Only the requester', '<@U0OPER>']],
    [{ why: 'under-way' }, null, ['sent to AWS']],
  ])('%j', (refusal, field, parts) => {
    const words = refusalWords(refusal);
    const text = good(words);
    for (const part of parts) expect(text).toContain(part);
    expect(words.field).toBe(field);
  });

  it('says where it comes from the policy of another bot', () => {
    const text = good(refusalWords({ why: 'reason-required', rule: rule() }, { other: 'ab12'.repeat(16) }));
    expect(text).toContain('needs a reason');
    expect(text).toContain('Two policies are active while bots are being updated, and the stricter one applies');
    expect(text).toContain('policy `ab12ab12ab12`.');
  });

  it('links the open request', () => {
    const link = 'https://w.slack.com/archives/C0OPS/p1';
    const text = good(refusalWords({ why: 'already-open', request: 'r-0123456789' }, { link }));
    expect(text).toContain(`<${link}|see the open one>`);
  });

  it('says how a request that is not open stands', () => {
    const texts = STATUSES.map((status) => good(refusalWords({ why: 'not-open', status })));
    expect(new Set(texts).size).toBe(STATUSES.length);
  });

  it('has words for everybody who may not', () => {
    const denials = [
      'guest',
      'stranger',
      'other-team',
      'deactivated',
      'bot',
      'not-an-approver',
      'not-a-reader',
    ] as const;
    for (const denial of denials) good(refusalWords({ why: 'may-not-decide', denial, rule: rule() }));
  });

  it('fits for the longest rule', () => {
    const users = Array.from({ length: 10 }, (_, index) => `U0123456789${index}`);
    const groups = Array.from({ length: 99 }, (_, index) => `S0123456789${index}`);
    const long = rule({ name: LONGEST(80), requesters: { users, groups }, approvers: { users, groups } });
    good(refusalWords({ why: 'may-not-ask', denial: 'not-a-requester', rule: long }));
    good(refusalWords({ why: 'too-few-approvers', rule: long, needed: 2, possible: 0 }));
    const channels = Array.from({ length: 99 }, (_, index) => `C0123456789${index}`);
    const elsewhere = Array.from({ length: 99 }, () => ({ rule: LONGEST(80), channels }));
    good(refusalWords({ why: 'no-rule', account: '111122223333', region: 'us-east-1', elsewhere }));
  });
});

describe('what was typed', () => {
  const notUnderstood = (text: string) => notUnderstoodWords(parseCommand(text) as NotUnderstood);

  it('quotes the part, says what is expected, gives an example', () => {
    const text = good(notUnderstood('hallo'));
    expect(text).toContain('`hallo` was not understood: write the ARN');
    expect(text).toContain('For example: `/datasync-throttle arn:aws:datasync');
  });

  it('wakes nobody', () => {
    fc.assert(
      fc.property(funny(300), (typed) => {
        const problem = { quoted: typed.slice(0, 60), instead: 'write `5` for …' };
        good(problemWords(problem, 'rate'));
        const command = parseCommand(`zz${typed}`);
        if (command.kind === 'not-understood') good(notUnderstoodWords(command));
      }),
    );
  });

  it('is plain under a field', () => {
    const words = problemWords(
      { quoted: '50mb/s', instead: 'write `50MB/s` for bytes or `50Mbit/s` for bits' },
      'rate',
    );
    expect(plainWords(words)).toBe('50mb/s was not understood: write 50MB/s for bytes or 50Mbit/s for bits.');
    expect(plainWords({ text: 'a &lt;b&gt; &amp;\n`c`, <!date^1^{date}|1970>', field: null })).toBe('a <b> & c, 1970');
    for (const token of ['<https://x|c>', '<#C0OPS>', '<@U1>', '<!subteam^S1>']) {
      expect(plainWords({ text: `not without ${token}`, field: 'execution' })).toBeNull();
    }
  });
});

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

describe('the rest', () => {
  it('tells what came of something whose bot stopped', () => {
    for (const doing of ['asking', 'deciding', 'looking'] as const) {
      for (const outcome of ['recorded', 'refused', 'not-recorded', null] as const) {
        expect(good({ text: interruptedWords(outcome, doing), field: null })).toContain('The bot stopped');
      }
      expect(interruptedWords(null, doing)).toMatch(/audit` shows whether it was recorded/);
    }
  });

  it('tells how to let the bot in', () => {
    expect(good(cannotPostWords('not-a-member', 'U0BOT'))).toContain('`/invite` <@U0BOT>');
    expect(good(cannotPostWords('not-found', 'U0BOT'))).toContain('private');
    expect(good(cannotPostWords('archived', 'U0BOT'))).toContain('archived');
    expect(good(cannotPostWords('direct', 'U0BOT'))).toContain('Ask in a channel');
    expect(good(cannotPostWords('unknown', 'U0BOT'))).toContain('Try again');
    const scope = good(cannotPostWords({ missingScope: 'channels:read' }, 'U0BOT'));
    expect(scope).toMatch(/`channels:read`.*install it again/);
    expect(scope).not.toContain('Try again');
  });

  it('tells the truth that follows', () => {
    for (const doing of ['asking', 'deciding', 'looking'] as const) {
      expect(settledWords('recorded', doing)).toMatch(/was recorded/);
      expect(settledWords('not-recorded', doing)).toMatch(/not recorded|nothing was recorded/);
      const refused = settledWords('refused', doing);
      expect(refused).toMatch(/was refused, and that is on record\..* again to see why\.$/);
      expect(refused).not.toMatch(/goes on|card/);
    }
    expect(STILL_CHECKING).toContain('Still checking');
  });
});
