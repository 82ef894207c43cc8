import { describe, expect, it } from 'vitest';
import { sameAsNow } from '../../../src/domain/rate/rate.ts';
import type { Refusal } from '../../../src/domain/request/refusal.ts';
import { refusalWords } from '../../../src/slack/wording/refusal-words.ts';
import type { Words } from '../../../src/slack/wording/reply-words.ts';
import { overUseWords } from '../../../src/slack/wording/usage-limit-words.ts';
import { LONGEST, rule, STATUSES } from '../views/text/given-facts.ts';
import { good } from './given-words.ts';

const MIB = 1_048_576;

const sameRate = () => sameAsNow({ kind: 'absolute', bytesPerSecond: 50 * MIB }, 50 * MIB);

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
    [{ why: 'not-held' }, null, ['doesn’t apply any more, or a newer one does', 'Nothing was changed']],
    [
      { why: 'cannot-extend', set: 52_428_800, current: 7_340_032 },
      null,
      ['this request set 50 MiB/s (419 Mbit/s), in force now is 7 MiB/s', 'Ask for the rate that you want'],
    ],
    [
      { why: 'may-not-revert', requester: 'U0OPER', rule: rule() },
      null,
      [
        'You can’t end this limit early',
        '<@U0OPER> or an admin; if it raised',
        'approvers of the rule `production`: <@U0LEAD>',
      ],
    ],
    [{ why: 'not-a-member', kind: 'guest' }, null, ['Only full members', 'Nothing was changed']],
    [{ why: 'approvers-unknown', rule: rule() }, null, ['`production`', 'Try again in a minute']],
    [
      { why: 'capped', link: 'dc1-wan', to: 60 * MIB, allowed: 40 * MIB },
      'rate',
      ['Link `dc1-wan` allows 40 MiB/s', '60 MiB/s', 'would change nothing', 'status dc1-wan'],
    ],
    [{ why: 'shared-channel', rule: rule() }, null, ['another organization', '`production`', 'Request not created']],
    [{ why: 'may-not-revert', requester: 'U0OPER', rule: null }, null, ['Allowed: <@U0OPER> or an admin.']],
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
      { why: 'cannot-undo', request: 'r-0123456789', problem: { kind: 'over' } },
      null,
      ['The limit of request `r-0123456789` doesn’t apply any more', 'nothing to undo'],
    ],
    [{ why: 'cannot-undo', request: 'r-0', problem: { kind: 'unknown' } }, null, ['no request `r-0`']],
    [
      { why: 'cannot-undo', request: 'r-0', problem: { kind: 'not-applied', status: 'denied' } },
      null,
      ['set no limit (it was denied already)'],
    ],
    [
      { why: 'cannot-undo', request: 'r-0', problem: { kind: 'covered' } },
      null,
      ['A newer limit applies now', '`r-0`', 'Its requester or an admin can end it'],
    ],
    [
      { why: 'rate-outside', rule: rule(), to: 2048 * MIB, min: MIB, max: 1024 * MIB },
      'rate',
      ['1 MiB/s (8.39 Mbit/s) to 1 GiB/s (8.59 Gbit/s)', 'you asked for 2 GiB/s (17.2 Gbit/s)'],
    ],
    [{ why: 'rate-outside', rule: rule(), to: 1, min: MIB, max: null }, 'rate', ['rates from 1 MiB/s']],
    [{ why: 'rate-outside', rule: rule(), to: 9e9, min: null, max: MIB }, 'rate', ['rates up to 1 MiB/s']],
    [{ why: 'unlimited-not-allowed', rule: rule() }, 'rate', ['doesn’t allow to lift', 'at most 1 GiB/s']],
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

  it('says the status of a request that is not open', () => {
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
