import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { elementsOf } from '../../../../sandbox/slack/block-walk.ts';
import type { RequestStatus, ThrottleRequest } from '../../../../src/domain/request/throttle-request.ts';
import {
  ASK_AGAIN_ACTION,
  CANCEL_ACTION,
  type CardFacts,
  cardMessage,
  REVIEW_ACTION,
} from '../../../../src/slack/views/cards/card.ts';
import {
  approval,
  ending,
  execution,
  expectGoodMessage,
  funny,
  hold,
  LONGEST,
  mrkdwnOf,
  NOW,
  RECORD,
  read,
  request,
  rule,
  STATUSES,
  seal,
} from '../text/given-facts.ts';

const APPLY = { startedAt: NOW.toISOString(), sentAt: NOW.toISOString(), attempt: 1, role: null, unknownSince: null };

/** A request in a state, with all that a request in it has. */
function requestIn(status: RequestStatus, but: Partial<ThrottleRequest> = {}): ThrottleRequest {
  const apply = ['applying', 'applied', 'failed'].includes(status) ? APPLY : null;
  const ended = !['pending', 'approved', 'applying'].includes(status);
  const approvals = status === 'pending' ? [] : [approval()];
  return request({ status, apply, approvals, ending: ended ? ending() : null, ...but });
}

function card(but: Partial<CardFacts> = {}) {
  const facts = { request: request(), record: RECORD, rule: rule(), execution: execution(), now: NOW, seal, ...but };
  const message = cardMessage(facts);
  expectGoodMessage(message);
  return { ...message, all: read(message), first: read(message).split('\n')[0] ?? '' };
}

function buttonsOf(status: RequestStatus) {
  const { blocks } = card({ request: requestIn(status) });
  return elementsOf(JSON.parse(JSON.stringify(blocks))).map(({ actionId, element }) => [actionId, element.value]);
}

describe('a pending card', () => {
  it('says in its first line what matters, and makes sense as text alone', () => {
    const { first, text } = card();
    const change = 'nightly_sync, 100 MiB/s (839 Mbit/s) → 50 MiB/s (419 Mbit/s)';
    expect(first).toBe(`:hourglass_flowing_sand: *Waiting for 1 approval*: ${change}`);
    expect(text).toBe(`Waiting for 1 approval: ${change}. Asked by Ann Oper. Reason: cutover tonight`);
  });

  it.each([
    ['who asked', 'Ann Oper'],
    ['the task', 'nightly_sync'],
    ['the execution', 'exec-0123456789abcdef0'],
    ['the account and Region', 'account 111122223333, us-east-1'],
    ['the status', 'TRANSFERRING'],
    ['the progress', '████░░░░░░ 42 %'],
    ['the time left now', 'about 9 min 54 s'],
    ['the time left then', 'about 20 min'],
    ['the reason', 'Reason: cutover tonight'],
    ['the rule', 'production'],
    ['until when', 'Open until <!date^1795355400^'],
    ['that it is for one run', 'holds for this one run only'],
    ['its place in the log', 'audit record 42'],
  ])('has %s', (_what, words) => {
    expect(card().all).toContain(words);
  });

  it('mentions who can decide, and nobody else: not the requester, who is an approver by the rule', () => {
    expect(card().all).toContain('Can decide: <@U0LEAD> and <!subteam^S0LEADS>.');
    expect(card().all.match(/<[@!](?!date)[^>]*>/g)).toEqual(['<@U0LEAD>', '<!subteam^S0LEADS>']);
  });

  it('counts more than ten people instead of waking them', () => {
    const users = Array.from({ length: 12 }, (_, index) => `U0LEAD${index}`);
    const { all } = card({ rule: rule({ approvers: { users, groups: [] } }) });
    expect(all).toContain('Can decide: 12 people.');
    expect(all).not.toContain('<@');
  });

  it('says who has approved and how many are missing', () => {
    const { first, all } = card({ request: request({ approvalsNeeded: 2, approvals: [approval()] }) });
    expect(first).toContain('Waiting for 1 more approval');
    expect(all).toContain('1 of 2: Bo Lead');
  });

  it('says why more are needed than for the rate alone', () => {
    const exceeds = { rate: 25 * 1_048_576, from: NOW.toISOString() };
    const { all } = card({ request: request({ exceeds }) });
    const why = 'Counts as a raise: without it, the limit would be 25 MiB/s (210 Mbit/s) from';
    expect(all).toContain(`${why} <!date^1795353900^`);
    expect(card({ request: request({ exceeds: { ...exceeds, from: null } }) }).all).toContain(`${why} now on.`);
    expect(card({ request: requestIn('denied', { exceeds }) }).all).not.toContain('Counts as a raise');
  });

  it('says so where no rule is for it any more, or AWS could not say', () => {
    expect(card({ rule: null }).all).toContain('Nobody can decide');
    expect(card({ execution: null }).all).toContain('AWS could not say just now');
  });

  it('is honest before there is an estimate', () => {
    const { all } = card({ execution: execution({ bytesEstimated: 0, bytesTransferred: 0 }) });
    expect(all).toContain('AWS has no estimate yet');
    expect(all).toContain('unknown until AWS has an estimate');
  });

  it('warns of Enhanced mode, and of another limit in force', () => {
    expect(card({ execution: execution({ mode: 'ENHANCED' }) }).all).toContain('Only the read-back');
    expect(card({ execution: execution({ bytesPerSecond: 1_048_576 }) }).all).toContain(
      'In force now: 1 MiB/s (8.39 Mbit/s).',
    );
    expect(card().all).not.toContain('In force now');
  });
});

describe('every card', () => {
  it.each(STATUSES)('says for how long a limit holds, and that it is for one run: %s', (status) => {
    const { all } = card({
      request: requestIn(status, { durationSeconds: 7200, hold: status === 'applied' ? hold() : null }),
    });
    expect(all).toMatch(/2 h/);
    expect(all).toContain('this one run only');
  });

  it.each([
    ['pending', [REVIEW_ACTION, CANCEL_ACTION]],
    ['approved', [CANCEL_ACTION]],
    ['applying', []],
    ['applied', []],
    ['failed', []],
    ['stale', [ASK_AGAIN_ACTION]],
    ['denied', []],
    ['cancelled', []],
    ['expired', []],
  ] as const)('offers what can be done: %s', (status, actions) => {
    expect(buttonsOf(status)).toEqual(actions.map((action) => [action, 'sealed r-0123456789']));
  });

  it.each([
    ['approved', {}, 'Agreed, not yet in force'],
    ['approved', { approvalsNeeded: 0, approvals: [] }, 'No approval needed, not yet in force'],
    ['applying', {}, 'Sent to AWS, waiting for AWS to show it'],
    [
      'applying',
      { apply: { ...APPLY, putOff: { why: 'throttled', action: 'datasync:UpdateTaskExecution' } } },
      'Put off by AWS, not yet in force',
    ],
    [
      'applying',
      {
        apply: {
          ...APPLY,
          unknownSince: NOW.toISOString(),
          refused: { action: 'datasync:DescribeTaskExecution', role: null },
        },
      },
      'no permission for `datasync:DescribeTaskExecution` with the bot’s own credentials',
    ],
    ['applying', { apply: { ...APPLY, unknownSince: NOW.toISOString() } }, 'not known yet whether it is in force'],
    ['applied', {}, 'In force'],
    ['failed', { ending: ending({ why: 'denied', rate: 104_857_600 }) }, 'datasync:UpdateTaskExecution'],
    ['failed', { ending: ending({ why: 'denied', rate: 104_857_600 }) }, 'Last read back from AWS: 100 MiB/s'],
    ['failed', { ending: ending({ why: 'rejected' }) }, 'rejected'],
    ['failed', { ending: ending({ why: 'ended' }) }, 'run ended'],
    ['failed', { ending: ending({ why: 'other-rate' }) }, 'Somebody set another limit'],
    ['failed', { ending: ending({ why: 'ignored' }) }, 'AWS still shows the old limit'],
    ['failed', { ending: ending({ why: 'not-found' }) }, 'does not know this run'],
    ['failed', { ending: ending({ why: 'toString' }) }, 'did not come to be (toString)'],
    ['stale', { ending: ending({ why: 'policy' }) }, 'The policy'],
    ['stale', { ending: ending({ why: 'rate', rate: 1_048_576 }) }, '1 MiB/s (8.39 Mbit/s)'],
    ['stale', { ending: ending({ why: 'status' }) }, 'The run has ended'],
    ['denied', { ending: ending({ by: approval().by, comment: 'not now' }) }, 'By Bo Lead'],
    ['denied', { ending: ending({ by: approval().by, comment: 'not now' }) }, 'Comment: not now'],
    ['cancelled', { ending: ending({ by: request().requester }) }, 'By Ann Oper'],
    ['expired', { approvals: [] }, 'Not agreed in time'],
    ['expired', {}, 'could not be set in time'],
  ] as const)('tells how it stands: %s %j', (status, but, words) => {
    expect(card({ request: requestIn(status, but as Partial<ThrottleRequest>) }).all).toContain(words);
  });

  it('stays within Slack’s limits and notifies nobody, whatever people wrote', () => {
    const facts = fc.record({
      status: fc.constantFrom(...STATUSES),
      reason: fc.option(funny(500)),
      comment: fc.option(funny(1000)),
      name: funny(80),
      taskName: fc.option(funny(256)),
      ruleName: funny(80),
      why: fc.option(funny(60)),
      awsStatus: funny(60),
    });
    fc.assert(
      fc.property(facts, ({ status, reason, comment, name, taskName, ruleName, why, awsStatus }) => {
        const who = { team: 'T0', user: 'U0LEAD', name };
        const asked = requestIn(status, { reason, taskName, rule: ruleName, requester: { ...who, user: 'U0OPER' } });
        if (asked.ending) asked.ending = ending({ by: who, comment, why });
        const of = { ...asked, approvals: asked.approvals.map((one) => ({ ...one, by: who })) };
        card({ request: of, rule: rule({ name: ruleName }), execution: execution({ status: awsStatus, taskName }) });
      }),
    );
  });

  it('takes the longest there can be', () => {
    const by = { team: 'T0', user: 'U0LEAD', name: LONGEST(80) };
    const longest = {
      taskName: LONGEST(256),
      reason: LONGEST(500),
      rule: LONGEST(80),
      requester: { ...by, user: 'U0OPER' },
      approvalsNeeded: 99,
      approvals: Array.from({ length: 98 }, () => ({ ...approval(), by })),
      durationSeconds: 604_799,
      mode: 'ENHANCED',
    };
    const groups = Array.from({ length: 99 }, (_, index) => `S0123456789${index}`);
    const users = Array.from({ length: 10 }, (_, index) => `U0123456789${index}`);
    for (const status of STATUSES) {
      const { blocks } = card({
        request: {
          ...requestIn(status),
          ...longest,
          ...(status === 'denied' ? { ending: ending({ by, comment: LONGEST(1000), why: LONGEST(99) }) } : {}),
        },
        rule: rule({ approvers: { users, groups } }),
        execution: execution({ status: LONGEST(99), mode: 'ENHANCED', bytesPerSecond: 1 }),
      });
      expect(blocks.length).toBeLessThanOrEqual(7);
    }
  });

  it('keeps a person’s own words as plain text, as they were written', () => {
    const { blocks } = card({ request: request({ reason: '<!channel> *now* & then' }) });
    expect(mrkdwnOf(blocks).join()).not.toContain('now*');
    expect(blocks).toContainEqual({
      type: 'section',
      text: { type: 'plain_text', text: 'Reason: <!channel> *now* & then', emoji: false },
    });
  });
});
