import { describe, expect, it } from 'vitest';
import type { TaskExecution } from '../../../src/domain/execution/task-execution.ts';
import { decideReview } from '../../../src/domain/request/decide-review.ts';
import {
  decideBegin,
  judgeLook,
  judgeUnseen,
  startedEvent,
  UNSEEN_SECONDS,
  unknownEvent,
  vanishedEvent,
} from '../../../src/domain/run/change/decide-apply.ts';
import {
  DEFERRED_SECONDS,
  type Deferral,
  MAX_SENDS,
  SETTLE_SECONDS,
  type Sent,
} from '../../../src/domain/run/change/sending.ts';
import { at, execution, facts, folded, LEAD, MIB, NO_GROUPS, policy, ROLE, requested, rule } from '../given.ts';

const pending = requested();
const command = { by: LEAD, decision: 'approve', comment: null } as const;
const agreed = folded(pending, at(60), decideReview(pending, command, facts()).events[0]);
const applying = (attempt = 1, sent = 100) => folded(agreed, at(sent), startedEvent(agreed, 'digest', ROLE, attempt));

describe('begin', () => {
  it('puts the intent on record first, with the role of the rule in force', () => {
    const decision = decideBegin(agreed, facts({ now: at(90) }));
    expect(decision).toMatchObject({
      kind: 'send',
      event: { event: 'apply.started', version: 3, actor: null, detail: { attempt: 1, role: ROLE } },
    });
    if (decision.kind !== 'send') throw new Error('not sent');
    expect(folded(agreed, at(90), decision.event)).toMatchObject({
      status: 'applying',
      apply: {
        startedAt: at(90).toISOString(),
        sentAt: at(90).toISOString(),
        attempt: 1,
        role: ROLE,
        unknownSince: null,
      },
    });
  });

  it('judges by the rest if AWS was not called yet', () => {
    expect(decideBegin(agreed, { ...facts(), execution: null })).toMatchObject({ kind: 'send' });
  });

  it('ends a request that is no longer valid, and sends nothing', () => {
    const ends = (changes: Parameters<typeof facts>[0]) => decideBegin(agreed, facts(changes));
    const stale = (why: string) => ({ kind: 'end', event: { event: 'apply.stale', detail: { why } } });
    expect(ends({ execution: execution({ bytesPerSecond: 3 }) })).toMatchObject(stale('rate'));
    expect(ends({ execution: execution({ bytesPerSecond: agreed.to }) })).toMatchObject(stale('rate'));
    expect(ends({ execution: execution({ status: 'ERROR' }) })).toMatchObject(stale('status'));
    expect(ends({ inForce: policy() })).toMatchObject(stale('policy'));
    const two = policy(rule({ approvals: { lower: 2, raise: 2, unlimited: null } }));
    expect(ends({ inForce: two })).toMatchObject(stale('policy'));
    expect(ends({ now: at(60 + 1800) })).toMatchObject({ kind: 'end', event: { event: 'expired' } });
  });

  it('waits where Slack can’t say', () => {
    expect(decideBegin(agreed, facts({ groups: NO_GROUPS }))).toMatchObject({ kind: 'wait' });
    expect(decideBegin(agreed, facts({ people: new Map() }))).toMatchObject({ kind: 'wait' });
  });
});

const CHANGE = 'datasync:UpdateTaskExecution';
const DENIED: Sent = { requestId: 'upd-1', refused: { why: 'denied', action: CHANGE }, putOff: null };
const REJECTED: Sent = { requestId: 'upd-1', refused: { why: 'rejected', action: CHANGE }, putOff: null };
const THROTTLED: Deferral = { why: 'throttled', action: CHANGE };

describe('what a read means', () => {
  const look = (
    seen: Partial<TaskExecution>,
    { after: seconds = 1, sent = null, attempt = 1 }: { after?: number; sent?: Sent | null; attempt?: number } = {},
  ) => {
    const now = at(100 + seconds);
    return judgeLook(applying(attempt), execution(seen), { policy: 'digest', now, sent });
  };
  const to = agreed.to;
  const failed = (why: string) => ({ kind: 'end', event: { event: 'apply.failed', detail: { why } } });

  it.each(['TRANSFERRING', 'SUCCESS', 'CANCELLING'])('the asked rate, %s: applied, as read back', (status) => {
    const verdict = look({ bytesPerSecond: to, status }, { sent: DENIED });
    expect(verdict).toMatchObject({ kind: 'end', event: { event: 'applied', aws: { requestId: 'aws-1' } } });
    if (verdict.kind !== 'end') throw new Error('not ended');
    expect(folded(applying(), at(101), verdict.event)).toMatchObject({
      status: 'applied',
      ending: { rate: to, awsRequestId: 'aws-1', by: null },
    });
  });

  it('a third rate: somebody else’s', () => {
    expect(look({ bytesPerSecond: 42 * MIB })).toMatchObject(failed('other-rate'));
    expect(look({ bytesPerSecond: -1, status: 'SUCCESS' }, { sent: DENIED })).toMatchObject(failed('other-rate'));
  });

  it('the old rate on an execution that has ended: too late', () => {
    expect(look({ status: 'SUCCESS' })).toMatchObject(failed('ended'));
    expect(look({ status: 'CANCELLING' }, { sent: REJECTED })).toMatchObject(failed('ended'));
  });

  it('the old rate after a clear no: failed', () => {
    expect(look({}, { sent: DENIED })).toMatchObject(failed('denied'));
    expect(look({}, { sent: REJECTED })).toMatchObject(failed('rejected'));
  });

  it('the old rate where AWS put it off: on record, and sent again soon, which counts for no other try', () => {
    const sent: Sent = { requestId: 'upd-1', refused: null, putOff: THROTTLED };
    const verdict = look({}, { sent, attempt: MAX_SENDS });
    expect(verdict).toMatchObject({
      kind: 'put-off',
      event: { event: 'apply.started', detail: { attempt: MAX_SENDS, putOff: THROTTLED } },
    });
    if (verdict.kind !== 'put-off') throw new Error('not put off');
    const waiting = folded(applying(MAX_SENDS), at(200), verdict.event);
    expect(waiting).toMatchObject({ status: 'applying', apply: { attempt: MAX_SENDS, putOff: THROTTLED } });
    const judged = (seconds: number, seen = {}) =>
      judgeLook(waiting, execution(seen), { policy: 'digest', now: at(200 + seconds), sent: null });
    expect(judged(DEFERRED_SECONDS - 1)).toEqual({ kind: 'look-again' });
    const again = judged(DEFERRED_SECONDS);
    expect(again).toMatchObject({ kind: 'send-again', event: { detail: { attempt: MAX_SENDS } } });
    if (again.kind !== 'send-again') throw new Error('not sent again');
    expect(folded(waiting, at(210), again.event).apply?.putOff).toBeNull();
    // Though it says that it did not, AWS may have taken it.
    expect(judged(1, { bytesPerSecond: to })).toMatchObject({ kind: 'end', event: { event: 'applied' } });
  });

  it('the old rate: not yet, and after a while to be sent again', () => {
    expect(look({}, { after: SETTLE_SECONDS - 1 })).toEqual({ kind: 'look-again' });
    const verdict = look({}, { after: SETTLE_SECONDS });
    expect(verdict).toMatchObject({
      kind: 'send-again',
      event: { event: 'apply.started', version: 4, detail: { attempt: 2, role: ROLE } },
    });
    if (verdict.kind !== 'send-again') throw new Error('not sent again');
    expect(folded(applying(), at(160), verdict.event)).toMatchObject({
      status: 'applying',
      apply: { startedAt: at(100).toISOString(), sentAt: at(160).toISOString(), attempt: 2 },
    });
  });

  it('the old rate after the last send: ignored', () => {
    expect(look({}, { after: SETTLE_SECONDS - 1, attempt: MAX_SENDS })).toEqual({ kind: 'look-again' });
    expect(look({}, { after: SETTLE_SECONDS, attempt: MAX_SENDS })).toMatchObject(failed('ignored'));
  });

  it('means nothing before the intent', () => {
    expect(() => judgeLook(agreed, execution(), { policy: 'd', now: at(1), sent: null })).toThrow(
      'before it was begun',
    );
  });
});

describe('no read at all', () => {
  it('is unknown, once, until it is known', () => {
    const event = unknownEvent(applying(), 'digest', { why: 'no answer', said: null });
    expect(event).toMatchObject({ event: 'apply.unknown', detail: { why: 'no answer' } });
    const unknown = folded(applying(), at(105), event ?? undefined);
    expect(unknown).toMatchObject({ status: 'applying', apply: { unknownSince: at(105).toISOString(), attempt: 1 } });
    expect(unknownEvent(unknown, 'digest', { why: 'no answer', said: null })).toBeNull();
    const again = folded(unknown, at(160), startedEvent(unknown, 'digest', ROLE, 2));
    expect(again.apply?.unknownSince).toBeNull();
  });

  it('is given up after a while if it can’t be read, and at once if AWS refused the only send', () => {
    const DENIED = { action: 'datasync:DescribeTaskExecution', role: ROLE, requestId: 'aws-7' };
    const sent = (why: 'denied' | 'rejected') => ({
      requestId: 'u',
      refused: { why, action: CHANGE },
      putOff: null,
    });
    const judged = (after: number, of: Sent | null = null, attempt = 1) => {
      const request = applying(attempt);
      const now = new Date(Date.parse(request.apply?.sentAt ?? '') + after * 1000);
      return judgeUnseen(request, DENIED, { policy: 'd', now, sent: of });
    };
    expect(judged(UNSEEN_SECONDS - 1)).toBeNull();
    expect(judged(UNSEEN_SECONDS)).toMatchObject({
      ...{ event: 'apply.failed', aws: { requestId: 'aws-7' } },
      detail: { why: 'unseen', rate: null, refused: { action: DENIED.action, role: ROLE } },
    });
    for (const why of ['denied', 'rejected'] as const) {
      const refused = { action: 'datasync:UpdateTaskExecution', role: ROLE };
      expect(judged(1, sent(why))).toMatchObject({ event: 'apply.failed', detail: { why, rate: null, refused } });
      // The first one may have been carried out.
      expect(judged(1, sent(why), 2)).toBeNull();
    }
  });

  it('says so, once, where it was no more than silence before', () => {
    const silent = folded(
      applying(),
      at(110),
      unknownEvent(applying(), 'digest', { why: 'no answer', said: null }) ?? undefined,
    );
    expect(unknownEvent(silent, 'digest', { why: 'no answer', said: null })).toBeNull();
    const denied = { action: 'datasync:DescribeTaskExecution', role: ROLE, requestId: null };
    const told = unknownEvent(silent, 'digest', { why: 'denied', said: null }, denied);
    const state = folded(silent, at(120), told ?? undefined);
    expect(state.apply).toMatchObject({ unknownSince: at(110).toISOString(), refused: { role: ROLE } });
    expect(unknownEvent(state, 'digest', { why: 'denied', said: null }, denied)).toBeNull();
  });

  it('is no unknown before the intent', () => {
    expect(unknownEvent(agreed, 'digest', { why: 'x', said: null })).toBeNull();
  });

  it('an execution that AWS no longer knows: stale before the intent, failed after it', () => {
    expect(vanishedEvent(agreed, 'digest', { requestId: 'aws-9', said: 'No such run.' })).toMatchObject({
      event: 'apply.stale',
      aws: { requestId: 'aws-9' },
      detail: { why: 'status' },
    });
    expect(vanishedEvent(applying(), 'digest', { requestId: null, said: null })).toMatchObject({
      event: 'apply.failed',
      detail: { why: 'not-found' },
    });
  });
});
